"""Profiles: those that are built in, the person's own, and the file that keeps them."""

from pathlib import Path

import pytest

from templates.models.errors import ProfileError
from templates.models.profiles import BUILT_IN, Profile, Profiles, read_profiles, write_profiles
from templates.models.server import OPENROUTER


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "models.json"


def test_openrouter_is_what_there_is_at_first(file: Path) -> None:
    profiles = read_profiles(file)
    assert profiles.current == Profile("openrouter", OPENROUTER, "~anthropic/claude-sonnet-latest")
    assert set(profiles.by_name) == {"openrouter", "ollama", "llama.cpp", "lm-studio", "vllm"}


def test_what_is_changed_and_added_is_kept(file: Path) -> None:
    profiles = Profiles().using(Profile("ollama", "http://localhost:11434/v1/", "qwen3"))
    profiles = profiles.using(Profile("gpu-box", "http://192.168.1.5:8000/v1", "m"))
    write_profiles(file, profiles)

    assert read_profiles(file) == profiles
    assert profiles.current.url == "http://192.168.1.5:8000/v1"
    assert BUILT_IN["vllm"].url not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in file.parent.iterdir()] == ["models.json"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"chosen": "nobody", "profiles": {}}',
        '{"profiles": {"x": 1}}',
        '{"chosen": "x", "profiles": {"x": {"url": "ftp://x", "model": ""}}}',
    ],
)
def test_a_file_that_holds_something_else_is_named(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    with pytest.raises(ProfileError) as caught:
        read_profiles(file)
    assert str(file) in caught.value.detail
    assert str(file) in caught.value.hint


@pytest.mark.parametrize(
    "profile", [Profile("My Server", "http://x/v1"), Profile("x", "nonsense"), Profile("x", "http://x/v1", "a\x1b[2J")]
)
def test_what_no_profile_can_have(profile: Profile) -> None:
    with pytest.raises(ProfileError):
        Profiles().using(profile)


def test_a_profile_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(ProfileError, match="ollama"):
        Profiles().named("olama")
