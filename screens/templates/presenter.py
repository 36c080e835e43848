"""Templates as rows, as a page of facts and as a tree of files: pure functions of what the catalog says."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from screens.glyphs import GLYPHS, UNICODE
from screens.words import cut, hanging
from templates import services, toolchains
from templates.catalog import Listing, Template
from templates.errors import TemplateError
from templates.text import plain
from templates.toolchains import ToolchainName

ICON = 3
"""Columns of a template's icon with the space after it; icons are one or two cells wide."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the gallery: a template, or the id of one that cannot be used and why."""

    id: str
    template: Template | None = None
    error: TemplateError | None = None

    @property
    def language(self) -> str:
        return self.template.manifest.language if self.template else ""


def entries(listing: Listing) -> tuple[Entry, ...]:
    """By language, those with the most templates first, then by title; those that cannot be used at the end."""
    usable = [Entry(one.id, one) for one in listing.templates]
    order = [name for name, _ in languages(usable)]
    titles = {one.id: one.manifest.title.lower() for one in listing.templates}
    usable.sort(key=lambda one: (order.index(one.language), titles[one.id]))
    return (*usable, *(Entry(name, error=error) for name, error in sorted(listing.broken.items())))


def matching(rows: Sequence[Entry], words: str, language: str | None) -> tuple[Entry, ...]:
    """Those in this language (in any for None) where each of the words is in id, title, tags, language or use.

    Those that are called so come before those that are only said to be so.
    """
    wanted = words.lower().split()

    def called(one: Entry) -> str:
        return one.id if one.template is None else f"{one.id} {one.template.manifest.title}".lower()

    def text(one: Entry) -> str:
        if one.template is None:
            return called(one)
        manifest = one.template.manifest
        said = (manifest.language, manifest.good_for, manifest.description, *manifest.tags, *_OWN[one.template.ours])
        return " ".join((called(one), *said)).lower()

    found = [
        one
        for one in rows
        if (language is None or one.language == language) and all(word in text(one) for word in wanted)
    ]
    return tuple(sorted(found, key=lambda one: not all(word in called(one) for word in wanted)))


_OWN = {True: (), False: ("own",)}
"""What one finds one's own templates by."""


def languages(rows: Sequence[Entry]) -> tuple[tuple[str, int], ...]:
    """Each language with how many templates it has, the most first."""
    counts = Counter(one.language for one in rows if one.template)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def language_bar(rows: Sequence[Entry], chosen: str | None, width: int) -> Content:
    """All languages in one line, the chosen one raised; a click on one chooses it.

    Where there is no room for all, first the counts are left out, then the last ones; the chosen one stays.
    """
    total = sum(count for _, count in languages(rows))
    chips = (("all", total, None), *((name, count, name) for name, count in languages(rows)))
    bar = Content(" ").join([_chip(title, f" {count}", one, chosen=one == chosen) for title, count, one in chips])
    if bar.cell_length > width:
        bar = Content("").join([_chip(title, "", one, chosen=one == chosen) for title, _, one in chips])
    if bar.cell_length > width:
        first = sorted(chips, key=lambda chip: (chip[2] is not None, chip[2] != chosen))
        bar = Content("").join([_chip(title, "", one, chosen=one == chosen) for title, _, one in first])
    return bar.truncate(width, ellipsis=True)


def _chip(title: str, count: str, language: str | None, *, chosen: bool) -> Content:
    target = Style.from_meta({"language": language or ""})
    if chosen:
        return Content.styled(f" {title}{count} ", "$accent bold on $cursor").stylize(target)
    return Content.assemble((f" {title}", "$foreground 80%"), (f"{count} ", "$muted")).stylize(target)


