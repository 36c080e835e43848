"""The registry of commands in, a sheet of keys out."""

import pytest

from screens.commands import COMMANDS
from screens.help import presenter
from screens.places import PLACES, PlaceId


@pytest.mark.parametrize("here", [place.id for place in PLACES])
def test_every_command_is_there_whatever_place_one_comes_from(here: PlaceId) -> None:
    entries = [one for section in presenter.sections(here) for one in section.entries]

    for command in COMMANDS:
        assert (command.title, command.help) in {(one.title, one.help) for one in entries}
    assert len({section.title for section in presenter.sections(here)}) == len(presenter.sections(here))


def test_the_place_that_one_comes_from_is_first() -> None:
    first, second, *_ = presenter.sections("templates")

    assert (first.title, first.here, second.title) == ("Here: Templates", True, "Everywhere")


@pytest.mark.parametrize(
    ("words", "keys"),
    [("ctrl+t", ["Ctrl+T"]), ("delete workspaces", ["d Del"]), ("qr code", ["u"]), ("no such key", [])],
)
def test_matching(words: str, keys: list[str]) -> None:
    found = presenter.matching(presenter.sections("workspaces"), words)
    assert [one.keys for section in found for one in section.entries] == keys


@pytest.mark.parametrize(("width", "columns"), [(30, 1), (76, 1), (155, 1), (156, 2), (240, 3)])
def test_as_many_columns_as_there_is_room_for(width: int, columns: int) -> None:
    sheet = presenter.sheet(presenter.sections("workspaces"), width)
    lines = sheet.plain.splitlines()

    assert max(map(len, lines)) <= width
    assert sum(section.title in lines[0] for section in presenter.sections("workspaces")) == columns
