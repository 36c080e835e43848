"""Which keys Kubernetes' objects may have, from the models of its own client."""

from collections.abc import Iterator
from typing import Any

from kubernetes.client import models

_PLAIN = {"str", "int", "float", "bool", "object", "bytes", "datetime"}


def unknown_keys(obj: dict[str, Any]) -> Iterator[str]:
    """Paths of keys that the object's kind does not have."""
    yield from _unknown(obj, _model(obj), obj["kind"])


def _model(obj: dict[str, Any]) -> str:
    version = obj["apiVersion"].rpartition("/")[2]
    return f"{version[0].upper()}{version[1:]}{obj['kind']}"


def _unknown(value: Any, kind: str, path: str) -> Iterator[str]:
    if kind in _PLAIN:
        return
    if kind.startswith("List["):
        if not isinstance(value, list):
            yield f"{path} is no list"
            return
        for number, one in enumerate(value):
            yield from _unknown(one, kind.removeprefix("List[")[:-1], f"{path}[{number}]")
    elif kind.startswith("Dict["):
        inner = kind.removeprefix("Dict[")[:-1].partition(", ")[2]
        for name, one in value.items():
            yield from _unknown(one, inner, f"{path}.{name}")
    else:
        yield from _unknown_in_model(value, kind, path)


def _unknown_in_model(value: Any, kind: str, path: str) -> Iterator[str]:
    model = getattr(models, kind)
    kinds = {written: model.openapi_types[name] for name, written in model.attribute_map.items()}
    if not isinstance(value, dict):
        yield f"{path} is no {kind}"
        return
    for key, one in value.items():
        if key not in kinds:
            yield f"{path}.{key}"
        else:
            yield from _unknown(one, kinds[key], f"{path}.{key}")
