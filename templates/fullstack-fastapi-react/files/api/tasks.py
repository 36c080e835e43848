"""Tasks: the routes of one resource, and what it accepts."""

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status
from pydantic import BaseModel, StringConstraints

from api.database import connection

router = APIRouter(prefix="/api/tasks", tags=["tasks"])

Connection = Annotated[sqlite3.Connection, Depends(connection)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class NewTask(BaseModel):
    text: Text


class Change(BaseModel):
    done: bool


class Task(BaseModel):
    id: int
    text: str
    done: bool


def _found(row: sqlite3.Row | None) -> Task:
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such task.")
    return Task(**row)


@router.get("")
def list_tasks(db: Connection) -> list[Task]:
    return [Task(**row) for row in db.execute("SELECT id, text, done FROM tasks ORDER BY done, id")]


@router.post("", status_code=status.HTTP_201_CREATED)
def add_task(task: NewTask, db: Connection) -> Task:
    return _found(db.execute("INSERT INTO tasks (text) VALUES (?) RETURNING id, text, done", [task.text]).fetchone())


@router.patch("/{task_id}")
def change_task(task_id: int, change: Change, db: Connection) -> Task:
    statement = "UPDATE tasks SET done = ? WHERE id = ? RETURNING id, text, done"
    return _found(db.execute(statement, [change.done, task_id]).fetchone())


@router.delete("/{task_id}")
def remove_task(task_id: int, db: Connection) -> Task:
    return _found(db.execute("DELETE FROM tasks WHERE id = ? RETURNING id, text, done", [task_id]).fetchone())
