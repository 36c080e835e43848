"""Changes to a workspace's files, all or none."""

from fastapi import APIRouter

from cluster.files import EngineFiles
from launcher.serve import limits, tasks
from launcher.serve.models import SyncBody, SyncedFile
from launcher.serve.requests import SyncRequest
from launcher.serve.routes.answers import problems
from launcher.serve.surroundings import Given
from templates.workspace_files import Change, Delete, Write

router = APIRouter(prefix="/api/files", tags=["files"])


@router.post("/sync", max_body_size=limits.SYNC_BODY, responses=problems(404, 409, 413, 415, 429, 507))
async def sync_files(given: Given, wanted: SyncRequest) -> SyncBody:
    """Writes and deletes files in a running workspace: all of them, or none.

    A file that is not the `base` of its change is answered 409, with both hashes in `conflicts`.
    """
    engine, _ = await tasks.find(given.engines, wanted.workspaceId)
    changes = _changes(wanted)
    written = await EngineFiles(engine, wanted.workspaceId).apply(changes)
    return SyncBody.model_construct(
        workspaceId=wanted.workspaceId,
        files=[SyncedFile.model_construct(path=path, sha256=found) for path, found in written.items()],
        deleted=[one.path for one in changes if isinstance(one, Delete)],
    )


def _changes(wanted: SyncRequest) -> list[Change]:
    deleted = (Delete(one) if isinstance(one, str) else Delete(one.path, one.base) for one in wanted.delete)
    return [*(Write(one.path, one.data(), one.mode, one.base) for one in wanted.files), *deleted]
