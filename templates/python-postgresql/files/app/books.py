"""Books: an example of a resource that is listed, searched, added to and removed from."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.database import Base, session

router = APIRouter(prefix="/api/books", tags=["books"])

Database = Annotated[Session, Depends(session)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class BookRow(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    author: Mapped[str] = mapped_column(String(200))


class NewBook(BaseModel):
    title: Text
    author: Text


class Book(NewBook):
    model_config = ConfigDict(from_attributes=True)

    id: int


@router.get("")
def list_books(database: Database, search: str = "") -> list[Book]:
    """All books, or those with `search` in title or author, whatever its case."""
    wanted = BookRow.title.icontains(search, autoescape=True) | BookRow.author.icontains(search, autoescape=True)
    found = database.scalars(select(BookRow).where(wanted).order_by(BookRow.id))
    return [Book.model_validate(row) for row in found]


@router.post("", status_code=status.HTTP_201_CREATED)
def add_book(book: NewBook, database: Database) -> Book:
    row = BookRow(**book.model_dump())
    database.add(row)
    database.flush()
    return Book.model_validate(row)


@router.delete("/{book_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_book(book_id: int, database: Database) -> None:
    if (row := database.get(BookRow, book_id)) is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such book.")
    database.delete(row)
