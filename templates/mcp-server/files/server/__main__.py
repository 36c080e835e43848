"""`python -m server` speaks over standard input and output, as assistants that start it want it."""

from pathlib import Path

from server import logs
from server.tools import create_server

logs.configure()
create_server(Path("notes")).run()
