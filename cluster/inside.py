"""A short command inside a workspace, for what it answers."""

from collections.abc import Sequence

from cluster.engine import Engine


async def answer(engine: Engine, name: str, command: Sequence[str]) -> tuple[int, bytes]:
    """Its exit code, and all that it wrote to standard output; it is given no input."""
    session = await engine.exec(name, command)
    try:
        await session.close_stdin()
        said = b"".join([data async for source, data in session.output() if source == "stdout"])
    finally:
        await session.close()
    return session.exit_code, said
