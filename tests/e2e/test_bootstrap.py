"""An environment whose making was killed, made anew by a real pip: it takes longer than a unit test may."""

import sys
from pathlib import Path

import pytest

from tests.fakes.checkout import PROJECT, Place

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]


def test_killed_bootstrap_is_made_anew_after_what_it_left_running(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert place.call(place.command)[0] == 0
    (place.root / "pyproject.toml").write_text(PROJECT + 'description = "changed"\n')
    kept = place.root / ".venv" / "kept"
    kept.touch()
    place.hold_builds()
    with place.start(sys.executable, "-I", place.root / "launcher/bootstrap.py") as bootstrap:
        place.await_build()
        bootstrap.kill()
    with place.start(place.command, "again") as second:
        assert second.stderr is not None
        assert "another call" in second.stderr.readline()
        place.release_build()
        out, err = second.communicate()
    assert out == f"locked|{place.elsewhere}|again\n", err
    assert "it is replaced" in err
    assert not kept.exists()
