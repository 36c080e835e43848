import { beforeEach, expect, test } from "vitest";
import { render } from "solid-js/web";

import { App } from "../src/App";

/** Opens the page; answers how it is closed. */
const open = () => render(() => <App />, document.body);

/** Solid has drawn a change before the event that made it is over. */
const settled = async () => {};

beforeEach(() => {
  localStorage.clear();
  document.body.innerHTML = "";
});

const find = <E extends HTMLElement>(selector: string) => document.querySelector<E>(selector)!;

async function add(text: string) {
  const input = find<HTMLInputElement>("form input");
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  find("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  await settled();
}

test("what is added is shown, ticked off and removed", async () => {
  open();
  await add("tea");
  await add("milk");
  expect(find("p").textContent).toBe("2 left.");
  find("li input").click();
  await settled();
  expect(find("p").textContent).toBe("1 left.");
  find("li:last-child button").click();
  await settled();
  expect(find("p").textContent).toBe("All done.");
});

test("the list is still there when the page is opened again", async () => {
  const close = open();
  await add("tea");
  close();
  document.body.innerHTML = "";
  open();
  expect(find("li label").textContent?.trim()).toBe("tea");
});
