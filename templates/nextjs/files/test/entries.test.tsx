import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";

import { Entries } from "@/app/entries";

test("an empty book says so", () => {
  expect(renderToStaticMarkup(<Entries entries={[]} />)).toContain("Nobody has been here yet");
});

test("what was written is shown as text", () => {
  const page = renderToStaticMarkup(<Entries entries={[{ id: "1", name: "Ada", text: "<b>hello</b>" }]} />);
  expect(page).toContain("&lt;b&gt;hello&lt;/b&gt;");
  expect(page).toContain("<em>Ada</em>");
});
