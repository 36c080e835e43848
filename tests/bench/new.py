"""`vibecode new` on a running cluster against `kubectl apply`, `wait` and `cp`, both until the editor's first page."""

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from cluster import ready
from cluster.editor import home_files
from cluster.kube.kinds import Object
from cluster.manifests import workspace as manifests
from cluster.manifests.labels import WORKSPACES_NAMESPACE
from cluster.manifests.workspace import CONTAINER, HOME, PROJECT_FOLDER, Address
from templates.catalog import Catalog
from templates.events import StepDone
from templates.project import Project, ProjectFile
from templates.render import render
from tests.bench.harness import VIBECODE, Result, in_turns, program, timed
from tests.bench.running import Running

TEMPLATE = "python-fastapi"


async def measure(there: Running, runs: int = 7) -> list[Result]:
    async def engine(run: int) -> float:
        project = _project("engine")
        start, seconds = perf_counter(), 0.0
        async for event in there.engine.create("engine", project):
            if isinstance(event, StepDone) and event.step == "ready":
                seconds = perf_counter() - start
        await _delete(there, "engine")
        return seconds

    async def bare(run: int) -> float:
        project = _project("bare")
        with TemporaryDirectory() as folder:
            _write(Path(folder, "project"), project.files)
            _write(Path(folder), home_files(project))
            objects = json.dumps({"apiVersion": "v1", "kind": "List", "items": _objects(there, "bare", project)})
            seconds = await timed(_bare(there, "bare", objects, Path(folder)))
        await _delete(there, "bare")
        return seconds

    async def whole(run: int) -> float:
        command = (VIBECODE, "new", TEMPLATE, "whole", "--json", "--no-open")
        seconds = await timed(program(*command, env=there.environment))
        await _delete(there, "whole")
        return seconds

    ours, theirs, process = await in_turns(runs, engine, bare, whole, warm_up=True)
    against = "kubectl apply, wait, cp, first page"
    return [
        Result("new", "the engine's create", ours, "at most 0.9", against, theirs),
        Result("new", "vibecode new, the whole program", process, "", against, theirs),
    ]


async def _bare(there: Running, name: str, objects: str, files: Path) -> None:
    in_namespace = ("--namespace", WORKSPACES_NAMESPACE)
    await there.kubectl("apply", "--filename", "-", stdin=objects)
    await there.kubectl(*in_namespace, "wait", "--for=condition=Available", f"deployment/{name}", "--timeout=120s")
    selector = ("--selector", f"app.kubernetes.io/instance={name}", "--output", "jsonpath={.items[0].metadata.name}")
    pod = await there.kubectl(*in_namespace, "get", "pods", *selector)
    await there.kubectl(*in_namespace, "cp", "--container", CONTAINER, f"{files}/.", f"{pod}:{HOME}")
    address, status = _address(there, name), 0
    while status != 200:
        status, _, _ = await ready.get(address.http_port, address.authority, f"/?folder={PROJECT_FOLDER}")
        await asyncio.sleep(0 if status == 200 else ready.PAUSE)


def _objects(there: Running, name: str, project: Project) -> list[Object]:
    address, image = _address(there, name), there.config.images.workspace
    deployment = manifests.deployment(address, project.manifest, project.digest, image, there.config)
    deployment["spec"]["replicas"] = 1
    return [*manifests.parts(address, project.manifest.ports, there.config), deployment]


def _address(there: Running, name: str) -> Address:
    return Address(name, there.config.base_domain, there.http_port)


def _project(name: str) -> Project:
    return render(Catalog().load(TEMPLATE), {"name": name})


def _write(folder: Path, files: tuple[ProjectFile, ...]) -> None:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(file.chunks()))


async def _delete(there: Running, name: str) -> None:
    async for _ in there.engine.delete(name):
        pass
