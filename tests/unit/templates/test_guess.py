"""What is guessed about a folder's project, and that nothing is where its files do not say so plainly."""

import json
from dataclasses import replace

import pytest

from templates.guess import guess_manifest
from templates.project import Manifest

FASTAPI = "from fastapi import FastAPI\n\napp = FastAPI(title='x')\n"
FLASK = "from flask import Flask\nserver: Flask = Flask(__name__)\n"
SPRING = "<plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin>"
PROPERTIES = "src/main/resources/application.properties"
DJANGO = "import os\nfrom django.core.management import execute_from_command_line\n"


def guess(files: dict[str, str]) -> Manifest:
    return guess_manifest("Title", files.keys(), lambda path: files.get(path, ""))


def package(**fields: object) -> str:
    return json.dumps(fields)


def project(*dependencies: str, groups: str = "") -> str:
    return f'[project]\nname = "x"\nversion = "1"\ndependencies = {json.dumps(dependencies)}\n{groups}'


@pytest.mark.parametrize(
    ("files", "language", "run", "test", "ports"),
    [
        ({}, "", "", "", ()),
        ({"README.md": "npm start"}, "", "", "", ()),
        ({"go.mod": "module x"}, "Go", "", "", ()),
        ({"Cargo.toml": ""}, "Rust", "", "", ()),
        ({"Cargo.toml": "[workspace]"}, "Rust", "", "", ()),
        ({"pom.xml": ""}, "Java", "", "", ()),
        # Go, Rust, Java
        ({"go.mod": "module x", "main.go": "// x\npackage main\n"}, "Go", "go run .", "", ()),
        ({"go.mod": "module x", "main.go": "package mainly\n", "a/b_test.go": ""}, "Go", "", "go test ./...", ()),
        ({"Cargo.toml": "[package]", "src/main.rs": ""}, "Rust", "cargo run", "cargo test", ()),
        ({"Cargo.toml": "[package]", "src/lib.rs": ""}, "Rust", "", "cargo test", ()),
        ({"pom.xml": "<project/>", "src/test/java/T.java": ""}, "Java", "", "mvn -B test", ()),
        ({"pom.xml": SPRING}, "Java", "mvn -B spring-boot:run", "", ()),
        ({"pom.xml": SPRING, PROPERTIES: "a=b\nserver.port=9000\n"}, "Java", "mvn -B spring-boot:run", "", (9000,)),
        ({"pom.xml": SPRING, PROPERTIES: "server.port=8080\n"}, "Java", "mvn -B spring-boot:run", "", ()),
        # Node
        (
            {"package.json": package(scripts={"start": "node .", "test": "node --test"})},
            "JavaScript",
            "npm install && npm run start",
            "npm install && npm test",
            (),
        ),
        (
            {"package.json": package(scripts={"dev": "vite"}, devDependencies={"vite": "1"}), "tsconfig.json": "{}"},
            "TypeScript",
            "npm install && npm run dev",
            "",
            (5173,),
        ),
        (
            {"package.json": package(scripts={"start": "node ."}, dependencies={"express": "5"})},
            "JavaScript",
            "npm install && npm run start",
            "",
            (3000,),
        ),
        (
            {"package.json": package(scripts={"start": "next -p 4000"}, dependencies={"next": "1"})},
            "JavaScript",
            "npm install && npm run start",
            "",
            (4000,),
        ),
        (
            {"package.json": package(scripts={"start": "PORT=80 node ."})},
            "JavaScript",
            "npm install && npm run start",
            "",
            (),
        ),
        (
            {"package.json": package(scripts={"start": "serve --port=70000"}, dependencies={"koa": "1"})},
            "JavaScript",
            "npm install && npm run start",
            "",
            (),
        ),
        (
            {"package.json": package(scripts={"start": "x"}), "pnpm-lock.yaml": ""},
            "JavaScript",
            "npx --yes pnpm install && npx --yes pnpm run start",
            "",
            (),
        ),
        (
            {"package.json": package(scripts={"start": "x"}), "yarn.lock": ""},
            "JavaScript",
            "npx --yes yarn install && npx --yes yarn run start",
            "",
            (),
        ),
        (
            {"package.json": package(scripts={"start": "x"}), "yarn.lock": "", "package-lock.json": ""},
            "JavaScript",
            "npm install && npm run start",
            "",
            (),
        ),
        (
            {"package.json": package(scripts={"test": 'echo "Error: no test specified" && exit 1'})},
            "JavaScript",
            "",
            "",
            (),
        ),
        ({"package.json": "{"}, "JavaScript", "", "", ()),
        ({"package.json": "[" * 100_000}, "JavaScript", "", "", ()),
        ({"package.json": "[]"}, "JavaScript", "", "", ()),
        ({"package.json": package(scripts={"start": 7})}, "JavaScript", "", "", ()),
        ({"package.json": package(scripts=[])}, "JavaScript", "", "", ()),
        ({"web/package.json": package(scripts={"start": "x"})}, "", "", "", ()),
        # Python
        (
            {"pyproject.toml": project("fastapi", "uvicorn>=0.3"), "main.py": FASTAPI},
            "Python",
            "uv run uvicorn main:app --port 8000",
            "",
            (8000,),
        ),
        (
            {"pyproject.toml": project("fastapi"), "app/main.py": FASTAPI, "tests/test_x.py": ""},
            "Python",
            "uv run --with uvicorn uvicorn app.main:app --port 8000",
            "uv run --with pytest python -m pytest",
            (8000,),
        ),
        (
            {
                "pyproject.toml": project("fastapi[standard]>=1", groups='[dependency-groups]\ndev = ["pytest>=9"]\n'),
                "main.py": FASTAPI,
                "test_main.py": "",
            },
            "Python",
            "uv run uvicorn main:app --port 8000",
            "uv run python -m pytest",
            (8000,),
        ),
        (
            {"requirements.txt": "# web\nFlask==3.1\n-r more.txt\n", "app.py": FLASK},
            "Python",
            "uv run --with-requirements requirements.txt flask --app app:server run --port 5000",
            "",
            (5000,),
        ),
        (
            {"requirements.txt": "Django>=5\n", "manage.py": DJANGO},
            "Python",
            "uv run --with-requirements requirements.txt python manage.py runserver 8000",
            "uv run --with-requirements requirements.txt python manage.py test",
            (8000,),
        ),
        ({"pyproject.toml": project("requests"), "main.py": "print('hi')\n"}, "Python", "", "", ()),
        ({"main.py": FASTAPI}, "", "", "", ()),
        ({"pyproject.toml": '[tool.poetry]\nname = "x"\n', "main.py": FASTAPI}, "Python", "", "", ()),
        ({"pyproject.toml": "not toml", "main.py": FASTAPI}, "Python", "", "", ()),
        ({"pyproject.toml": "project = 7\n", "main.py": "# app = FastAPI()\n"}, "Python", "", "", ()),
        ({"pyproject.toml": "[project]\ndependencies = 7\n"}, "Python", "", "", ()),
        (
            {"pyproject.toml": project(), "src/x.py": "", "x_test.py": ""},
            "Python",
            "",
            "uv run --with pytest python -m pytest",
            (),
        ),
        # Both
        (
            {"requirements.txt": "django\n", "manage.py": DJANGO, "package.json": package(scripts={"dev": "tailwind"})},
            "Python",
            "uv run --with-requirements requirements.txt python manage.py runserver 8000",
            "uv run --with-requirements requirements.txt python manage.py test",
            (8000,),
        ),
        (
            {"pyproject.toml": project(), "test_x.py": "", "package.json": package(scripts={"dev": "vite"})},
            "JavaScript",
            "npm install && npm run dev",
            "",
            (),
        ),
        # Neither
        (
            {"index.html": "", "style.css": ""},
            "HTML",
            "python3 -m http.server 8000 --bind 127.0.0.1",
            "",
            (8000,),
        ),
        ({"docs/index.html": ""}, "", "", "", ()),
        ({"index.html": "", "go.mod": ""}, "Go", "", "", ()),
        (
            {"index.html": "", "package.json": package(scripts={"build": "vite build"})},
            "JavaScript",
            "",
            "",
            (),
        ),
    ],
)
def test_guess(files: dict[str, str], language: str, run: str, test: str, ports: tuple[int, ...]) -> None:
    found = replace(guess(files), install="", toolchains=())
    assert found == Manifest("Title", language=language, run=run, test=test, ports=ports)


