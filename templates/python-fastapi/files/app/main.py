"""The application: what is served, and where."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse

from app import database, logs, notes

logs.configure("uvicorn", "uvicorn.access")

PAGE = Path(__file__).parent / "static" / "index.html"


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    database.create_tables()
    yield


app = FastAPI(title="{{ title }}", lifespan=lifespan)
app.include_router(notes.router)


@app.get("/health", tags=["health"])
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/", include_in_schema=False)
def page() -> FileResponse:
    return FileResponse(PAGE)
