"""What Git is given, and what it never is."""

import pytest

from templates.sources.errors import SourceError
from templates.sources.url import check_url, is_url, name_in


@pytest.mark.parametrize(
    "place",
    [
        "https://example.com/team/templates.git",
        "https://localhost:8443/x",
        "https://[::1]/x",
        "ssh://git@example.com/team/templates",
        "ssh://git@my-host.example:2222/x",
        "git@example.com:team/templates.git",
        "file:///srv/templates.git",
    ],
)
def test_addresses_of_three_protocols_are_taken(place: str) -> None:
    assert is_url(place)
    assert check_url(place) == place


@pytest.mark.parametrize(
    "place",
    [
        "http://example.com/x",
        "git://example.com/x",
        "ext::sh -c id",
        "ext::id",
        "fd::3",
        "ssh://-oProxyCommand=id/x",
        "ssh://git@-oProxyCommand=id/x",
        "ssh://-u@host/x",
        "file://host/x",
        "https:///x",
        "https://example.com/a b",
        "https://example.com/a\nb",
        "https://example.com",
    ],
)
def test_others_and_options_are_not(place: str) -> None:
    assert is_url(place)
    with pytest.raises(SourceError):
        check_url(place)


@pytest.mark.parametrize("place", ["./folder", "/srv/x", "--upload-pack=id", "-u@host:x", "git@-o:x", "C:/x", "a:b"])
def test_what_is_no_address_is_a_folder(place: str) -> None:
    assert not is_url(place)


@pytest.mark.parametrize("place", ["https://ada:s3cret@h/x", "https://s3cret@h/x", "ssh://git:s3cret@h/x"])
def test_a_password_is_refused_and_not_repeated(place: str) -> None:
    with pytest.raises(SourceError) as caught:
        check_url(place)
    assert "s3cret" not in caught.value.detail + caught.value.hint


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("https://example.com/team/My_Templates.git", "my-templates"),
        ("git@example.com:templates.git/", "templates"),
        ("/srv/Vorlagen 2/", "vorlagen-2"),
        ("file:///", ""),
    ],
)
def test_a_source_is_called_as_the_last_part(place: str, name: str) -> None:
    assert name_in(place) == name
