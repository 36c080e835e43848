"""The API; and the page, once `npm run build` has made it."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy import text

from api import database, logs, tasks

PAGE = Path(__file__).parents[1] / "dist"

logs.configure("uvicorn", "uvicorn.access")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    database.create_tables()
    logging.getLogger("api").info("The tasks are in %s.", database.engine.dialect.name)
    yield


app = FastAPI(title="{{ title }}", lifespan=lifespan)
app.include_router(tasks.router)


@app.get("/health", tags=["health"])
def health(session: tasks.Database) -> dict[str, str]:
    session.execute(text("SELECT 1"))
    return {"status": "ok", "database": database.engine.dialect.name}


if PAGE.is_dir():
    app.mount("/", StaticFiles(directory=PAGE, html=True))
