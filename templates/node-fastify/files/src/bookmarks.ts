import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";

const NewBookmark = Type.Object({
  url: Type.String({ format: "uri", pattern: "^https?://", maxLength: 2000 }),
  title: Type.String({ minLength: 1, maxLength: 200 }),
});
const Bookmark = Type.Object({ id: Type.Integer(), ...NewBookmark.properties });
type Bookmark = Type.Static<typeof Bookmark>;

const Id = Type.Object({ id: Type.Integer() });

/** Bookmarks: an example of a resource with schemas. They live as long as the server. */
export const bookmarks: FastifyPluginAsyncTypebox = async (app) => {
  const kept = new Map<number, Bookmark>();
  let lastId = 0;

  app.get("/", { schema: { response: { 200: Type.Array(Bookmark) } } }, async () => [...kept.values()]);

  app.post("/", { schema: { body: NewBookmark, response: { 201: Bookmark } } }, async (request, reply) => {
    const bookmark = { id: ++lastId, ...request.body };
    kept.set(bookmark.id, bookmark);
    request.log.info({ bookmark: bookmark.id }, "Kept a bookmark");
    return reply.code(201).send(bookmark);
  });

  app.delete("/:id", { schema: { params: Id } }, async (request, reply) => {
    if (!kept.delete(request.params.id)) return reply.code(404).send({ error: "There is no such bookmark." });
    return reply.code(204).send();
  });
};
