"""Notes: an example of a resource that is listed, added to and removed from."""

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status
from pydantic import BaseModel, StringConstraints

from app.database import connection

router = APIRouter(prefix="/api/notes", tags=["notes"])

Connection = Annotated[sqlite3.Connection, Depends(connection)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class NewNote(BaseModel):
    text: Text


class Note(BaseModel):
    id: int
    text: str


@router.get("")
def list_notes(db: Connection) -> list[Note]:
    return [Note(**row) for row in db.execute("SELECT id, text FROM notes ORDER BY id")]


@router.post("", status_code=status.HTTP_201_CREATED)
def add_note(note: NewNote, db: Connection) -> Note:
    added = db.execute("INSERT INTO notes (text) VALUES (?) RETURNING id, text", [note.text])
    return Note(**added.fetchone())


@router.delete("/{note_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_note(note_id: int, db: Connection) -> None:
    if not db.execute("DELETE FROM notes WHERE id = ?", [note_id]).rowcount:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such note.")
