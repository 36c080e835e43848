from pathlib import Path

import pytest

from cluster.errors import HomeUnusableError
from cluster.local.proxy.passes import COOKIE, LIFETIME, Passes, sets_ours, signing_key, without_ours

KEY = b"k" * 32


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_pass_lets_into_its_site_alone() -> None:
    passes = Passes(KEY)
    cookie = passes.cookie("shop")
    assert passes.admits("shop", [cookie])
    assert not passes.admits("8000-shop", [cookie])
    assert not passes.admits("other", [cookie])


def test_the_next_run_with_the_same_key_takes_a_pass_and_one_with_another_does_not() -> None:
    cookie = Passes(KEY).cookie("shop")
    assert Passes(KEY).admits("shop", [cookie])
    assert not Passes(b"x" * 32).admits("shop", [cookie])


@pytest.mark.parametrize(("after", "good"), [(LIFETIME - 1, True), (LIFETIME, False)])
def test_a_pass_ends(after: float, good: bool) -> None:
    clock = Clock()
    passes = Passes(KEY, clock)
    cookie = passes.cookie("shop")
    clock.now += after
    assert passes.admits("shop", [cookie]) is good


def test_a_pass_whose_end_was_moved_is_void() -> None:
    passes = Passes(KEY)
    ends, _, rest = passes.make("shop").partition(".")
    assert not passes.admits("shop", [f"{COOKIE}={int(ends) + 1}.{rest}"])


@pytest.mark.parametrize(
    "value", ["", ".", "..", "x.y.z", "9.n.", "٣.n.s", "9" * 5000 + ".n.s", "99999999999.n.é", "-1.n.s"]
)
def test_what_is_no_pass_is_refused(value: str) -> None:
    assert not Passes(KEY).admits("shop", [f"{COOKIE}={value}"])


def test_a_planted_cookie_of_our_name_does_not_shut_a_person_out() -> None:
    passes = Passes(KEY)
    assert passes.admits("shop", [f"{COOKIE}=planted; a=b; {passes.cookie('shop')}"])
    assert passes.admits("shop", [f"{COOKIE}=planted", passes.cookie("shop")])


@pytest.mark.parametrize(
    ("cookies", "rest"),
    [
        (f"{COOKIE}=1", ""),
        (f"a=1; {COOKIE}=2; b=3", "a=1; b=3"),
        (f"{COOKIE}=1; a=1;{COOKIE}=2", "a=1"),
        (f" {COOKIE} =1; a=x=y", "a=x=y"),
        ('a="q; b"; c', 'a="q; b"; c'),
        (f"my-{COOKIE}=1", f"my-{COOKIE}=1"),
    ],
)
def test_a_workspace_gets_every_cookie_but_ours(cookies: str, rest: str) -> None:
    assert without_ours(cookies) == rest


@pytest.mark.parametrize(
    ("set_cookie", "ours"),
    [
        (f"{COOKIE}=x; Path=/", True),
        (f" {COOKIE} = x", True),
        (f"{COOKIE}", True),
        (f"a={COOKIE}", False),
        (f"x{COOKIE}=1", False),
    ],
)
def test_what_would_overwrite_our_cookie_is_seen(set_cookie: str, ours: bool) -> None:
    assert sets_ours(set_cookie) is ours


def test_the_browser_shows_the_cookie_to_its_host_alone_and_to_no_script() -> None:
    first, *attributes = Passes(KEY).set_cookie("shop").split("; ")
    assert first.startswith(f"{COOKIE}=")
    assert set(attributes) == {"Path=/", f"Max-Age={LIFETIME}", "HttpOnly", "SameSite=Lax"}


def test_the_key_is_private_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = signing_key(path)
    assert len(key) == 32
    assert signing_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert signing_key(tmp_path / "other") != key


@pytest.mark.parametrize("content", [b"", b"short", b"l" * 33])
def test_a_key_that_is_not_whole_is_made_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    key = signing_key(path)
    assert len(key) == 32
    assert path.read_bytes() == key


def test_a_key_that_cannot_be_kept_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeUnusableError):
        signing_key(tmp_path / "file" / "key")
