import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { createApp, LOGS } from "../src/app.ts";

let app: ReturnType<typeof createApp>;

beforeEach(() => {
  app = createApp();
});
afterEach(() => app.close());

const bookmark = { url: "https://fastify.dev", title: "Fastify" };
const add = (payload: object) => app.inject({ method: "POST", url: "/api/bookmarks", payload });
const list = async () => (await app.inject("/api/bookmarks")).json();

test("the server is healthy", async () => {
  assert.deepEqual((await app.inject("/health")).json(), { status: "ok" });
});

test("a bookmark is kept, listed and removed", async () => {
  const added = await add(bookmark);
  assert.equal(added.statusCode, 201);
  assert.deepEqual(await list(), [{ id: 1, ...bookmark }]);
  const removed = await app.inject({ method: "DELETE", url: "/api/bookmarks/1" });
  assert.equal(removed.statusCode, 204);
  assert.deepEqual(await list(), []);
});

for (const wrong of [{}, { title: "x" }, { ...bookmark, title: "" }, { ...bookmark, url: "javascript:alert(1)" }]) {
  test(`${JSON.stringify(wrong)} is refused`, async () => {
    assert.equal((await add(wrong)).statusCode, 400);
    assert.deepEqual(await list(), []);
  });
}

test("what is not there is not found", async () => {
  assert.equal((await app.inject({ method: "DELETE", url: "/api/bookmarks/7" })).statusCode, 404);
  assert.equal((await app.inject("/nothing")).statusCode, 404);
});

test("logs are JSON lines with the tags of the service", async () => {
  const lines: string[] = [];
  const logged = createApp({ ...LOGS, stream: { write: (line: string) => void lines.push(line) } });
  await logged.inject("/health");
  await logged.close();
  const line = JSON.parse(lines[0] ?? "");
  assert.equal(line.level, "INFO");
  assert.ok(["service", "env", "version", "message"].every((key) => key in line));
});
