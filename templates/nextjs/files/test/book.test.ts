import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { GET } from "@/app/health/route";
import { book, entryOf } from "@/lib/book";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "book-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("health", async () => {
  expect(await GET().json()).toEqual({ status: "ok" });
});

test("entries are kept, newest first", async () => {
  const kept = book(join(folder, "data", "book.jsonl"));
  expect(await kept.read()).toEqual([]);
  const [first, second] = [entryOf(" Ada ", "first")!, entryOf("Bob", "second\nline")!];
  await kept.add(first);
  await kept.add(second);
  expect(await kept.read()).toEqual([second, first]);
  expect(first.name).toBe("Ada");
});

test.each([
  [null, "text"],
  ["Ada", ""],
  ["  ", "text"],
  ["Ada", "x".repeat(201)],
])("%j with %j is no entry", (name, text) => {
  expect(entryOf(name, text)).toBeUndefined();
});
