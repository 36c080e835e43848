import { Router } from "express";

const LONGEST = 200;

/** Notes: an example of a resource that is listed, added to and removed from. They live as long as the server. */
export function notesRouter() {
  const notes = new Map();
  let lastId = 0;
  const router = Router();

  router.get("/", (request, response) => {
    response.json([...notes.values()]);
  });

  router.post("/", (request, response) => {
    const text = typeof request.body?.text === "string" ? request.body.text.trim() : "";
    if (!text || text.length > LONGEST) {
      response.status(422).json({ error: `A note needs a text of 1 to ${LONGEST} characters.` });
      return;
    }
    const note = { id: ++lastId, text };
    notes.set(note.id, note);
    response.status(201).json(note);
  });

  router.delete("/:id", (request, response) => {
    const removed = notes.delete(Number(request.params.id));
    if (removed) response.status(204).end();
    else response.status(404).json({ error: "There is no such note." });
  });

  return router;
}