@pytest.mark.parametrize(
    ("files", "install"),
    [
        ({"package.json": package(dependencies={"express": "5"})}, "npm install"),
        ({"package.json": package(devDependencies={"vite": "7"}), "yarn.lock": ""}, "npx --yes yarn install"),
        ({"package.json": package(scripts={"start": "node ."})}, ""),
        ({"pyproject.toml": project("fastapi"), "main.py": FASTAPI}, "uv sync"),
        ({"pyproject.toml": project("httpx")}, "uv sync"),
        ({"requirements.txt": "flask\n"}, ""),  # what runs it brings them
        ({"index.html": ""}, ""),
    ],
)
def test_what_a_project_needs_is_installed_by_what_it_names(files: dict[str, str], install: str) -> None:
    assert guess(files).install == install


@pytest.mark.parametrize(
    ("files", "toolchains"),
    [
        ({"go.mod": "module x", "main.go": "package main\n"}, ("go",)),
        ({"Cargo.toml": "[package]"}, ("rust",)),
        ({"pom.xml": SPRING}, ("java",)),
        ({"go.mod": "module x"}, ()),
        ({"package.json": package(scripts={"start": "node ."}), "go.mod": "module x"}, ()),
    ],
)
def test_the_toolchains_are_those_that_the_commands_call(files: dict[str, str], toolchains: tuple[str, ...]) -> None:
    assert guess(files).toolchains == toolchains
