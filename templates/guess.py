"""How a folder's project is run and tested, where its files say so plainly; else nothing is claimed."""

import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, cast

from templates.project import Manifest
from templates.toolchains import called_by

Read = Callable[[str], str]
"""A file's text by its path; empty where there is none."""


@dataclass(frozen=True, slots=True)
class _Guess:
    language: str = ""
    run: str = ""
    test: str = ""
    ports: tuple[int, ...] = ()
    install: str = ""


def guess_manifest(title: str, paths: Collection[str], read: Read) -> Manifest:
    """The manifest of a project with files at `paths`."""
    found = (_python(paths, read), _node(paths, read), _go(paths, read), _rust(paths, read), _java(paths, read))
    guesses = [guess for guess in (*found, _static(paths)) if guess]
    guess = next((guess for guess in guesses if guess.run), guesses[0] if guesses else _Guess())
    return Manifest(
        title,
        language=guess.language or next((name for marker, name in _LANGUAGES.items() if marker in paths), ""),
        run=guess.run,
        test=guess.test,
        ports=guess.ports,
        install=guess.install,
        toolchains=called_by(guess.run, guess.test),
    )


# The first marker that a folder has names its language, where nothing can be said about how to run it.
_LANGUAGES = {
    "package.json": "JavaScript",
    "pyproject.toml": "Python",
    "requirements.txt": "Python",
    "setup.py": "Python",
    "go.mod": "Go",
    "Cargo.toml": "Rust",
    "pom.xml": "Java",
    "build.gradle": "Java",
    "build.gradle.kts": "Kotlin",
    "Gemfile": "Ruby",
    "composer.json": "PHP",
    "mix.exs": "Elixir",
    "CMakeLists.txt": "C++",
}

_PYTHON_APPS = ("main.py", "app.py", "app/main.py", "app/app.py", "src/main.py", "api/main.py")
_FASTAPI = re.compile(r"^(\w+)(?:\s*:\s*\w+)?\s*=\s*(?:fastapi\.)?FastAPI\(", re.MULTILINE)
_FLASK = re.compile(r"^(\w+)(?:\s*:\s*\w+)?\s*=\s*(?:flask\.)?Flask\(", re.MULTILINE)
_PYTEST = re.compile(r"(^|/)(test_[^/]+|[^/]+_test)\.py$")


def _python(paths: Collection[str], read: Read) -> _Guess | None:
    needs, uv_run = _python_needs(read)
    if not uv_run:
        return None

    def command(words: str, package: str) -> str:
        return f"{uv_run} {words}" if package in needs else f"{uv_run} --with {package} {words}"

    install = "uv sync" if uv_run == "uv run" else ""
    test = command("python -m pytest", "pytest") if any(_PYTEST.search(path) for path in paths) else ""
    if "django" in needs and "manage.py" in paths:
        run, test = (f"{uv_run} python manage.py {words}" for words in ("runserver 8000", "test"))
        return _Guess("Python", run, test, (8000,), install)
    for path in (app for app in _PYTHON_APPS if app in paths):
        module = path.removesuffix(".py").replace("/", ".")
        if app := _FASTAPI.search(read(path)):
            run = command(f"uvicorn {module}:{app[1]} --port 8000", "uvicorn")
            return _Guess("Python", run, test, (8000,), install)
        if app := _FLASK.search(read(path)):
            run = command(f"flask --app {module}:{app[1]} run --port 5000", "flask")
            return _Guess("Python", run, test, (5000,), install)
    return _Guess("Python", test=test, install=install)


def _python_needs(read: Read) -> tuple[set[str], str]:
    """The packages that a Python project names, and the start of a command that has them; empty where none is said."""
    try:
        pyproject = tomllib.loads(read("pyproject.toml"))
    except (tomllib.TOMLDecodeError, RecursionError):
        pyproject = {}
    if "project" in pyproject:
        project = _table(pyproject["project"])
        groups = [project.get("dependencies"), *_table(pyproject.get("dependency-groups")).values()]
        return _names(
            line for group in groups if isinstance(group, list) for line in cast("list[Any]", group)
        ), "uv run"
    if requirements := read("requirements.txt"):
        return _names(requirements.splitlines()), "uv run --with-requirements requirements.txt"
    return set(), ""


