"""Reads every page as a browser would, and follows each link inside the site."""

import unittest
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).resolve().parent.parent / "site"


class Page(HTMLParser):
    """The parts of one page that can be wrong."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.title = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "title":
            self.title += data.strip()

    @property
    def ids(self) -> set[str | None]:
        return {attrs["id"] for _, attrs in self.tags if "id" in attrs}

    @property
    def links(self) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags for name in ("href", "src") if name in attrs]


PAGES = {path: Page(path) for path in sorted(SITE.rglob("*.html"))}


class SiteTest(unittest.TestCase):
    def test_there_is_a_first_page(self) -> None:
        self.assertIn(SITE / "index.html", PAGES)

    def test_every_link_inside_the_site_leads_somewhere(self) -> None:
        for page in PAGES.values():
            for link in page.links:
                parts = urlsplit(link)
                if parts.scheme or parts.netloc:
                    continue  # elsewhere on the web
                with self.subTest(page=page.path.name, link=link):
                    base = SITE if parts.path.startswith("/") else page.path.parent
                    target = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else page.path
                    if target.is_dir():
                        target /= "index.html"
                    self.assertTrue(target.is_relative_to(SITE), "leads out of the site")
                    self.assertTrue(target.is_file(), "leads nowhere")
                    if parts.fragment:
                        self.assertIn(parts.fragment, PAGES[target].ids)

    def test_every_page_says_what_it_is(self) -> None:
        for page in PAGES.values():
            with self.subTest(page=page.path.name):
                first = {tag: attrs for tag, attrs in reversed(page.tags)}
                self.assertTrue(page.title, "has no title")
                self.assertTrue(first["html"].get("lang"), "does not say its language")
                self.assertIn("viewport", [attrs.get("name") for tag, attrs in page.tags if tag == "meta"])
                self.assertEqual([tag for tag, _ in page.tags].count("h1"), 1, "needs one main heading")

    def test_every_image_has_a_text_for_those_who_do_not_see_it(self) -> None:
        for page in PAGES.values():
            for tag, attrs in page.tags:
                if tag == "img":
                    with self.subTest(page=page.path.name, image=attrs.get("src")):
                        self.assertIn("alt", attrs)


if __name__ == "__main__":
    unittest.main()
