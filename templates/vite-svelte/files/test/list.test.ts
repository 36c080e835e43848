import { beforeEach, expect, test } from "vitest";

import { added, left, load, removed, save, toggled } from "../src/list";

beforeEach(() => localStorage.clear());

test("items are added with an id of their own, and without spaces around them", () => {
  const items = added(added([], " tea "), "milk");
  expect(items).toEqual([
    { id: 1, text: "tea", done: false },
    { id: 2, text: "milk", done: false },
  ]);
  expect(added(removed(items, 1), "cake").map((item) => item.id)).toEqual([2, 3]);
});

test("an empty text is no item", () => {
  const items = added([], "tea");
  expect(added(items, "   ")).toBe(items);
});

test("what is left is said in words", () => {
  const items = added(added([], "tea"), "milk");
  expect(left([])).toBe("Nothing to buy.");
  expect(left(toggled(items, 1))).toBe("1 left.");
  expect(left(toggled(toggled(items, 1), 2))).toBe("All done.");
});

test("what is saved is loaded, and what cannot be read is an empty list", () => {
  const items = added([], "tea");
  save(items);
  expect(load()).toEqual(items);
  for (const broken of ["{", "null", '"text"']) {
    localStorage.setItem("items", broken);
    expect(load()).toEqual([]);
  }
});
