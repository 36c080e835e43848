"""The application: what is served, and where."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse

from app import logs, scores, store

logs.configure("uvicorn", "uvicorn.access")

PAGE = Path(__file__).parent / "static" / "index.html"


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    logging.getLogger("app").info("Scores are kept in %s.", store.KIND)
    yield


app = FastAPI(title="{{ title }}", lifespan=lifespan)
app.include_router(scores.router)


@app.get("/health", tags=["health"])
def health(client: scores.Store) -> dict[str, str]:
    client.ping()
    return {"status": "ok", "store": store.KIND}


@app.get("/", include_in_schema=False)
def page() -> FileResponse:
    return FileResponse(PAGE)
