"""What a test does inside a workspace, through the engine."""

from cluster.engine import Engine
from tests.contract.test_engine_contract import run


async def said(engine: Engine, name: str, *command: str, stdin: bytes = b"") -> str:
    """What a command prints on standard output; it must end well."""
    code, out, err = await run(engine, name, *command, stdin=stdin)
    assert code == 0, f"{command}: {out.decode()}{err.decode()}"
    return out.decode()


async def written(engine: Engine, name: str, path: str, *, within: int = 240) -> str:
    """A file's content as soon as it has one; `within` is in seconds."""
    wait = 'until [ -s "$1" ]; do sleep 0.1; done; cat "$1"'
    return await said(engine, name, "timeout", str(within), "sh", "-c", wait, "sh", path)
