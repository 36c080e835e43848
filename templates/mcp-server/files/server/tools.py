"""What an assistant may do. Docstrings and types are what it is told of each."""

import logging
from pathlib import Path

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from server.notes import NoteError, Notes

logger = logging.getLogger(__name__)


def create_server(folder: Path) -> MCPServer:
    server = MCPServer("{{ title }}")
    notes = Notes(folder)

    @server.tool()
    def write_note(name: str, text: str) -> str:
        """Keeps a note under a name such as `shopping-list`; one of that name is replaced."""
        try:
            notes.write(name, text)
        except NoteError as error:
            raise ToolError(str(error)) from None  # of any other error an assistant is not told the text
        logger.info("Wrote the note %s", name)
        return f"Kept as {name}."

    @server.tool()
    def search_notes(words: str) -> list[str]:
        """The names of all notes that have these words."""
        return notes.search(words)

    @server.resource("note://{name}")
    def note(name: str) -> str:
        """The text of one note."""
        return notes.read(name)

    @server.prompt()
    def summarize(name: str) -> str:
        """Asks for a summary of a note."""
        return f"Summarize this note in three sentences:\n\n{notes.read(name)}"

    return server
