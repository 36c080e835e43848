import assert from "node:assert/strict";
import { test } from "node:test";

import { distance, nearest } from "../src/index.ts";

for (const [one, other, expected] of [
  ["", "", 0],
  ["", "abc", 3],
  ["kitten", "sitting", 3],
  ["same", "same", 0],
  ["😀a", "a", 1],
] as const) {
  test(`the distance of '${one}' and '${other}' is ${expected}, both ways`, () => {
    assert.equal(distance(one, other), expected);
    assert.equal(distance(other, one), expected);
  });
}

test("the nearest word is found, whatever its case", () => {
  assert.equal(nearest("STRAT", ["stop", "start"]), "start");
});

test("of two that are equally near the first is taken", () => {
  assert.equal(nearest("cat", ["bat", "rat"]), "bat");
});

test("what is too far is not found", () => {
  assert.equal(nearest("banana", ["start", "stop"]), undefined);
  assert.equal(nearest("cat", ["bat"], { within: 0 }), undefined);
  assert.equal(nearest("cat", []), undefined);
});
