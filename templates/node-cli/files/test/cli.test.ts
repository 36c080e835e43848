import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";

import { createProgram } from "../src/program.ts";
import { readingTime } from "../src/reading.ts";

/** Runs the tool: what it printed, and the error that it ended with. */
async function run(words: string[], input = "") {
  const lines: string[] = [];
  const program = createProgram(Readable.from([input]), (line) => lines.push(line));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: (line) => lines.push(line) });
  }
  const error = await program.parseAsync(words, { from: "user" }).then(
    () => undefined,
    (problem: Error) => problem.message,
  );
  return { printed: lines.join("\n"), error };
}

for (const [text, words, minutes] of [
  ["", 0, 0],
  ["  \n ", 0, 0],
  ["one two", 2, 1],
  ["word ".repeat(460), 460, 2],
] as const) {
  test(`${words} words take ${minutes} minutes`, () => {
    assert.deepEqual(readingTime(text, 230), { words, minutes });
  });
}

test("standard input is read, and answered as JSON", async () => {
  const { printed } = await run(["time", "-", "--json", "--speed", "1"], "one two three");
  assert.deepEqual(JSON.parse(printed), [{ file: "-", words: 3, minutes: 3 }]);
});

test("a file is named with its minutes", async () => {
  assert.match((await run(["time", "package.json"])).printed, /package\.json.*: 1 min/);
});

test("a file that is not there is an error", async () => {
  assert.match((await run(["time", "nowhere.txt"])).error ?? "", /nowhere\.txt/);
});

test("a speed that is none is refused", async () => {
  for (const speed of ["0", "fast", "1.5"]) {
    assert.match((await run(["time", "-", "--speed", speed])).error ?? "", /whole number/);
  }
});

test("help names the command", async () => {
  assert.match((await run(["--help"])).printed, /time .*<file\.\.\.>/);
});
