"""A folder on disk becomes a project."""

from pathlib import Path

import pytest

from templates.errors import FolderError, TooLargeError
from templates.folder import project_from_folder
from templates.limits import LIMITS, Limits


def test_a_folder_becomes_a_project_with_a_guessed_manifest(tmp_path: Path) -> None:
    folder = tmp_path / "My Shop"
    folder.mkdir()
    (folder / "index.html").write_text("<h1>Shop</h1>")
    (folder / ".env").write_text("KEY=1")
    project = project_from_folder(folder)
    assert [file.path for file in project.files] == ["index.html"]
    assert (project.manifest.title, project.manifest.language, project.manifest.ports) == ("My Shop", "HTML", (8000,))
    assert project.manifest.template is None
    assert project.left_out == ("Files that may hold secrets stay behind: .env.",)


def test_what_stays_behind_says_nothing_about_how_to_run(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"scripts": {"start": "node ."}}')
    (tmp_path / ".gitignore").write_text("package.json\n")
    assert project_from_folder(tmp_path).manifest.run == ""
    assert project_from_folder(tmp_path, include_ignored=True).manifest.run == "npm install && npm run start"


def test_a_link_is_not_followed_for_a_guess(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text('{"scripts": {"start": "node ."}}')
    (tmp_path / "package.json").symlink_to("real.json")
    assert project_from_folder(tmp_path).manifest.run == ""


def test_a_folder_within_a_repository_keeps_to_its_rules(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "a.log").touch()
    (tmp_path / "service" / "a.py").touch()
    project = project_from_folder(tmp_path / "service")
    assert [file.path for file in project.files] == ["a.py"]
    assert project.left_out == ("Files that Git ignores stay behind: a.log.",)


def test_secrets_come_only_if_asked_for(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KEY=1")
    project = project_from_folder(tmp_path, include_secrets=True)
    assert [file.path for file in project.files] == [".env"]
    assert project.left_out == ()


def test_the_folder_may_be_named_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").touch()
    (tmp_path / "link").symlink_to("real")
    project = project_from_folder(tmp_path / "link")
    assert (project.manifest.title, len(project.files)) == ("real", 1)


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\nb"])
def test_a_folders_own_hostile_name_is_not_shown(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert project_from_folder(tmp_path / name).manifest.title == "project"


def test_an_empty_folder_is_a_project(tmp_path: Path) -> None:
    assert project_from_folder(tmp_path).files == ()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"nowhere cannot be opened: No such file"):
        project_from_folder(tmp_path / "nowhere")


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderError, match="is a file, not a folder"):
        project_from_folder(tmp_path / "file")


def test_a_link_to_itself_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(FolderError, match="loop cannot be opened"):
        project_from_folder(tmp_path / "loop")


def test_the_limits_are_those_that_are_documented(tmp_path: Path) -> None:
    assert (LIMITS.files, LIMITS.bytes) == (20_000, 1 << 30)
    (tmp_path / "a").touch()
    (tmp_path / "b").touch()
    with pytest.raises(TooLargeError):
        project_from_folder(tmp_path, limits=Limits(files=1))
