from pathlib import Path

import pytest
from mcp import Client
from mcp.server import MCPServer
from starlette.testclient import TestClient

from server.main import app
from server.notes import NoteError, Notes
from server.tools import create_server


@pytest.fixture
def server(tmp_path: Path) -> MCPServer:
    """A server with notes of its own, to which a test connects as an assistant does."""
    return create_server(tmp_path)


async def test_it_says_what_it_can_do(server: MCPServer) -> None:
    async with Client(server) as client:
        tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == {"write_note", "search_notes"}
    assert all(tool.description for tool in tools)


async def test_a_note_is_written_found_and_read(server: MCPServer) -> None:
    async with Client(server) as client:
        await client.call_tool("write_note", {"name": "garden", "text": "Water the plants"})
        await client.call_tool("write_note", {"name": "work", "text": "Write to Ada"})
        found = await client.call_tool("search_notes", {"words": "PLANTS water"})
        [content] = (await client.read_resource("note://garden")).contents
    assert found.structured_content == {"result": ["garden"]}
    assert content.text == "Water the plants"


async def test_what_cannot_be_is_an_error_for_the_assistant_and_not_the_end(server: MCPServer) -> None:
    async with Client(server) as client:
        refused = await client.call_tool("write_note", {"name": "../outside", "text": "x"})
        taken = await client.call_tool("write_note", {"name": "inside", "text": "x"})
    assert refused.is_error
    assert "lower-case letters" in refused.content[0].text
    assert not taken.is_error


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "a b", "/etc/passwd", "a.md"])
def test_a_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoteError):
        Notes(tmp_path).write(name, "x")
    assert list(tmp_path.iterdir()) == []


def test_health_is_for_everyone_and_tools_only_for_known_hosts() -> None:
    with TestClient(app, base_url="http://stranger.example") as http:
        assert http.get("/health").json() == {"status": "ok"}
        assert http.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"}).status_code == 421
