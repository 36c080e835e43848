import pytest

from cluster.errors import WorkspaceNameError
from cluster.names import check_name, free_name


@pytest.mark.parametrize("name", ["a", "shop", "my-shop", "x1", "a" * 40])
def test_a_dns_label_is_a_name(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "1shop", "-a", "a-", "Shop", "a_b", "a.b", "a" * 41, "auth", "ä", "a b", "a\n", "a--b"]
)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(WorkspaceNameError) as caught:
        check_name(name)
    assert repr(name) in caught.value.detail


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("python-fastapi", (), "python-fastapi"),
        ("python-fastapi", ("python-fastapi",), "python-fastapi-2"),
        ("python-fastapi", ("python-fastapi", "python-fastapi-2"), "python-fastapi-3"),
        ("My Shop!", (), "my-shop"),
        ("2048", (), "project-2048"),
        ("日本", (), "project"),
        ("auth", (), "auth-2"),
        ("x" * 80, ("x" * 36,), "x" * 36 + "-2"),
    ],
)
def test_a_free_name_is_valid_and_close_to_the_wish(wanted: str, taken: tuple[str, ...], name: str) -> None:
    assert free_name(wanted, taken) == name
    assert check_name(name)
