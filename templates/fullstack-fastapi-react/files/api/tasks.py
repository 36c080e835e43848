"""Tasks: the routes of one resource, its table, and what it accepts."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.database import Base, session

router = APIRouter(prefix="/api/tasks", tags=["tasks"])

Database = Annotated[Session, Depends(session)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class TaskRow(Base):
    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(200))
    done: Mapped[bool] = mapped_column(default=False)


class NewTask(BaseModel):
    text: Text


class Change(BaseModel):
    done: bool


class Task(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    text: str
    done: bool


def _found(task_id: int, database: Session) -> TaskRow:
    if (row := database.get(TaskRow, task_id)) is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such task.")
    return row


@router.get("")
def list_tasks(database: Database) -> list[Task]:
    rows = database.scalars(select(TaskRow).order_by(TaskRow.done, TaskRow.id))
    return [Task.model_validate(row) for row in rows]


@router.post("", status_code=status.HTTP_201_CREATED)
def add_task(task: NewTask, database: Database) -> Task:
    row = TaskRow(text=task.text)
    database.add(row)
    database.flush()
    return Task.model_validate(row)


@router.patch("/{task_id}")
def change_task(task_id: int, change: Change, database: Database) -> Task:
    row = _found(task_id, database)
    row.done = change.done
    return Task.model_validate(row)


@router.delete("/{task_id}")
def remove_task(task_id: int, database: Database) -> Task:
    row = _found(task_id, database)
    database.delete(row)
    return Task.model_validate(row)
