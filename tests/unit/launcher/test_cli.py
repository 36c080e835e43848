"""Each command as scripts and people see it: exit codes, documents, words."""

import json
import shlex
import sys
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.doctor.check import Check, Diagnosis
from cluster.engine import Capability, EngineStatus, ServiceStatus, Workspace
from cluster.errors import ClusterDownError, DockerDeniedError, SeedError
from launcher.commands.catalog import COMMANDS
from launcher.parser import EXAMPLES, build_parser
from templates.events import Steps, stream
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.engine import FakeEngine
from tests.unit.launcher.conftest import SHOP, Cli

LISTED = {"name", "url", "state", "engine", "template", "seconds", "created", "idle_since", "services"}
CREATED = {"name", "url", "state", "engine", "template", "seconds"}
SHOP_URL = "http://shop.vibecode.localhost:8080/"


# The grammar


def test_alone_it_says_what_to_type_first(vibecode: Cli) -> None:
    result = vibecode()

    assert result.code == 0
    assert "vibecode new python-fastapi" in result.out
    assert result.err == ""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_example_of_every_help_parses(command: object) -> None:
    parser = build_parser(COMMANDS)
    examples = [line for line, _ in command.examples]  # type: ignore[attr-defined]
    assert examples
    for line in examples:
        words = shlex.split(line)
        own = words[1 : words.index("--")] if "--" in words else words[1:]
        assert words[0] == "vibecode"
        assert parser.parse_args(own).command is command


def test_the_examples_of_the_first_help_parse() -> None:
    for line, _ in EXAMPLES:
        assert build_parser(COMMANDS).parse_args(shlex.split(line)[1:]).command is not None


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_help_shows_the_examples(vibecode: Cli, command: object) -> None:
    result = vibecode(command.name, "--help")  # type: ignore[attr-defined]

    assert result.code == 0
    assert all(line in result.out for line, _ in command.examples)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "arguments",
    [("new",), ("lst",), ("list", "--jsn"), ("open", "shop", "--port", "0"), ("open", "shop", "--port", "99999"),
     ("logs", "shop", "--tail", "-1"), ("new", "static-site", "--set", "title"), ("exec", "shop"),
     ("new", "static-site", "--set", "name=other"), ("completion", "tcsh"), ("list", "--js")],
)  # fmt: skip
def test_wrong_usage_ends_with_2_and_a_hint(vibecode: Cli, arguments: tuple[str, ...]) -> None:
    result = vibecode(*arguments)

    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("✗ The command is not complete or not right\n")
    assert "vibecode" in result.err.splitlines()[-1]


def test_wrong_usage_is_a_document_for_scripts(vibecode: Cli) -> None:
    result = vibecode("new", "--json")

    assert result.code == 2
    assert set(result.document["error"]) == {"code", "title", "detail", "hint"}
    assert result.document["error"]["code"] == "usage"


def test_a_similar_command_is_named(vibecode: Cli) -> None:
    assert "Did you mean `vibecode list`?" in vibecode("lst").err


def test_no_colours_and_no_control_characters_without_a_terminal(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)

    for arguments in [("list",), ("status",), ("new", "static-site"), ("delete", "nobody"), ("config",)]:
        result = vibecode(*arguments)
        assert "\x1b" not in result.out + result.err


# Errors


def test_an_error_is_told_with_its_hint(vibecode: Cli) -> None:
    result = vibecode("open", "nobody")

    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines() == [
        "✗ There is no such workspace",
        "  There is no workspace 'nobody'.",
        "  → `vibecode list` shows what there is.",
    ]


def test_an_error_is_a_document_for_scripts(vibecode: Cli) -> None:
    result = vibecode("stop", "nobody", "--json")

    assert result.code == 1
    assert result.document == {
        "error": {
            "code": "workspace-not-found",
            "title": "There is no such workspace",
            "detail": "There is no workspace 'nobody'.",
            "hint": "`vibecode list` shows what there is.",
        }
    }


