"""Paths of objects in the API."""

import pytest

from cluster.kube.kinds import KINDS


@pytest.mark.parametrize(
    ("kind", "arguments", "path"),
    [
        ("Namespace", {}, "/api/v1/namespaces"),
        ("Namespace", {"name": "shop"}, "/api/v1/namespaces/shop"),
        ("Node", {"namespace": "ignored", "name": "n"}, "/api/v1/nodes/n"),
        ("Pod", {}, "/api/v1/pods"),
        ("Pod", {"namespace": "a"}, "/api/v1/namespaces/a/pods"),
        ("Pod", {"namespace": "a", "name": "p", "subresource": "log"}, "/api/v1/namespaces/a/pods/p/log"),
        ("Deployment", {"namespace": "a", "name": "d"}, "/apis/apps/v1/namespaces/a/deployments/d"),
        ("Pod", {"namespace": "../b", "name": "x/../y?z"}, "/api/v1/namespaces/..%2Fb/pods/x%2F..%2Fy%3Fz"),
    ],
)
def test_path(kind: str, arguments: dict[str, str], path: str) -> None:
    assert KINDS[kind].path(**arguments) == path


def test_one_of_a_namespaced_kind_needs_its_namespace() -> None:
    with pytest.raises(ValueError, match="namespace"):
        KINDS["Pod"].path(name="p")
