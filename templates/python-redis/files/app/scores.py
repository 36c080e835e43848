"""The leaderboard: a sorted set, whose members are players; and a limit on how fast one player may score."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status
from pydantic import BaseModel, Field, StringConstraints
from redis import Redis

from app.store import client

router = APIRouter(prefix="/api/scores", tags=["scores"])

PREFIX = "board"
SHOWN = 10
LIMIT = 20
"""Scores that one player may have in a second."""

Store = Annotated[Redis, Depends(client)]
Player = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class Score(BaseModel):
    player: Player
    points: Annotated[int, Field(ge=1, le=100)]


class Entry(BaseModel):
    rank: int
    player: str
    score: int


@router.get("")
def best(store: Store) -> list[Entry]:
    """The best ten, the highest score first."""
    found = store.zrange(f"{PREFIX}:scores", 0, SHOWN - 1, desc=True, withscores=True)
    return [Entry(rank=rank, player=player, score=int(score)) for rank, (player, score) in enumerate(found, start=1)]


@router.post("", status_code=status.HTTP_201_CREATED)
def score(new: Score, store: Store) -> Entry:
    """Adds points, which Redis does for many at once without losing any."""
    _slow_down(new.player, store)
    with store.pipeline(transaction=True) as steps:
        steps.zincrby(f"{PREFIX}:scores", new.points, new.player)
        steps.zrevrank(f"{PREFIX}:scores", new.player)
        total, rank = steps.execute()
    return Entry(rank=rank + 1, player=new.player, score=int(total))


def _slow_down(player: str, store: Redis) -> None:
    """A counter that goes by itself a second after its first score."""
    key = f"{PREFIX}:limit:{player}"
    with store.pipeline(transaction=True) as steps:
        steps.set(key, 0, ex=1, nx=True)
        steps.incr(key)
        _, count = steps.execute()
    if count > LIMIT:
        raise HTTPException(status.HTTP_429_TOO_MANY_REQUESTS, f"At most {LIMIT} scores a second.")
