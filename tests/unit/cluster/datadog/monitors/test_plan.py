"""What differs between what is defined and what is there."""

from typing import Any

import pytest

from cluster.datadog.monitors.found import FoundMonitor
from cluster.datadog.monitors.monitor import Monitor
from cluster.datadog.monitors.plan import Plan, make_plan

DOWN = Monitor("cluster-down", "cluster", 1, "down", "max(last_5m):max:vibecode.cluster.up{*}", "<", 1, "It is down.")
SLOW = Monitor("cluster-slow", "cluster", 2, "slow", "avg(last_5m):avg:vibecode.cluster.x{*}", ">", 2, "Slow.", 1)


def there(monitor: Monitor = DOWN, number: int = 1, **changed: Any) -> FoundMonitor:
    """As the API answers what was sent to it, with something changed."""
    body = monitor.body("1.0")
    options = {"notify_audit": False, "silenced": {}, **body["options"], **changed.pop("options", {})}
    return FoundMonitor(**{**body, "id": number, "overall_state": "OK", "options": options, **changed})


def plan(*found: FoundMonitor, version: str = "1.0") -> Plan:
    return make_plan((DOWN,), found, version)


def test_what_is_not_there_is_made() -> None:
    [creation] = plan().create

    assert creation.body == DOWN.body("1.0")


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"type": "metric alert"},
        {"query": "max(last_5m):max:vibecode.cluster.up{*}   <  1"},
        {"message": f"{DOWN.body('1.0')['message']}\n"},
        {"tags": [*reversed(DOWN.body("1.0")["tags"]), "team:payments", "mine"]},
        {"options": {"silenced": {"*": None}, "locked": True, "thresholds": {"critical": 1.0}}},
    ],
)
def test_what_the_api_writes_in_its_own_way_or_others_have_added_is_no_change(changed: dict[str, Any]) -> None:
    made = plan(there(**changed))

    assert (made.create, made.update, len(made.keep)) == ((), (), 1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "another"}, "name"),
        ({"query": "max(last_1h):max:vibecode.cluster.up{*} < 1"}, "query"),
        ({"message": None}, "message"),
        ({"priority": None}, "priority"),
        ({"type": "log alert"}, "type"),
        ({"options": {"thresholds": {"critical": 2}}}, "options.thresholds"),
        ({"options": {"renotify_interval": None}}, "options.renotify_interval"),
        ({"options": {"notify_no_data": True}}, "options.notify_no_data"),
    ],
)
def test_what_was_changed_is_told_and_set_back(changed: dict[str, Any], field: str) -> None:
    made = plan(there(**changed))
    [update] = made.update

    assert [change.field for change in update.changes] == [field]
    assert made.overwritten == (update,)


def test_an_update_keeps_what_others_have_added() -> None:
    tags = [*DOWN.body("1.0")["tags"], "team:payments"]
    [update] = plan(there(name="another", tags=tags, options={"silenced": {"*": None}})).update

    assert update.body["name"] == DOWN.name
    assert update.body["tags"] == tags
    assert update.body["options"]["silenced"] == {"*": None}


def test_a_new_version_changes_its_tag_and_undoes_nothing_of_anybody() -> None:
    made = plan(there(), version="2.0")
    [update] = made.update

    assert [change.field for change in update.changes] == ["tags"]
    assert update.body["tags"] == DOWN.body("2.0")["tags"]
    assert made.overwritten == ()


def test_the_oldest_counts_and_copies_are_left_alone() -> None:
    made = plan(there(number=1), there(number=2, name="my copy"))

    assert ([one.id for one in made.keep], [one.id for one in made.copies]) == ([1], [2])
    assert (made.create, made.update) == ((), ())


def test_those_of_another_version_are_left_alone() -> None:
    made = plan(there(), there(SLOW, 2))

    assert [one.id for one in made.unknown] == [2]
    assert (made.create, made.update) == ((), ())


@pytest.mark.parametrize(
    ("tags", "monitor"),
    [
        (["managed_by:vibecode", "vibecode_monitor:ai-down"], "ai-down"),
        (["vibecode_monitor:ai-down"], None),
        (["managed_by:vibecode"], None),
        (["managed_by:terraform", "vibecode_monitor:ai-down"], None),
        (["managed_by:vibecode", "vibecode_monitor:ai-down", "vibecode_monitor:ai-slow"], None),
        ([], None),
    ],
)
def test_ours_is_what_has_both_tags(tags: list[str], monitor: str | None) -> None:
    assert FoundMonitor(id=1, name="VibeCode: the cluster is down", tags=tags).monitor == monitor