def line(one: Entry, width: int) -> list[Content]:
    """A row of two lines: icon, title and language; then what it is good for."""
    if one.template is None:
        words = cut("cannot be used: " + plain(one.error.detail if one.error else ""), width - ICON)
        return [
            Content.assemble((f"{GLYPHS.wrong}  ", "$error"), (cut(one.id, width - ICON), "$muted")),
            Content.assemble(" " * ICON, (words, "$muted")),
        ]
    manifest = one.template.manifest
    kind = manifest.language if one.template.ours else f"{one.template.source} {GLYPHS.separator} {manifest.language}"
    kind = cut(kind, max(1, width // 2))
    room = width - ICON - len(kind) - 2
    title = cut(manifest.title, room)
    return [
        Content.assemble(icon(manifest.icon), (title, "bold"), " " * (room - len(title) + 2), (kind, "$muted")),
        Content.assemble(" " * ICON, (cut(manifest.good_for or manifest.description, width - ICON), "$muted")),
    ]


def icon(sign: str) -> str:
    """The icon padded to its columns; a sign of ASCII where the terminal takes no other."""
    shown = sign if GLYPHS is UNICODE else GLYPHS.running
    return shown + " " * (ICON - cell_len(shown))


def summary(shown: int, total: int) -> str:
    """The line above the gallery."""
    return f"{total} templates" if shown == total else f"{shown} of {total} templates"


def nothing(words: str, folder: Path) -> Content:
    """Why the gallery is empty."""
    if words:
        return Content.styled(f"No template has “{cut(plain(words), 30)}”. esc clears the search.", "$muted")
    return Content.styled(f"There are no templates in {folder}.", "$muted")


def heading(template: Template) -> Content:
    manifest = template.manifest
    return Content.assemble((manifest.title, "bold"), "  ", (template.id, "$muted"), "\n", manifest.description)


def overview(template: Template, lacking: Collection[ToolchainName], width: int) -> Content:
    """What it is good for, what it serves, what will run, and what can be set, in lines of at most this width.

    `lacking` are the toolchains that this machine does not have.
    """
    manifest = template.manifest
    blocks: list[Content] = []
    if manifest.good_for:
        blocks.append(_block("Good for", Content(manifest.good_for)))
    facts = [
        ("From", f"{template.source}, a source of yours" if template.source else ""),
        ("Language", manifest.language),
        ("Tags", _words(manifest.tags)),
    ]
    facts.append(("Ports", _words(map(str, manifest.ports)) or "none"))
    if manifest.services:
        facts.append(("Beside it", services.titles(manifest.services)))
    if manifest.toolchains:
        facts.append(("Toolchain", toolchains.origin(manifest.toolchains, lacking)))
    if manifest.extensions:
        facts.append(("Editor", _words(extension.rpartition(".")[2] for extension in manifest.extensions)))
    blocks.append(hanging([(label, value) for label, value in facts if value], width))
    commands = [
        ("Install", manifest.install),
        ("Run", manifest.run),
        ("Test", manifest.test),
        ("Lint", manifest.lint),
    ]
    if run := [(label, value) for label, value in commands if value]:
        blocks.append(Content.assemble(("What will run", "bold"), "\n", hanging(run, width, "$accent")))
    if manifest.variables:
        titles = Content("\n").join([Content(plain(one.title)) for one in manifest.variables.values()])
        blocks.append(Content.assemble(("What you can set", "bold"), "\n", titles))
    return Content("\n\n").join(blocks)


def _block(title: str, text: Content) -> Content:
    return Content.assemble((title, "bold"), "\n", text)


def _words(items: Iterable[str]) -> str:
    return f" {GLYPHS.separator} ".join(items)


def views_bar(views: Mapping[str, str], current: str) -> Content:
    """The pages of the preview, the current one raised; a click on one turns to it."""
    parts: list[Content] = []
    for view, title in views.items():
        style = "$accent bold on $cursor" if view == current else "$muted"
        parts.append(Content.styled(f" {title} ", style).stylize(Style.from_meta({"view": view})))
    return Content(" ").join(parts)


@dataclass(frozen=True, slots=True)
class Node:
    """A line of the tree: a folder, or a file; `path` is from the project's folder on."""

    path: str
    folder: bool

    @property
    def depth(self) -> int:
        return self.path.count("/")


def tree(paths: Iterable[str]) -> tuple[Node, ...]:
    """All files with their folders, depth first; in each folder its folders first, then its files, by name."""
    files = frozenset(paths)
    folders = {above for path in files for above in accumulate(path.split("/")[:-1], lambda a, b: f"{a}/{b}")}

    def place(path: str) -> tuple[tuple[bool, str], ...]:
        parts = path.split("/")
        last = len(parts) - 1
        return tuple((number == last and path in files, part.lower()) for number, part in enumerate(parts))

    return tuple(Node(path, path in folders) for path in sorted(files | folders, key=place))


def first_file(nodes: Sequence[Node], empty: Collection[str] = ()) -> str:
    """The path of the file to look at first: empty ones, and those of tools, which begin with a dot, can wait."""
    files = [node.path for node in nodes if not node.folder and node.path not in empty]
    return next((path for path in files if not any(part.startswith(".") for part in path.split("/"))), "")


def node_line(node: Node, width: int) -> Content:
    name = node.path.rpartition("/")[2] + "/" * node.folder
    style = "$muted" if node.folder else ""
    indent = "  " * node.depth
    return Content.assemble(indent, (cut(plain(name), max(1, width - len(indent))), style))
