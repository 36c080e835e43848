import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from app import scores, store
from app.main import app


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The application with keys of its own for each test, of which nothing is left."""
    prefix = f"test:{uuid4().hex}"
    monkeypatch.setattr(scores, "PREFIX", prefix)
    with TestClient(app) as client:
        yield client
    redis = store.client()
    for key in redis.scan_iter(f"{prefix}:*"):
        redis.delete(key)


def score(client: TestClient, player: str, points: int = 1) -> dict[str, object]:
    answer = client.post("/api/scores", json={"player": player, "points": points})
    assert answer.status_code == 201
    return answer.json()


def test_the_store_is_the_one_that_is_there(client: TestClient) -> None:
    expected = "redis" if "REDIS_URL" in os.environ else "memory"
    assert client.get("/health").json() == {"status": "ok", "store": expected}


def test_the_page_is_served(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "<title>{{ title }}</title>" in answer.text


def test_points_add_up_and_rank(client: TestClient) -> None:
    assert score(client, " Ada ", 3) == {"rank": 1, "player": "Ada", "score": 3}
    assert score(client, "Bob", 5) == {"rank": 1, "player": "Bob", "score": 5}
    assert score(client, "Ada", 4) == {"rank": 1, "player": "Ada", "score": 7}
    best = client.get("/api/scores").json()
    assert [(entry["rank"], entry["player"], entry["score"]) for entry in best] == [(1, "Ada", 7), (2, "Bob", 5)]


def test_each_test_begins_without_scores(client: TestClient) -> None:
    assert client.get("/api/scores").json() == []


def test_only_the_best_are_shown(client: TestClient) -> None:
    for number in range(scores.SHOWN + 2):
        score(client, f"player {number}", number + 1)
    best = client.get("/api/scores").json()
    assert len(best) == scores.SHOWN
    assert best[0]["player"] == f"player {scores.SHOWN + 1}"


def test_none_of_many_at_once_is_lost(client: TestClient) -> None:
    with ThreadPoolExecutor(5) as pool:
        for _ in pool.map(lambda _: score(client, "Ada"), range(scores.LIMIT // 2)):
            pass
    assert score(client, "Ada")["score"] == scores.LIMIT // 2 + 1


def test_one_who_is_too_fast_is_slowed_down(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "LIMIT", 0)
    assert client.post("/api/scores", json={"player": "Ada", "points": 1}).status_code == 429
    assert client.get("/api/scores").json() == []


@pytest.mark.parametrize("wrong", [{"player": " "}, {"player": "x" * 41}, {"points": 0}, {"points": 101}])
def test_a_score_that_does_not_fit_is_refused(client: TestClient, wrong: dict[str, object]) -> None:
    assert client.post("/api/scores", json={"player": "Ada", "points": 1, **wrong}).status_code == 422
    assert client.get("/api/scores").json() == []
