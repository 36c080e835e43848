/** Looks at the site as it was built: every page, and every link inside it. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

const SITE = "dist";
const pages = new Map<string, string>();
for await (const path of glob("**/*.html", { cwd: SITE })) pages.set(path, readFileSync(join(SITE, path), "utf8"));

test("there is a page for each post, and one that lists them", async () => {
  const posts = await Array.fromAsync(glob("src/posts/*.md"));
  assert.equal(pages.size, posts.length + 1);
  assert.equal(pages.get("index.html")?.match(/<article/g)?.length, posts.length);
});

for (const [path, page] of pages) {
  test(`${path} says what it is`, () => {
    assert.match(page, /<title>[^<]+<\/title>/);
    assert.match(page, /<meta name="description" content="[^"]+"/);
    assert.equal(page.match(/<h1/g)?.length, 1);
  });

  test(`every link of ${path} inside the site leads somewhere`, () => {
    const links = [...page.matchAll(/(?:href|src)="(\/[^"#?]*)/g)].map((found) => found[1]!);
    assert.ok(links.length);
    for (const link of links) {
      assert.ok(existsSync(join(SITE, link.endsWith("/") ? `${link}index.html` : link)), `${link} leads nowhere`);
    }
  });
}

test("the feed has every post", () => {
  assert.equal(readFileSync(join(SITE, "feed.xml"), "utf8").match(/<item>/g)?.length, pages.size - 1);
});
