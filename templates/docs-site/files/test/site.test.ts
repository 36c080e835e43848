/** Looks at the site as it was built: every page, every link inside it, and its search. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

const SITE = "dist";
const pages = new Map<string, string>();
for await (const path of glob("**/*.html", { cwd: SITE })) pages.set(path, readFileSync(join(SITE, path), "utf8"));

test("there is a page for each source", async () => {
  assert.equal(pages.size, (await Array.fromAsync(glob("src/content/docs/**/*.{md,mdx}"))).length);
});

test("the site can be searched", () => {
  assert.ok(existsSync(join(SITE, "pagefind", "pagefind.js")));
});

for (const [path, page] of pages) {
  test(`${path} says what it is`, () => {
    assert.match(page, /<title>[^<]+<\/title>/);
    assert.match(page, /<meta name="description" content="[^"]+"/);
  });

  test(`every link of ${path} inside the site leads somewhere`, () => {
    const links = [...page.matchAll(/(?:href|src)="(\/[^"#?]*)(?:#([^"]+))?"/g)];
    assert.ok(links.length);
    for (const [, link, heading] of links) {
      const target = link!.endsWith("/") ? `${link}index.html` : link!;
      assert.ok(existsSync(join(SITE, target)), `${link} leads nowhere`);
      if (heading) assert.ok(pages.get(target.slice(1))?.includes(`id="${heading}"`), `${link} has no #${heading}`);
    }
  });
}
