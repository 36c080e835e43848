"""The schema of template.toml: what it takes, and how it says what is wrong."""

from pathlib import Path

import pytest

from templates.errors import TemplateError
from templates.manifest import TemplateManifest, read_manifest
from templates.project import Manifest
from templates.variables import BooleanVariable, IntegerVariable, StringVariable

HEAD = 'title = "T"\ndescription = "D"\nlanguage = "Python"\n'
WHOLE = """
title = "Shop"
description = "Sells."
language = "Python"
icon = "🛒"
good_for = "selling things"
tags = ["api", "web-2"]
ports = [8000, 9000]
run = "run --title {{ title }} --port {{ count }} {{ other }}"
test = "test {{ name }}"
install = "install {{ name }}"
lint = "lint {{ count }}"
extensions = ["ms-python.python", "a.b-c@1.2.3", "./tools/own.vsix"]
toolchains = ["go", "java"]

[variables.title]
type = "string"
title = "The title"
default = "A shop"

[variables.count]
type = "integer"
title = "How many"
default = 3
min = 1
max = 9

[variables.dark]
type = "boolean"
title = "Dark"
default = true
"""


def read(folder: Path, text: str) -> TemplateManifest:
    path = folder / "template.toml"
    path.write_text(text, encoding="utf-8")
    return read_manifest(path)


def test_a_whole_manifest_is_read(tmp_path: Path) -> None:
    manifest = read(tmp_path, WHOLE)
    assert manifest.title == "Shop"
    assert (manifest.icon, manifest.good_for) == ("🛒", "selling things")
    assert manifest.tags == ("api", "web-2")
    assert manifest.ports == (8000, 9000)
    assert manifest.extensions == ("ms-python.python", "a.b-c@1.2.3", "./tools/own.vsix")
    title, count, dark = manifest.variables.values()
    assert isinstance(title, StringVariable)
    assert isinstance(count, IntegerVariable)
    assert isinstance(dark, BooleanVariable)
    assert [one.default_text for one in (title, count, dark)] == ["A shop", "3", "true"]


def test_only_three_fields_are_required(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD) == TemplateManifest(title="T", description="D", language="Python")


def test_a_projects_manifest_has_its_values_quoted_for_the_shell(tmp_path: Path) -> None:
    values = {"title": "A; rm -rf ~", "count": "4", "dark": "true", "name": "my-shop"}
    assert read(tmp_path, WHOLE).of_project("shop", values) == Manifest(
        title="Shop",
        template="shop",
        description="Sells.",
        language="Python",
        tags=("api", "web-2"),
        ports=(8000, 9000),
        run="run --title 'A; rm -rf ~' --port 4 {{ other }}",
        test="test my-shop",
        install="install my-shop",
        lint="lint 4",
        extensions=("ms-python.python", "a.b-c@1.2.3", "./tools/own.vsix"),
        toolchains=("go", "java"),
    )


def variable(lines: str) -> str:
    return HEAD + "[variables.x]\n" + lines


