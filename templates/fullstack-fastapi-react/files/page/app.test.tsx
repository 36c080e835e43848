import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Task } from "./api";
import { App } from "./App";

/** A server that keeps one list, and can be broken. */
let tasks: Task[];
let broken: boolean;

beforeEach(() => {
  [tasks, broken] = [[], false];
  vi.stubGlobal("fetch", async (path: string, options: RequestInit) => {
    if (broken) return new Response("", { status: 500 });
    const id = Number(path.split("/")[3]);
    const body = options.body ? JSON.parse(String(options.body)) : {};
    if (options.method === "POST") tasks.push({ id: tasks.length + 1, done: false, ...body });
    if (options.method === "PATCH") tasks = tasks.map((task) => (task.id === id ? { ...task, ...body } : task));
    if (options.method === "DELETE") tasks = tasks.filter((task) => task.id !== id);
    return Response.json(tasks);
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("a task is added, done and removed, on the server too", async () => {
  const user = userEvent.setup();
  render(<App />);
  await screen.findByText("Nothing to do.");
  await user.type(screen.getByLabelText("What to do"), "tea{Enter}");
  await screen.findByText("1 to do.");
  await user.click(screen.getByLabelText("tea"));
  await screen.findByText("0 to do.");
  expect(tasks).toEqual([{ id: 1, text: "tea", done: true }]);
  await user.click(screen.getByLabelText("Remove tea"));
  await screen.findByText("Nothing to do.");
  expect(tasks).toEqual([]);
});

test("a server that fails is said", async () => {
  broken = true;
  render(<App />);
  expect((await screen.findByRole("alert")).textContent).toBe("The server says 500.");
});