def _names(requirements: Iterable[Any]) -> set[str]:
    found = (re.match(r"\s*([\w.-]+)(\[standard\])?", line) for line in requirements if isinstance(line, str))
    names = {(name[1].lower(), bool(name[2])) for name in found if name}
    return {name for name, _ in names} | ({"uvicorn"} if ("fastapi", True) in names else set())


# The port that each listens on unless told otherwise: by its documentation, or for servers by custom.
_NODE_PORTS = {
    **{"next": 3000, "nuxt": 3000, "react-scripts": 3000, "astro": 4321, "@angular/cli": 4200, "vite": 5173},
    **{"gatsby": 8000, "express": 3000, "fastify": 3000, "koa": 3000, "@nestjs/core": 3000},
}
_NODE_PORT = re.compile(r"(?:--port[= ]|\s-p |\bPORT=)(\d{4,5})\b")


def _node(paths: Collection[str], read: Read) -> _Guess | None:
    try:
        package = _table(json.loads(read("package.json")))
    except (ValueError, RecursionError):
        return None
    scripts = _table(package.get("scripts"))
    start = next((name for name in ("start", "dev") if isinstance(scripts.get(name), str)), None)
    tested = isinstance(scripts.get("test"), str) and "no test specified" not in scripts["test"]
    npm = _package_manager(paths)
    needs = [*_table(package.get("dependencies")), *_table(package.get("devDependencies"))]
    return _Guess(
        "TypeScript" if "tsconfig.json" in paths else "JavaScript",
        run=f"{npm} install && {npm} run {start}" if start else "",
        test=f"{npm} install && {npm} test" if tested else "",
        ports=_node_ports(scripts[start], needs) if start else (),
        install=f"{npm} install" if needs else "",
    )


def _package_manager(paths: Collection[str]) -> str:
    """What the lock file was written by; npm alone is sure to be there, and fetches the others."""
    if "package-lock.json" not in paths:
        for lock, manager in (("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn")):
            if lock in paths:
                return f"npx --yes {manager}"
    return "npm"


def _node_ports(script: str, needs: Collection[str]) -> tuple[int, ...]:
    if said := _NODE_PORT.search(script):
        return (int(said[1]),) if 1024 <= int(said[1]) <= 65535 else ()
    return next(((port,) for name, port in _NODE_PORTS.items() if name in needs), ())


def _go(paths: Collection[str], read: Read) -> _Guess | None:
    if "go.mod" not in paths:
        return None
    runs = re.search(r"^package main$", read("main.go"), re.MULTILINE)
    tested = any(path.endswith("_test.go") for path in paths)
    return _Guess("Go", run="go run ." if runs else "", test="go test ./..." if tested else "")


def _rust(paths: Collection[str], read: Read) -> _Guess | None:
    try:
        cargo = tomllib.loads(read("Cargo.toml"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    if "package" not in cargo:
        return None
    return _Guess("Rust", run="cargo run" if "src/main.rs" in paths else "", test="cargo test")


def _java(paths: Collection[str], read: Read) -> _Guess | None:
    if not (project := read("pom.xml")):
        return None
    tested = any(path.startswith("src/test/java/") for path in paths)
    if "<artifactId>spring-boot-maven-plugin</artifactId>" not in project:
        return _Guess("Java", test="mvn -B test" if tested else "")
    return _Guess("Java", run="mvn -B spring-boot:run", test="mvn -B test" if tested else "", ports=_spring_port(read))


def _spring_port(read: Read) -> tuple[int, ...]:
    """8080 unless the project says otherwise; that one is the editor's in a cluster, so nothing is claimed of it."""
    said = re.search(r"^server\.port\s*=\s*(?:\$\{\w+:)?(\d{4,5})\}?\s*$", read(_PROPERTIES), re.MULTILINE)
    return (int(said[1]),) if said and 1024 <= int(said[1]) <= 65535 and said[1] != "8080" else ()


_PROPERTIES = "src/main/resources/application.properties"


def _static(paths: Collection[str]) -> _Guess | None:
    if "index.html" not in paths or any(marker in paths for marker in _LANGUAGES):
        return None
    return _Guess("HTML", run="python3 -m http.server 8000 --bind 127.0.0.1", ports=(8000,))


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
