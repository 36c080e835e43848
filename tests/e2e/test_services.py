"""Templates on a real PostgreSQL and a real Redis: their own tests pass on it, it is theirs alone, and it keeps.

What is being installed while such a workspace is stopped goes on with its start.
"""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from cluster.dependencies.scripts import BEGIN
from cluster.kind.engine import KindEngine
from cluster.kube.api import Kube
from cluster.kube.connection import Connection
from cluster.manifests.labels import WORKSPACE_LABEL, WORKSPACES_NAMESPACE
from templates.catalog import Catalog
from templates.render import render
from tests.contract.test_engine_contract import done
from tests.e2e.inside import said, written
from tests.e2e.program import Program

pytestmark = pytest.mark.e2e

TEMPLATES = {"kept-pg": "python-postgresql", "kept-redis": "python-redis"}
READY = {"kept-pg": "ready to accept connections", "kept-redis": "Ready to accept connections"}
"""What each service's own log says."""

SLOW = "[ -e begun ] || { echo begun >begun; sleep 600; }"
"""An install command that only the end of its workspace ends, the first time."""

KEPT = (
    *("StatefulSet", "Deployment", "Pod", "PersistentVolumeClaim", "Service", "Secret", "NetworkPolicy", "Ingress"),
    *("Role", "RoleBinding"),
)

TRY = """
import os, re, socket, sys
url = sys.argv[1] or os.environ.get("DATABASE_URL") or os.environ["REDIS_URL"]
host, port = re.search(r"@([^:/]+):(\\d+)", url).groups()
try:
    socket.create_connection((host, int(port)), timeout=4).close()
except OSError:
    print("refused")
else:
    print("reached", host)
"""
"""Whether the service of a URL accepts a connection: that of the argument, else the workspace's own."""

ADD = """
from sqlalchemy.orm import Session
from app import books, database
database.create_tables()
with Session(database.engine) as session, session.begin():
    session.add(books.BookRow(title="Dune", author="Frank Herbert"))
"""
LOOK = """
from sqlalchemy import select
from sqlalchemy.orm import Session
from app import books, database
with Session(database.engine) as session:
    print(database.engine.dialect.name, *session.scalars(select(books.BookRow.title)))
"""
SCORE = "from app import store; print(store.KIND, store.client().zincrby('board:scores', 1, 'Ada'))"


@pytest.fixture
async def kube(kind_connection: Connection) -> AsyncIterator[Kube]:
    kube = Kube(kind_connection)
    yield kube
    await kube.close()


@pytest.fixture
async def workspaces(engine: KindEngine) -> AsyncIterator[KindEngine]:
    """The engine, with a workspace of each template."""
    try:
        await asyncio.gather(
            *(done(engine.create(name, render(Catalog().load(one), {"name": name}))) for name, one in TEMPLATES.items())
        )
        yield engine
    finally:
        there = {one.name for one in await engine.workspaces()}
        await asyncio.gather(*(done(engine.delete(name)) for name in TEMPLATES if name in there))


async def code(engine: KindEngine, name: str, script: str) -> str:
    return (await said(engine, name, "uv", "run", "--quiet", "python", "-c", script)).strip()


async def test_templates_work_on_services_of_their_own(workspaces: KindEngine, kube: Kube, program: Program) -> None:
    for name, template in TEMPLATES.items():
        assert "passed" in await said(workspaces, name, "sh", "-c", Catalog().load(template).manifest.test)
        [service] = (await workspaces.workspace(name)).services
        log = program.answer("logs", name, "--service", service.name)
        assert any(READY[name] in line for line in log["lines"])

    urls = {
        "kept-pg": await said(workspaces, "kept-pg", "printenv", "DATABASE_URL"),
        "kept-redis": await said(workspaces, "kept-redis", "printenv", "REDIS_URL"),
    }
    assert (await said(workspaces, "kept-pg", "python3", "-c", TRY, "")).split() == ["reached", "kept-pg--postgresql"]
    assert (await said(workspaces, "kept-redis", "python3", "-c", TRY, "")).split() == ["reached", "kept-redis--redis"]
    assert await said(workspaces, "kept-pg", "python3", "-c", TRY, urls["kept-redis"]) == "refused\n"
    assert await said(workspaces, "kept-redis", "python3", "-c", TRY, urls["kept-pg"]) == "refused\n"

    await code(workspaces, "kept-pg", ADD)
    assert await code(workspaces, "kept-redis", SCORE) == "redis 1.0"
    await said(workspaces, "kept-redis", "sh", "-c", BEGIN, "install", SLOW)
    await written(workspaces, "kept-redis", "begun")
    await asyncio.gather(*(done(workspaces.stop(name)) for name in TEMPLATES))
    for name in TEMPLATES:
        assert await kube.list("Pod", WORKSPACES_NAMESPACE, labels={WORKSPACE_LABEL: name}) == []
    started = program.answer("start", *TEMPLATES)
    gone_on = {"command": SLOW, "state": "done", "error": None}
    assert {one["name"]: one["install"] for one in started} == {"kept-pg": None, "kept-redis": gone_on}
    assert await code(workspaces, "kept-pg", LOOK) == "postgresql Dune"
    assert await code(workspaces, "kept-redis", SCORE) == "redis 2.0"

    await asyncio.gather(*(done(workspaces.delete(name)) for name in TEMPLATES))
    for kind in KEPT:
        for name in TEMPLATES:
            left = await kube.list(kind, WORKSPACES_NAMESPACE, labels={WORKSPACE_LABEL: name})
            assert left == [], json.dumps(left)
