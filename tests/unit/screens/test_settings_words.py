"""Settings in, rows and details out."""

from dataclasses import replace
from pathlib import Path

import pytest

from screens.settings import presenter
from tests.fakes.settings import SECRETS, some_settings

FILE = Path("/home/you/config.toml")
SETTINGS = some_settings()
ALL = (*SETTINGS.values(), *SECRETS)


@pytest.mark.parametrize("width", [50, 68, 120])
def test_columns_stand_below_their_titles(width: int) -> None:
    head = presenter.header(width).plain
    for one in ALL:
        line = presenter.line(one, width)
        assert line.cell_length == len(head) == width
    assert presenter.line(SETTINGS["memory"], width).plain[head.index("Value") :].startswith("4Gi")
    assert presenter.line(SETTINGS["memory"], width).plain[head.index("From") :].startswith("file")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", len(ALL)),
        ("memory", 1),
        ("base domain", 1),
        ("environment", 1),
        ("not set", 1),
        ("processes docker", 1),
        ("nothing at all", 0),
    ],
)
def test_matching(words: str, found: int) -> None:
    assert len(presenter.matching(ALL, words)) == found


def test_summary_counts_what_is_not_a_default() -> None:
    assert presenter.summary(ALL, len(ALL)) == f"{len(ALL)} settings, 2 set by you"
    assert presenter.summary(ALL[:1], 7) == "1 of 7 settings, 0 set by you"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("engine", "auto  the default"),
        ("memory", "4Gi  from the file"),
        ("memory", "This run still goes by 2Gi"),
        ("base_domain", "from VIBECODE_BASE_DOMAIN"),
        ("base_domain", "The file says mine.localhost, which does not count."),
        ("workspace_image", "empty  the default"),
        ("open_browser", "open_browser = …"),
        ("memory", 'memory = "…"'),
    ],
)
def test_detail(name: str, said: str) -> None:
    assert said in presenter.detail(SETTINGS[name], FILE, 60).plain


def test_code_in_a_description_stands_out_instead_of_its_backticks() -> None:
    content = presenter.detail(SETTINGS["engine"], FILE, 60)

    assert "`" not in content.plain
    assert "kind" in {content.plain[span.start : span.end] for span in content.spans if span.style == "$accent"}


def test_a_secret_is_set_or_not() -> None:
    kept, missing = SECRETS

    assert "set, in the keyring" in presenter.detail(kept, FILE, 60).plain
    assert "not set" in presenter.detail(missing, FILE, 60).plain


def test_a_value_cannot_steer_the_terminal() -> None:
    hostile = replace(SETTINGS["memory"], value="\x1b[2J4Gi", used="\x1b]0;x\x07", written="\x1b[2J")

    assert "\x1b" not in presenter.line(hostile, 60).plain + presenter.detail(hostile, FILE, 60).plain
