import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { createApp } from "../src/app.js";

let server;
let address;

beforeEach(async () => {
  server = createApp().listen(0, "127.0.0.1");
  await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
  address = `http://127.0.0.1:${server.address().port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const list = async () => (await fetch(`${address}/api/notes`)).json();
const add = (body) =>
  fetch(`${address}/api/notes`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

test("the server is healthy", async () => {
  const answer = await fetch(`${address}/health`);
  assert.deepEqual(await answer.json(), { status: "ok" });
});

test("the page is served", async () => {
  const answer = await fetch(address);
  assert.equal(answer.status, 200);
  assert.ok((await answer.text()).includes("<title>{{ title }}</title>"));
});

test("a note is added, listed and removed", async () => {
  const added = await add({ text: "  water the plants " });
  assert.equal(added.status, 201);
  const note = await added.json();
  assert.equal(note.text, "water the plants");
  assert.deepEqual(await list(), [note]);

  const removed = await fetch(`${address}/api/notes/${note.id}`, { method: "DELETE" });
  assert.equal(removed.status, 204);
  assert.deepEqual(await list(), []);
});

for (const body of [{}, { text: "" }, { text: "   " }, { text: 7 }, { text: "x".repeat(201) }]) {
  test(`a note of ${JSON.stringify(body).slice(0, 30)} is refused`, async () => {
    assert.equal((await add(body)).status, 422);
    assert.deepEqual(await list(), []);
  });
}

test("what is not JSON is refused with a reason", async () => {
  const answer = await add("{");
  assert.equal(answer.status, 400);
  assert.match((await answer.json()).error, /JSON/);
});

test("what is not there is not found", async () => {
  assert.equal((await fetch(`${address}/api/notes/7`, { method: "DELETE" })).status, 404);
  assert.equal((await fetch(`${address}/nothing`)).status, 404);
});