STRING = 'type = "string"\ntitle = "X"\n'
INTEGER = 'type = "integer"\ntitle = "X"\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "title is missing"),
        (HEAD.replace('"T"', '""'), "line 1: title must have at least 1 character"),
        (HEAD.replace('"T"', '"""a\nb"""'), "line 1: title must be one line"),
        (HEAD.replace('"T"', "7"), "line 1: title must be a valid string"),
        (HEAD + 'icon = "shop"\n', "line 4: icon must be one symbol"),
        (HEAD + 'icon = "⌨️"\n', "line 4: icon must be one symbol"),
        (HEAD + 'icon = "a"\n', "line 4: icon must be one symbol"),
        (HEAD + "colour = 1\n", "line 4: colour is not a field of a template"),
        (HEAD + "ports = [80]\n", "line 4: ports[0] must be greater than or equal to 1024"),
        (HEAD + "ports = [8000, 70000]\n", "line 4: ports[1] must be less than or equal to 65535"),
        (HEAD + 'ports = ["8000"]\n', "line 4: ports[0] must be a valid integer"),
        (HEAD + "ports = [true]\n", "line 4: ports[0] must be a valid integer"),
        (HEAD + "ports = [8000, 8000]\n", "line 4: ports must not name anything twice"),
        (HEAD + "ports = 8000\n", "line 4: ports must be a list"),
        (HEAD + 'tags = ["Two Words"]\n', "line 4: tags[0] must match pattern"),
        (HEAD + 'tags = ["a", "b", "a"]\n', "line 4: tags must not name anything twice"),
        (HEAD + 'extensions = ["a.b", "a.b"]\n', "line 4: extensions must not name anything twice"),
        (HEAD + 'run = "a\\nb"\n', "line 4: run must be one line"),
        (HEAD + 'services = ["mysql"]\n', "line 4: services[0] must be 'postgresql' or 'redis'"),
        (HEAD + 'services = ["redis", "redis"]\n', "line 4: services must not name anything twice"),
        (HEAD + 'toolchains = ["cobol"]\n', "line 4: toolchains[0] must be 'go', 'rust' or 'java'"),
        (HEAD + 'toolchains = ["go", "go"]\n', "line 4: toolchains must not name anything twice"),
        (HEAD + 'extensions = ["python"]\n', "line 4: extensions[0] must be `publisher.name`"),
        (HEAD + 'extensions = ["a.b@latest"]\n', "line 4: extensions[0] must be `publisher.name`"),
        (HEAD + 'extensions = ["a.b; rm -rf /"]\n', "line 4: extensions[0] must be `publisher.name`"),
        (HEAD + 'extensions = ["--help"]\n', "line 4: extensions[0] must be `publisher.name`"),
        (HEAD + 'extensions = ["./../out.vsix"]\n', "line 4: extensions[0] must be a path inside the project"),
        (HEAD + 'extensions = ["/abs.vsix"]\n', "line 4: extensions[0] must be `publisher.name`"),
        (HEAD + 'extensions = ["./own.zip"]\n', "line 4: extensions[0] must be `publisher.name`"),
        (HEAD + "[variables.name]\n" + STRING + 'default = ""\n', "line 4: variables.name is the workspace's name"),
        (HEAD + "[variables.Big]\n" + STRING + 'default = ""\n', "line 4: variables.Big must match pattern"),
        (variable('title = "X"\ndefault = ""\n'), "line 4: variables.x needs a type"),
        (variable('type = "float"\ntitle = "X"\ndefault = 1.0\n'), "line 4: variables.x must have the type"),
        (variable(STRING), "line 4: variables.x.default is missing"),
        (variable('type = "string"\ndefault = ""\n'), "line 4: variables.x.title is missing"),
        (variable(STRING + 'default = ""\nmin = 1\n'), "line 8: variables.x.min is not a field"),
        (
            variable(STRING + 'default = ""\npattern = "("\n'),
            "line 8: variables.x.pattern must be a regular",
        ),
        (
            variable(STRING + 'default = "a"\npattern = "b"\n'),
            "line 4: variables.x has a default that it does not",
        ),
        (variable(STRING + 'default = "a"\nchoices = ["b"]\n'), "line 4: variables.x has a default that it does not"),
        (variable(STRING + 'default = "a"\nchoices = ["a"]\npattern = "a"\n'), "line 4: variables.x has both choices"),
        (variable(STRING + 'default = "a\\"b"\n'), "line 4: variables.x has a default that it does not"),
        (variable(INTEGER + 'default = "1"\n'), "line 7: variables.x.default must be a valid integer"),
        (variable(INTEGER + "default = 1\nmin = 2\n"), "line 4: variables.x has a default that it does not"),
        (variable(INTEGER + "default = 1\nmin = 2\nmax = 0\n"), "line 4: variables.x has a default that it does not"),
        (HEAD + 'variables = { x = { type = "string" } }\n', "variables.x.title is missing"),
        ("title = \n", "is not TOML"),
        ("a = 1\na = 2\n", "is not TOML"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_field(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read(tmp_path, text)
    assert complaint in caught.value.detail
    assert str(tmp_path / "template.toml") in caught.value.detail
    assert "pydantic" not in caught.value.detail


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        read(tmp_path, HEAD + "ports = [1]\ncolour = 2\n")
    assert "line 4: ports[0]" in caught.value.detail
    assert "line 5: colour" in caught.value.detail


def test_a_line_is_that_of_the_right_table(tmp_path: Path) -> None:
    first = "[variables.a]\n" + STRING + 'default = ""\n'
    second = '[variables.b]\ntype = "string"\ntitle = ""\ndefault = ""\n'
    with pytest.raises(TemplateError, match=r"line 10: variables\.b\.title"):
        read(tmp_path, HEAD + first + second)


def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"template\.toml: cannot be read \(No such file"):
        read_manifest(tmp_path / "template.toml")
    (tmp_path / "template.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(TemplateError, match=r"template\.toml: is not UTF-8"):
        read_manifest(tmp_path / "template.toml")
