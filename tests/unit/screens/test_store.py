"""What is known of engines and workspaces: fresh, stale, out of reach, healed."""

from datetime import UTC, datetime, timedelta

import pytest

from cluster.engine import EngineStatus, Usage, Workspace
from screens.store import HISTORY, Store
from templates.errors import VibeCodeError

T = datetime(2026, 3, 1, 12, tzinfo=UTC)
API = Workspace("api", "http://api/", "running", "kind")
BLOG = Workspace("blog", "http://blog/", "running", "local")
LOST = VibeCodeError("gone")


@pytest.fixture
def store() -> Store:
    store = Store()
    store.know(("kind", "local"))
    return store


def test_at_first_nothing_can_be_said(store: Store) -> None:
    assert Store().snapshot.loading
    assert store.snapshot.loading
    assert store.snapshot.error is None


def test_workspaces_of_all_engines_by_name(store: Store) -> None:
    store.see("local", (BLOG,), T)
    assert not store.snapshot.loading
    store.see("kind", (API,), T)
    assert [one.name for one in store.snapshot.workspaces] == ["api", "blog"]
    assert store.snapshot.workspace("blog") == BLOG
    assert store.snapshot.workspace("shop") is None


def test_what_is_lost_stays_and_is_stale_until_it_is_seen_again(store: Store) -> None:
    store.see("kind", (API,), T)
    store.see("local", (BLOG,), T)
    store.lose("kind", LOST)
    assert store.snapshot.workspaces == (API, BLOG)
    assert store.snapshot.seen_of(API) == T
    assert store.snapshot.seen_of(BLOG) is None
    assert store.snapshot.error is None
    store.see("kind", (API,), T + timedelta(seconds=9))
    assert store.snapshot.seen_of(API) is None


def test_an_engine_that_was_never_reached_is_no_loss_while_another_answers(store: Store) -> None:
    store.lose("kind", LOST)
    store.see("local", (BLOG,), T)
    assert store.snapshot.error is None
    assert [view.name for view in store.snapshot.engines if view.stale] == []


def test_an_error_where_none_answers(store: Store) -> None:
    store.lose("kind", LOST)
    store.lose("local", VibeCodeError("too"))
    assert store.snapshot.error is LOST


def test_what_workspaces_take_is_kept_for_a_while(store: Store) -> None:
    store.see("kind", (API,), T)
    for number in range(HISTORY + 5):
        store.use("kind", {"api": Usage(cpu=number)})
    assert len(store.snapshot.usage("api")) == HISTORY
    assert store.snapshot.usage("api")[-1].cpu == HISTORY + 4
    store.use("kind", {})
    assert store.snapshot.usage("api") == ()


def test_idle_times_are_the_workspaces(store: Store) -> None:
    store.see("kind", (API,), T)
    store.rest("kind", {"api": T})
    assert store.snapshot.workspaces[0].idle_since == T


def test_listeners_hear_of_changes_only(store: Store) -> None:
    heard: list[int] = []
    leave = store.subscribe(lambda: heard.append(1))
    store.describe(EngineStatus("kind", "running"))
    store.describe(EngineStatus("kind", "running"))
    assert len(heard) == 1
    leave()
    store.see("kind", (API,), T)
    assert len(heard) == 1


def test_without_any_engine_the_reason_is_the_error() -> None:
    store = Store()
    store.fail(LOST)
    assert not store.snapshot.loading
    assert store.snapshot.error is LOST
