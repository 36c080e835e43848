"""The home place: what it shows in each state, and what its keys do."""

from collections.abc import Callable

import pytest

from cluster.errors import ClusterUnreachableError
from tests.screens.stage import SIZES, Stage, seen

Snap = Callable[..., bool]
LOST = ClusterUnreachableError("127.0.0.1:6443 does not answer.")


# What it looks like


@pytest.mark.parametrize("size", SIZES)
def test_full(five: Stage, snap_compare: Snap, size: str) -> None:
    assert snap_compare(five.app(), terminal_size=SIZES[size], run_before=seen)


@pytest.mark.parametrize("theme", ["vibecode-light", "vibecode-contrast", "vibecode-terminal"])
def test_themes(five: Stage, snap_compare: Snap, theme: str) -> None:
    assert snap_compare(five.app(theme), terminal_size=SIZES["normal"], run_before=seen)


@pytest.mark.parametrize("size", ["normal", "small"])
def test_first_run(stage: Stage, snap_compare: Snap, size: str) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES[size], run_before=seen)
