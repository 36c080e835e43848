"""A few templates of every kind, written into a folder: as the built-in ones are, and as they must not be."""

from pathlib import Path

_API = """\
title = "HTTP service"
description = "A small HTTP API with SQLite, documentation and tests."
language = "Python"
icon = "⚡"
good_for = "the backend of an app, or a service that others call"
tags = ["api", "backend", "sqlite"]
ports = [8000]
install = "uv sync"
run = "uv run uvicorn app.main:app --host 127.0.0.1 --port 8000 --reload --reload-dir app"
test = "uv run pytest"
extensions = ["ms-python.python", "charliermarsh.ruff"]

[variables.title]
type = "string"
title = "The name that its page shows"
default = "Notes"
max_length = 20

[variables.license]
type = "string"
title = "The licence, as SPDX names it"
default = "MIT"
choices = ["MIT", "Apache-2.0", "BSD-3-Clause"]

[variables.workers]
type = "integer"
title = "How many processes serve it"
default = 2
min = 1
max = 9

[variables.admin]
type = "boolean"
title = "Whether there is a page for the administrator"
default = false
"""
_TOOL = """\
title = "Command line tool"
description = "A command line with help, colours and a table."
language = "Python"
icon = "⌨"
good_for = "a tool for the terminal that others can install"
tags = ["cli", "terminal"]
run = "uv run tool"
"""
_NODE = """\
title = "Express service"
description = "A small HTTP API in JavaScript."
language = "JavaScript"
tags = ["api", "node"]
ports = [3000]
run = "npm start"
"""
_SITE = """\
title = "Static site"
description = "Two pages in plain HTML and CSS."
language = "HTML"
icon = "☂"
good_for = "a page of your own, up in a minute"
tags = ["website"]
ports = [8000]
run = "python3 -m http.server 8000"
"""
_README = """\
# {{ name }}

A small **HTTP API**: `{{ title }}` serves it.

## Start it

```sh
uv run uvicorn app.main:app --host 127.0.0.1 --port 8000 --reload --reload-dir app
```

| address | what is there |
| --- | --- |
| `/` | a page |
| `/docs` | its documentation |

- one
- two
"""
_MAIN = '''\
"""The API."""

from fastapi import FastAPI

WORKERS = {{ workers }}
app = FastAPI(title="{{ title }}")


@app.get("/")
def home() -> dict[str, str]:
    return {"hello": "{{ name }}"}  # a greeting
'''


def write_catalog(folder: Path) -> Path:
    """Five templates, one of which has a broken manifest."""
    files = {
        "python-api/template.toml": _API,
        "python-api/files/README.md": _README,
        "python-api/files/app/__init__.py": "",
        "python-api/files/app/main.py": _MAIN,
        "python-api/files/tests/test_home.py": "def test_home() -> None:\n    assert True\n",
        "python-api/files/.vscode/settings.json": '{"editor.tabSize": 4}\n',
        "python-tool/template.toml": _TOOL,
        "python-tool/files/tool.py": "print('hello')\n",
        "node-express/template.toml": _NODE,
        "node-express/files/README.md": "# Express\n",
        "static-site/template.toml": _SITE,
        "static-site/files/index.html": "<h1>{{ name }}</h1>\n",
        "broken/template.toml": 'title = "Broken"\nlanguage = 3\n',
        "broken/files/README.md": "# Broken\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
