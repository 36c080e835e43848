"""The database: the PostgreSQL that DATABASE_URL names, or a SQLite file where there is none."""

import os
from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session

engine = create_engine(
    make_url(os.environ.get("DATABASE_URL", "sqlite:///tasks.db")).set(
        drivername="postgresql+psycopg" if "DATABASE_URL" in os.environ else "sqlite"
    ),
    pool_pre_ping=True,  # a connection that broke while the database was started anew is replaced
)


class Base(DeclarativeBase):
    pass


def create_tables() -> None:
    Base.metadata.create_all(engine)


def session() -> Iterator[Session]:
    """What a route asks for with `Depends(session)`; all that it does is kept together, or not at all."""
    with Session(engine) as opened, opened.begin():
        yield opened