def test_a_defect_shows_no_traceback_and_the_log_has_it(vibecode: Cli) -> None:
    def broken(_: ClusterConfig) -> FakeEngine:
        raise ZeroDivisionError("oh")

    vibecode.services["kind"] = broken
    result = vibecode("list")
    log = Path(vibecode.environ["VIBECODE_HOME"]) / "logs" / "vibecode.log"

    assert result.code == 1
    assert "Traceback" not in result.err
    assert "ZeroDivisionError: oh" in result.err
    assert str(log) in result.err
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_settings_file_that_cannot_be_opened_is_told(vibecode: Cli) -> None:
    folder = Path(vibecode.environ["VIBECODE_HOME"])
    folder.mkdir(parents=True)
    (folder / "config.toml").symlink_to("config.toml")
    result = vibecode("list", "--json")

    assert result.document["error"]["code"] == "setting-invalid"
    assert "Traceback" not in result.err


def test_the_log_has_each_command_and_its_error_but_no_arguments(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    vibecode("exec", "shop", "--", "echo", "hunter2")
    vibecode("open", "nobody")
    log = (Path(vibecode.environ["VIBECODE_HOME"]) / "logs" / "vibecode.log").read_text()

    assert "vibecode exec: exit code 0 after" in log
    assert "workspace-not-found: There is no workspace 'nobody'." in log
    assert "hunter2" not in log


def test_engines_to_come_are_refused_by_name(vibecode: Cli) -> None:
    vibecode.environ["VIBECODE_ENGINE"] = "context"
    result = vibecode("list", "--json")

    assert result.code == 1
    assert result.document["error"]["code"] == "engine-unavailable"
    assert "context" in result.document["error"]["detail"]


def test_the_engine_is_closed_whatever_happens(vibecode: Cli, engine: FakeEngine) -> None:
    vibecode("open", "nobody")

    assert engine.closed


# The cluster


def test_up_and_status_answer_the_same_document(vibecode: Cli) -> None:
    absent = vibecode("status", "--json")
    up = vibecode("up", "--json")
    status = vibecode("status", "--json")

    assert (absent.code, absent.document) == (0, {"engine": "kind", "state": "absent", "workspaces": []})
    assert (up.code, up.document) == (0, {"engine": "kind", "state": "running", "workspaces": []})
    assert status.document == up.document
    assert "✓ Creating the cluster" in up.err


def test_status_lists_workspaces_as_list_does(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)

    assert vibecode("status", "--json").document["workspaces"] == vibecode("list", "--json").document
    assert "node  Ready" in vibecode("status").out


@pytest.mark.parametrize("used", [True, False])
def test_status_is_answered_although_the_other_engine_cannot_be_asked(
    vibecode: Cli, engine: FakeEngine, used: bool
) -> None:
    class Denied(FakeEngine):
        async def status(self) -> EngineStatus:
            raise DockerDeniedError("This account may not use the socket.")

        async def workspaces(self) -> tuple[Workspace, ...]:
            if used:
                await self.status()
            return ()

    async def no_docker() -> str:
        return "you may not use Docker"

    engine.put("shop", SHOP)
    vibecode.services |= {"kind": Denied, "local": lambda _: engine, "docker_obstacle": no_docker}

    result = vibecode("status", "--json")

    assert [one["name"] for one in result.document["workspaces"]] == ["shop"]
    assert ("The engine `kind` is out of reach: This account may not use the socket." in result.err) == used


def test_down_without_a_terminal_names_the_flag_and_what_would_be_lost(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    result = vibecode("down")

    assert result.code == 2
    assert "1 workspace with all files: shop" in result.err
    assert "--yes" in result.err
    assert "shop" in vibecode("list").out


def test_down_answers_what_was_deleted(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    engine.put("blog", SHOP)

    assert vibecode("down", "--yes", "--json").document == {"deleted": ["blog", "shop"]}
    assert vibecode("down", "--json").document == {"deleted": []}


def test_down_says_that_a_stopped_clusters_workspaces_cannot_be_listed(vibecode: Cli, engine: FakeEngine) -> None:
    class Stopped(FakeEngine):
        async def status(self) -> EngineStatus:
            return EngineStatus("kind", "stopped")

    vibecode.services["kind"] = lambda config: Stopped(config)
    result = vibecode("down")

    assert result.code == 2
    assert "all workspaces in it, which cannot be listed while it is stopped" in result.err


# Workspaces


def test_new_answers_the_workspace_and_how_long_it_took(vibecode: Cli) -> None:
    result = vibecode("new", "python-fastapi", "shop", "--json")

    assert result.code == 0
    assert set(result.document) == CREATED | {"install"}
    assert result.document["install"] == {"command": "uv sync", "state": "done", "error": None}
    assert result.document["seconds"] >= 0
    assert {key: result.document[key] for key in CREATED - {"seconds"}} == {
        "name": "shop",
        "url": SHOP_URL,
        "state": "running",
        "engine": "kind",
        "template": "python-fastapi",
    }


def test_new_shows_every_address_before_what_follows_the_editor(vibecode: Cli) -> None:
    result = vibecode("new", "python-fastapi", "shop")

    assert SHOP_URL in result.out
    assert "http://8000-shop.vibecode.localhost:8080/" in result.out
    assert "uv run uvicorn" in result.out
    assert "✓ Installing extensions" in result.err


def test_new_shows_what_is_installed_once_the_editor_is_open(vibecode: Cli) -> None:
    result = vibecode("new", "python-fastapi", "shop")

    assert SHOP_URL in result.out
    assert "✓ Installing dependencies: uv sync" in result.err
    assert vibecode("new", "static-site", "--json").document["install"] is None


def test_new_makes_a_workspace_that_can_be_used_where_its_dependencies_cannot_be_had(
    vibecode: Cli, engine: FakeEngine
) -> None:
    engine.refuse("uv", "no such package")
    result = vibecode("new", "python-fastapi", "shop")

    assert result.code == 0
    assert SHOP_URL in result.out
    assert "    no such package" in result.err
    assert "`vibecode exec shop -- sh -c 'uv sync'` runs it again." in result.err
    install = vibecode("new", "python-fastapi", "other", "--json").document["install"]
    assert (install["state"], install["error"]["code"]) == ("failed", "dependencies-failed")


def test_new_fills_in_the_templates_variables(vibecode: Cli) -> None:
    result = vibecode("new", "static-site", "blog", "--set", "title=Of cats and kings", "--json")

    assert result.code == 0
    assert vibecode("exec", "blog", "--", "grep", "-r", "-l", "Of cats and kings", ".").code == 0


def test_new_chooses_a_free_name(vibecode: Cli) -> None:
    names = [vibecode("new", "static-site", "--json").document["name"] for _ in range(3)]

    assert names == ["static-site", "static-site-2", "static-site-3"]


def test_new_goes_on_with_what_was_cut_off(vibecode: Cli, tmp_path: Path) -> None:
    vibecode.engine = FakeEngine(ClusterConfig(home=tmp_path), fails={"seed": SeedError("cut off")})
    failed = vibecode("new", "static-site", "--json")
    again = vibecode("new", "static-site", "--json")

    assert (failed.code, failed.document["error"]["code"]) == (1, "seed-failed")
    assert "✗ Seeding the files" in failed.err
    assert "    seed: the log that explains it" in failed.err
    assert (again.code, again.document["name"], again.document["state"]) == (0, "static-site", "running")


def test_new_takes_another_name_than_one_being_made_by_somebody_else(vibecode: Cli, engine: FakeEngine) -> None:
    class Contended(FakeEngine):
        async def workspaces(self) -> tuple[Workspace, ...]:
            return ()

    vibecode.engine = Contended(ClusterConfig(home=engine.config.home))
    vibecode.engine.put("static-site", SHOP)

    assert vibecode("new", "static-site", "--json").document["name"] == "static-site-2"


def test_new_refuses_a_name_that_is_taken_and_one_that_cannot_be(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)

    assert vibecode("new", "static-site", "shop", "--json").document["error"]["code"] == "name-taken"
    assert vibecode("new", "static-site", "My Shop", "--json").document["error"]["code"] == "name-invalid"


def test_new_knows_no_such_template(vibecode: Cli, engine: FakeEngine) -> None:
    result = vibecode("new", "pyton-fastapi", "--json")

    assert result.document["error"]["code"] == "template-not-found"
    assert "python-fastapi" in result.document["error"]["hint"]
    assert vibecode("status", "--json").document["state"] == "absent"


def test_new_starts_a_stopped_cluster_before_it_chooses_a_name(vibecode: Cli, tmp_path: Path) -> None:
    class Stopped(FakeEngine):
        async def workspaces(self) -> tuple[Workspace, ...]:
            if not self.running:
                raise ClusterDownError("it is stopped")
            return await super().workspaces()

    vibecode.engine = Stopped(ClusterConfig(home=tmp_path))
    vibecode.engine.put("static-site", SHOP)
    vibecode.engine.running = False

    assert vibecode("new", "static-site", "--json").document["name"] == "static-site-2"


def test_the_browser_is_not_opened_without_a_terminal(vibecode: Cli) -> None:
    result = vibecode("new", "static-site")

    assert vibecode.opened == []
    assert "The browser is not opened: there is no terminal." in result.err


@pytest.mark.parametrize("environ", [{}, {"VIBECODE_OPEN_BROWSER": "no"}])
def test_nothing_is_said_of_a_browser_that_nobody_wants(vibecode: Cli, environ: dict[str, str]) -> None:
    vibecode.environ.update(environ)
    result = vibecode("new", "static-site", *([] if environ else ["--no-open"]))

    assert "browser" not in result.err


@pytest.mark.parametrize(
    ("lacks", "arguments", "state"),
    [({}, (), "done"), ({"network-isolation": "They are processes."}, (), "not-run"),
     ({"network-isolation": "They are processes."}, ("--run",), "done")],
)  # fmt: skip
def test_the_commands_of_a_persons_folder_run_by_themselves_only_where_they_are_isolated(
    vibecode: Cli, engine: FakeEngine, tmp_path: Path, lacks: dict[Capability, str], arguments: tuple[str], state: str
) -> None:
    engine.lacks = lacks
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "package.json").write_text('{"dependencies": {"express": "5"}}')

    result = vibecode("import", str(folder), *arguments, "--json")

    assert result.document["install"] == {"command": "npm install", "state": state, "error": None}
    assert vibecode("exec", "shop", "--", "sh", "-c", "ls ~/.vibecode/install").code == (0 if state == "done" else 2)
    assert ("`vibecode exec shop -- sh -c 'npm install'` does that" in result.err) == (state == "not-run")


def test_import_lists_what_stays_behind(vibecode: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "My Shop"
    folder.mkdir()
    (folder / "app.py").write_text("print()\n")
    (folder / ".env").write_text("KEY=secret\n")
    result = vibecode("import", str(folder), "--json")

    assert result.code == 0
    assert (result.document["name"], result.document["template"]) == ("my-shop", None)
    assert ".env" in result.err
    assert sorted(path.name for path in (tmp_path / "engine" / "my-shop").iterdir()) == ["app.py"]


def test_import_takes_secrets_along_where_asked_to(vibecode: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / ".env").write_text("KEY=secret\n")
    result = vibecode("import", str(folder), "other", "--include-secrets", "--json")

    assert result.document["name"] == "other"
    assert (tmp_path / "engine" / "other" / ".env").exists()


def test_import_refuses_what_is_no_folder(vibecode: Cli, tmp_path: Path) -> None:
    result = vibecode("import", str(tmp_path / "nowhere"), "--json")

    assert (result.code, result.document["error"]["code"]) == (1, "folder-unusable")


def test_list_has_everything_that_scripts_build_on(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    engine.put("blog", SHOP)
    result = vibecode("list", "--json")

    assert [one["name"] for one in result.document] == ["blog", "shop"]
    assert all(set(one) == LISTED for one in result.document)
    assert result.document[1]["created"].endswith("Z")
    assert (result.document[1]["idle_since"], result.document[1]["seconds"]) == (None, None)


def test_list_is_a_table_for_people(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    header, line = vibecode("list").out.splitlines()

    assert header.split() == ["NAME", "STATE", "AGE", "TEMPLATE", "ADDRESS"]
    assert line.split() == ["shop", "running", "0s", "python-fastapi", SHOP_URL]


def test_an_empty_list_is_empty(vibecode: Cli) -> None:
    assert vibecode("list", "--json").document == []
    result = vibecode("list")
    assert result.out == ""
    assert "vibecode new python-fastapi" in result.err


def test_open_answers_the_address(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)

    assert vibecode("open", "shop", "--no-open").out == SHOP_URL + "\n"
    document = vibecode("open", "shop", "--json").document
    assert set(document) == LISTED
    assert document["url"] == SHOP_URL


def test_open_makes_a_port_reachable(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    result = vibecode("open", "shop", "--port", "3000", "--json")

    assert result.document["url"] == "http://3000-shop.vibecode.localhost:8080/"


def test_open_says_how_to_start_what_is_stopped(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    vibecode("stop", "shop")
    result = vibecode("open", "shop", "--json")

    assert result.document["error"]["code"] == "workspace-stopped"
    assert "vibecode start shop" in result.document["error"]["hint"]


def test_stop_and_start_answer_one_object_for_one_name(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    stopped = vibecode("stop", "shop", "--json")
    started = vibecode("start", "shop", "--json")

    assert set(stopped.document) == LISTED
    assert set(started.document) == LISTED | {"install"}
    assert started.document["install"] is None
    assert (stopped.document["state"], started.document["state"]) == ("stopped", "running")
    assert started.document["seconds"] >= 0


@pytest.mark.parametrize(
    ("template", "lacks", "arguments", "state"),
    [("python-fastapi", {"network-isolation": "They are processes."}, (), "done"), (None, {}, (), "done"),
     (None, {"network-isolation": "They are processes."}, (), "not-run"),
     (None, {"network-isolation": "They are processes."}, ("--run",), "done")],
)  # fmt: skip
def test_start_goes_on_with_what_was_being_installed(
    vibecode: Cli,
    engine: FakeEngine,
    template: str | None,
    lacks: dict[Capability, str],
    arguments: tuple[str],
    state: str,
) -> None:
    engine.put("shop", SHOP)
    engine.change("shop", template=template, state="stopped")
    engine.lacks = lacks
    cut_off(engine, "shop", "uv sync")

    started = vibecode("start", "shop", *arguments, "--json")

    assert started.document["install"] == {"command": "uv sync", "state": state, "error": None}
    assert ("✓ Installing dependencies: uv sync" in started.err) == (state == "done")
    assert vibecode("start", "shop", "--json").document["install"] == (
        None if state == "done" else started.document["install"]
    )


def test_start_tells_the_address_before_it_goes_on_installing(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    cut_off(engine, "shop", "uv sync")
    engine.refuse("uv", "no such package")

    result = vibecode("start", "shop")

    assert result.code == 0
    assert f"shop is running: {SHOP_URL}" in result.out
    assert "`vibecode exec shop -- sh -c 'uv sync'` runs it again." in result.err


def cut_off(engine: FakeEngine, name: str, command: str) -> None:
    """As an installation that ended with its workspace."""
    state = engine.config.home / ".homes" / name / ".vibecode" / "install"
    state.mkdir(parents=True)
    (state / "command").write_text(f"{command}\n")


def test_stop_answers_an_array_for_several_names(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    engine.put("blog", SHOP)
    result = vibecode("stop", "shop", "blog", "shop", "--json")

    assert [(one["name"], one["state"]) for one in result.document] == [("shop", "stopped"), ("blog", "stopped")]


def test_delete_deletes_the_named_ones(vibecode: Cli, engine: FakeEngine) -> None:
    for name in ("shop", "blog", "kept"):
        engine.put(name, SHOP)

    assert vibecode("delete", "shop", "blog", "--yes", "--json").document == {"deleted": ["shop", "blog"]}
    assert [one["name"] for one in vibecode("list", "--json").document] == ["kept"]


def test_delete_deletes_nothing_where_one_name_is_unknown(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    result = vibecode("delete", "shop", "shpo", "--yes", "--json")

    assert result.document["error"]["code"] == "workspace-not-found"
    assert [one["name"] for one in vibecode("list", "--json").document] == ["shop"]


def test_delete_without_a_terminal_names_the_flag(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    result = vibecode("delete", "shop", "--json")

    assert result.code == 2
    assert result.document["error"]["code"] == "confirmation-needed"
    assert "--yes" in result.document["error"]["hint"]
    assert [one["name"] for one in vibecode("list", "--json").document] == ["shop"]


# Logs and commands


def test_logs_are_lines(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    engine.speak("shop", "")
    engine.speak("shop", "last")

    assert vibecode("logs", "shop").out == "the editor listens\n\nlast\n"
    assert vibecode("logs", "shop", "--tail", "1").out == "last\n"
    assert vibecode("logs", "shop", "--json").document == {
        "name": "shop",
        "service": None,
        "lines": ["the editor listens", "", "last"],
    }


def test_exec_passes_on_the_exit_code_and_the_streams(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    result = vibecode("exec", "shop", "--", "sh", "-c", "cat README.md; echo err >&2; exit 7")

    assert (result.code, result.out, result.err) == (7, "# Shop\n", "err\n")


def test_exec_passes_on_standard_input(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)

    assert vibecode("exec", "shop", "--", "cat", stdin=b"a\nb").out == "a\nb"


def test_exec_does_not_wait_for_standard_input_that_nobody_reads(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)

    assert vibecode("exec", "shop", "--", "true", stdin=b"x" * 60_000).code == 0


def test_what_follows_two_hyphens_is_the_commands_own(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)

    assert vibecode("exec", "shop", "--", "echo", "--json", "--", "-h").out == "--json -- -h\n"


def test_exec_collects_for_scripts(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    result = vibecode("exec", "shop", "--json", "--", "sh", "-c", "echo out; echo err >&2; exit 3")

    assert result.code == 3
    assert result.document == {"name": "shop", "exit_code": 3, "stdout": "out\n", "stderr": "err\n"}


# Templates, doctor, settings, completion


def test_templates_have_what_scripts_build_on(vibecode: Cli) -> None:
    result = vibecode("templates", "--json")

    assert {"python-fastapi", "node-express", "static-site"} <= {one["id"] for one in result.document}
    assert all(set(one) == {"id", "title", "language", "tags", "source"} for one in result.document)
    assert "python-fastapi" in vibecode("templates").out


@pytest.mark.parametrize(
    "arguments", [("show", "static-site", "--json"), ("--json", "show", "static-site")], ids=["after", "before"]
)
def test_a_template_is_shown_with_its_variables(vibecode: Cli, arguments: tuple[str, ...]) -> None:
    document = vibecode("templates", *arguments).document

    assert document["id"] == "static-site"
    assert "title" in document["variables"]
    assert "--set title=" in vibecode("templates", "show", "static-site").out


def test_doctor_answers_every_check(vibecode: Cli) -> None:
    diagnosis = Diagnosis(
        (
            Check("docker", "Docker", "ok", "27.0"),
            Check("memory", "Memory", "warning", "little", "Give Docker more."),
            Check("kind", "kind", "failed", "absent", "`vibecode doctor --fix` downloads it."),
        )
    )

    async def examine(_: ClusterConfig) -> Diagnosis:
        return diagnosis

    vibecode.services["examine"] = examine
    document, words = vibecode("doctor", "--json"), vibecode("doctor")

    assert (document.code, words.code) == (1, 1)
    assert document.document["ok"] is False
    assert [set(one) for one in document.document["checks"]] == [{"id", "ok", "title", "detail", "hint"}] * 3
    assert words.out.splitlines() == [
        "✓ Docker: 27.0",
        "⚠ Memory: little",
        "  → Give Docker more.",
        "✗ kind: absent",
        "  → `vibecode doctor --fix` downloads it.",
        "",
        "1 of 3 must be mended first.",
    ]


def test_doctor_mends_and_looks_again(vibecode: Cli) -> None:
    mended: list[str] = []

    async def examine(_: ClusterConfig) -> Diagnosis:
        level, hint = ("ok", "") if mended else ("failed", "mend it")
        return Diagnosis((Check("kind", "kind", level, "as it is", hint),))  # type: ignore[arg-type]

    def repair(_: ClusterConfig, diagnosis: Diagnosis) -> object:
        async def work(steps: Steps) -> None:
            async with steps.step("kind", "Downloading kind"):
                mended.extend(check.id for check in diagnosis.checks)

        return stream(work)

    vibecode.services |= {"examine": examine, "repair": repair}
    result = vibecode("doctor", "--fix", "--json")

    assert (result.code, result.document["ok"], mended) == (0, True, ["kind"])
    assert "✓ Downloading kind" in result.err


def test_config_says_where_each_value_comes_from(vibecode: Cli) -> None:
    home = Path(vibecode.environ["VIBECODE_HOME"])
    home.mkdir(parents=True)
    (home / "config.toml").write_text('memory = "4Gi"\nhttp_port = 9000\n')
    vibecode.environ["VIBECODE_HTTP_PORT"] = "9001"
    settings = {one["name"]: one for one in vibecode("config", "--json").document}

    assert (settings["memory"]["value"], settings["memory"]["source"]) == ("4Gi", str(home / "config.toml"))
    assert (settings["http_port"]["value"], settings["http_port"]["source"]) == (9001, "VIBECODE_HTTP_PORT")
    assert (settings["cluster"]["value"], settings["cluster"]["source"]) == ("vibecode", "default")
    assert all(one["description"] and one["variable"].startswith("VIBECODE_") for one in settings.values())
    assert "VIBECODE_HTTP_PORT" in vibecode("config").out


def test_settings_reach_the_engine(vibecode: Cli, tmp_path: Path) -> None:
    configs: list[ClusterConfig] = []

    def kind(config: ClusterConfig) -> FakeEngine:
        configs.append(config)
        return FakeEngine(config)

    vibecode.services["kind"] = kind
    vibecode.environ |= {"VIBECODE_CLUSTER": "other", "VIBECODE_TRAEFIK_IMAGE": "mirror/traefik:3"}
    vibecode("list")

    assert (configs[0].cluster, configs[0].images.traefik) == ("other", "mirror/traefik:3")
    assert configs[0].home == Path(vibecode.environ["VIBECODE_HOME"]) / "data"
    assert configs[0].home.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_both_ways_to_call_it(vibecode: Cli, shell: str) -> None:
    result = vibecode("completion", shell)

    assert result.code == 0
    assert "./vibecode" in result.out
    assert "_ARGCOMPLETE" in result.out


def test_json_is_one_line_whatever_is_in_it(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", Project(Manifest(title="S"), (ProjectFile("ü.txt", b""),)))
    result = vibecode("exec", "shop", "--json", "--", "ls")

    assert result.out.count("\n") == 1
    assert json.loads(result.out)["stdout"] == "ü.txt\n"
    assert sys.stdout.encoding == "utf-8"


def test_services_are_told_and_have_logs(vibecode: Cli, engine: FakeEngine) -> None:
    engine.put("shop", Project(Manifest("Shop", services=("postgresql",)), ()))
    engine.change("shop", services=(ServiceStatus("postgresql", "failed", "it ended with exit code 1"),))

    assert vibecode("list", "--json").document[0]["services"] == [
        {"name": "postgresql", "state": "failed", "reason": "it ended with exit code 1"}
    ]
    assert "PostgreSQL failed: it ended with exit code 1" in vibecode("list").out
    assert vibecode("logs", "shop", "--service", "postgresql").out == "postgresql is ready\n"
    refused = vibecode("logs", "shop", "--service", "redis", "--json")
    assert (refused.code, refused.document["error"]["code"]) == (1, "service-not-found")
    assert vibecode("logs", "shop", "--service", "oracle").code == 2
