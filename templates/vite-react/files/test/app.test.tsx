import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test } from "vitest";

import { App } from "../src/App";

beforeEach(() => localStorage.clear());
afterEach(cleanup);

test("what is added is shown, ticked off and removed", async () => {
  const user = userEvent.setup();
  render(<App />);
  await user.type(screen.getByLabelText("What to buy"), "tea{Enter}");
  await user.type(screen.getByLabelText("What to buy"), "milk{Enter}");
  expect(screen.getByText("2 left.")).toBeTruthy();
  await user.click(screen.getByLabelText("tea"));
  expect(screen.getByText("1 left.")).toBeTruthy();
  await user.click(screen.getByLabelText("Remove milk"));
  expect(screen.getByText("All done.")).toBeTruthy();
});

test("the list is still there when the page is opened again", async () => {
  const first = render(<App />);
  await userEvent.type(screen.getByLabelText("What to buy"), "tea{Enter}");
  first.unmount();
  render(<App />);
  expect(screen.getByLabelText("tea")).toBeTruthy();
});
