"""The application: what is served, and where."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from sqlalchemy import text

from app import books, database, logs

logs.configure("uvicorn", "uvicorn.access")

PAGE = Path(__file__).parent / "static" / "index.html"


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    database.create_tables()
    logging.getLogger("app").info("The data is in %s.", database.engine.dialect.name)
    yield


app = FastAPI(title="{{ title }}", lifespan=lifespan)
app.include_router(books.router)


@app.get("/health", tags=["health"])
def health(session: books.Database) -> dict[str, str]:
    session.execute(text("SELECT 1"))
    return {"status": "ok", "database": database.engine.dialect.name}


@app.get("/", include_in_schema=False)
def page() -> FileResponse:
    return FileResponse(PAGE)
