"""`files/sync`: all files, or none; the fake engine runs the real script."""

import base64
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from launcher.serve.limits import SYNC_FILES
from tests.fakes.engine import FakeEngine
from tests.unit.launcher.serve.conftest import SHOP, Served

SYNC = "/api/files/sync"


def hashed(content: bytes) -> str:
    return sha256(content).hexdigest()


@pytest.fixture
def folder(engine: FakeEngine) -> Path:
    engine.put("shop", SHOP)
    return engine.config.home / "shop"


async def test_files_are_written_and_deleted_with_their_hashes(server: Served, folder: Path) -> None:
    (folder / "old.py").write_text("old")
    binary = bytes(range(256))
    answer = await server.http.post(
        SYNC,
        json={
            "workspaceId": "shop",
            "userId": "ada",
            "files": [
                {"path": "app/main.py", "content": "grüße\n", "mode": 0o755, "base": "absent"},
                {"path": "data.bin", "base64": base64.b64encode(binary).decode()},
                {"path": "README.md", "content": "", "base": hashed(b"# Shop\n")},
            ],
            "delete": ["old.py", {"path": "never-there"}],
        },
    )
    assert answer.status_code == 200, answer.text
    assert {one["path"]: one["sha256"] for one in answer.json()["files"]} == {
        "app/main.py": hashed("grüße\n".encode()),
        "data.bin": hashed(binary),
        "README.md": hashed(b""),
    }
    assert answer.json()["deleted"] == ["old.py", "never-there"]
    assert (folder / "data.bin").read_bytes() == binary
    assert (folder / "app/main.py").stat().st_mode & 0o111
    assert not (folder / "old.py").exists()


async def test_one_conflict_lets_nothing_be_written_and_names_both_hashes(server: Served, folder: Path) -> None:
    answer = await server.http.post(
        SYNC,
        json={
            "workspaceId": "shop",
            "files": [
                {"path": "new.txt", "content": "new"},
                {"path": "README.md", "content": "mine", "base": hashed(b"other")},
            ],
        },
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "files-changed")
    assert answer.json()["conflicts"] == [
        {"path": "README.md", "expected": hashed(b"other"), "found": hashed(b"# Shop\n")}
    ]
    assert not (folder / "new.txt").exists()
    assert (folder / "README.md").read_bytes() == b"# Shop\n"


@pytest.mark.parametrize(
    "path",
    ["../x", "/etc/passwd", "a/../../x", "a\\b", "C:/x", "a//b", "./x", "a\0b", "a\nb", "x" * 300, "README.md/x"],
)
async def test_a_path_that_leaves_the_project_is_refused(server: Served, folder: Path, path: str) -> None:
    files = [{"path": "good.txt", "content": "good"}, {"path": path, "content": "bad"}]
    answer = await server.http.post(SYNC, json={"workspaceId": "shop", "files": files})
    assert (answer.status_code, answer.json()["code"]) == (422, "unsafe-path")
    assert not (folder / "good.txt").exists()


async def test_a_link_out_of_the_project_is_not_followed(server: Served, folder: Path, tmp_path: Path) -> None:
    (folder / "out").symlink_to(tmp_path)
    answer = await server.http.post(SYNC, json={"workspaceId": "shop", "files": [{"path": "out/x", "content": "bad"}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "unsafe-path")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "file",
    [
        {"path": "x"},
        {"path": "x", "content": "a", "base64": "YQ=="},
        {"path": "x", "base64": "not base64!"},
        {"path": "x", "content": "a", "mode": 0o4755},
        {"path": "x", "content": "a", "base": "1234"},
        {"path": "", "content": "a"},
        {"content": "a"},
    ],
)
async def test_a_file_that_does_not_fit_its_description_is_refused(
    server: Served, folder: Path, file: dict[str, Any]
) -> None:
    answer = await server.http.post(SYNC, json={"workspaceId": "shop", "files": [file]})
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


async def test_half_a_character_is_refused(server: Served, folder: Path) -> None:
    body = b'{"workspaceId": "shop", "files": [{"path": "x", "content": "\\ud800"}]}'
    answer = await server.http.post(SYNC, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert not (folder / "x").exists()


async def test_more_files_than_allowed_are_refused(server: Served, folder: Path) -> None:
    delete = ["x"] * (SYNC_FILES + 1)
    answer = await server.http.post(SYNC, json={"workspaceId": "shop", "delete": delete})
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


async def test_nothing_is_written_where_nothing_runs(server: Served, engine: FakeEngine, folder: Path) -> None:
    body = {"workspaceId": "shop", "files": [{"path": "x", "content": "a"}]}
    engine.change("shop", state="stopped")
    stopped = await server.http.post(SYNC, json=body)
    assert (stopped.status_code, stopped.json()["code"]) == (409, "workspace-stopped")
    missing = await server.http.post(SYNC, json={**body, "workspaceId": "nothing"})
    assert (missing.status_code, missing.json()["code"]) == (404, "workspace-not-found")
