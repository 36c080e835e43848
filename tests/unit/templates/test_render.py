"""A template becomes a project: safely, and byte for byte where nothing is to be filled in."""

import os
from pathlib import Path

import pytest

from templates.catalog import Catalog, Template
from templates.errors import SpecialFileError, UnsafePathError, VariableError
from templates.project import Project
from templates.render import LARGEST, render

MANIFEST = """
title = "Shop"
description = "D"
language = "Go"
ports = [8000]
run = "run {{ title }}"
test = "test {{ name }}"

[variables.title]
type = "string"
title = "The title"
default = "A shop"

[variables.count]
type = "integer"
title = "How many"
default = 3
max = 5
"""


@pytest.fixture
def template(tmp_path: Path) -> Template:
    folder = tmp_path / "shop"
    (folder / "files").mkdir(parents=True)
    (folder / "template.toml").write_text(MANIFEST)
    return Catalog(tmp_path).load("shop")


def contents(project: Project) -> dict[str, bytes]:
    return {file.path: b"".join(file.chunks()) for file in project.files}


def test_variables_and_the_workspaces_name_are_filled_in(template: Template) -> None:
    (template.files / "a.txt").write_bytes(b"{{ name }}: {{ title }}, {{ count }}\r\n{{ other }} ${{ name }}")
    (template.files / "sub").mkdir()
    (template.files / "sub" / "b.txt").write_bytes("é {{ count }}".encode())
    project = render(template, {"name": "corner", "title": "My shop"})
    assert contents(project) == {
        "a.txt": b"corner: My shop, 3\r\n{{ other }} ${{ name }}",
        "sub/b.txt": "é 3".encode(),
    }
    assert (project.manifest.template, project.manifest.title) == ("shop", "Shop")
    assert (project.manifest.run, project.manifest.test) == ("run 'My shop'", "test corner")


def test_a_value_is_not_looked_into_for_placeholders(template: Template, tmp_path: Path) -> None:
    (template.folder / "template.toml").write_text(
        MANIFEST.replace('default = "A shop"', 'default = ""\npattern = ".*"')
    )
    (template.files / "a.txt").write_text("{{ title }}")
    project = render(Catalog(tmp_path).load("shop"), {"name": "corner", "title": "{{ name }}"})
    assert contents(project) == {"a.txt": b"{{ name }}"}


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe{{ name }}", b"\x89PNG\r\n\x1a\n{{ name }}\xc3", b"", b"{{ name }}" + b" " * LARGEST],
    ids=["not-utf8", "image", "empty", "large"],
)
def test_what_is_not_a_small_text_is_copied_as_it_is(template: Template, content: bytes) -> None:
    (template.files / "data").write_bytes(content)
    [file] = render(template, {"name": "corner"}).files
    assert file.source == template.files / "data"
    assert b"".join(file.chunks()) == content


def test_the_executable_bit_follows_the_file_on_disk(template: Template) -> None:
    for name, mode in (("plain", 0o600), ("tool", 0o700), ("filled-tool", 0o775)):
        (template.files / name).write_text("{{ name }}" if "filled" in name else "")
        (template.files / name).chmod(mode)
    modes = {file.path: file.mode for file in render(template, {"name": "corner"}).files}
    assert modes == {"plain": 0o644, "tool": 0o755, "filled-tool": 0o755}


def test_equal_values_make_equal_projects_and_others_do_not(template: Template) -> None:
    (template.files / "a.txt").write_text("{{ title }}")
    one, same, other = (render(template, {"name": "a", "title": title}) for title in ("x", "x", "y"))
    assert one.digest == same.digest != other.digest


def test_what_a_template_was_tried_out_with_stays_behind_and_all_else_does_not(template: Template) -> None:
    for path in (
        "node_modules/x/index.js",
        "app/__pycache__/x.pyc",
        "dist/out.js",
        "test.pem",
        ".vscode/tasks.json",
    ):
        (template.files / path).parent.mkdir(parents=True, exist_ok=True)
        (template.files / path).touch()
    (template.files / ".gitignore").write_text("dist/\n")
    assert list(contents(render(template, {"name": "a"}))) == [".gitignore", ".vscode/tasks.json", "test.pem"]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"name": "a", "count": "9"}, ["count", "'9'", "at most 5", "shop"]),
        ({"name": "a", "count": "many"}, ["count", "'many'", "whole number"]),
        ({"name": "a", "title": 'A "shop"'}, ["title", 'A "shop"', "must do without"]),
        ({"name": "a", "title": "a\nb"}, ["title", r"'a\nb'", "one line"]),
        ({"name": "Not A Label"}, ["name", "'Not A Label'", "must match"]),
        ({"name": "a", "tilte": "x"}, ["tilte", "name, title, count"]),
        ({"name": "a", "\x1b[2J": "x"}, [r"\x1b[2J"]),
    ],
)
def test_a_bad_value_is_refused_with_variable_value_and_rule(
    template: Template, variables: dict[str, str], said: list[str]
) -> None:
    with pytest.raises(VariableError) as caught:
        render(template, variables)
    assert all(words in caught.value.detail for words in said)
    assert caught.value.detail.isprintable()
    assert "templates show shop" in caught.value.hint or "Did you mean title?" in caught.value.hint


def test_hostile_files_in_a_template_are_refused(template: Template) -> None:
    (template.files / "link").symlink_to("../template.toml")
    with pytest.raises(UnsafePathError, match="'link'"):
        render(template, {"name": "a"})
    (template.files / "link").unlink()
    os.mkfifo(template.files / "pipe")
    with pytest.raises(SpecialFileError, match="'pipe'"):
        render(template, {"name": "a"})
