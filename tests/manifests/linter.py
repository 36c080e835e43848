"""What is wrong with objects before any cluster sees them: keys, tags, checks, limits, autoscalers."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from cluster.manifests.observed import PREFIX
from tests.manifests.schema import unknown_keys

Object = dict[str, Any]

AUTOSCALERS = {
    "HorizontalPodAutoscaler": "scaleTargetRef",
    "WatermarkPodAutoscaler": "scaleTargetRef",
    "VerticalPodAutoscaler": "targetRef",
    "DatadogPodAutoscaler": "targetRef",
}
CUSTOM = ("datadoghq.com/", "autoscaling.k8s.io/")
"""Groups of kinds that Kubernetes' own client does not know."""
UNIFIED = "tags.datadoghq.com/"
TAGS = {"env", "service", "version"}
OWN = {"vibecode.dev/workspace", "vibecode.dev/team", "vibecode.dev/managed-by"}
CHECKS = {"openmetrics", "http_check", "postgres", "redisdb"}
VARIABLE = re.compile(r"%%(host|port|hostname|kube_namespace|kube_pod_name|env_\w+)%%")


def problems(objects: Iterable[Object]) -> list[str]:
    """Each with the object's kind and name."""
    objects = list(objects)
    found = [f"{_name(one)}: {words}" for one in objects for words in _of(one)]
    return [*found, *_fights(objects)]


def _of(obj: Object) -> Iterator[str]:
    if not obj["apiVersion"].startswith(CUSTOM):
        yield from (f"unknown key {key}" for key in unknown_keys(obj))
    yield from _tags(obj["metadata"].get("labels", {}))
    template = obj.get("spec", {}).get("template")
    if template is None:
        return
    yield from _tags(template["metadata"].get("labels", {}))
    if missing := TAGS - {key.removeprefix(UNIFIED) for key in template["metadata"].get("labels", {})}:
        yield f"its pods lack the tags {', '.join(sorted(missing))}"
    pod = template["spec"]
    names = [one["name"] for one in pod["containers"]]
    yield from _annotations(template["metadata"].get("annotations", {}), names)
    for container in (*pod.get("initContainers", []), *pod["containers"]):
        resources = container.get("resources", {})
        for side in ("requests", "limits"):
            if missing := {"cpu", "memory"} - resources.get(side, {}).keys():
                yield f"{container['name']} has no {side} of {', '.join(sorted(missing))}"


def _tags(labels: Object) -> Iterator[str]:
    for key, value in labels.items():
        if key.startswith(UNIFIED) and key.removeprefix(UNIFIED) not in TAGS:
            yield f"unknown tag {key}"
        if key.startswith("vibecode.dev/") and key not in OWN:
            yield f"unknown label {key}"
        if not re.fullmatch(r"[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?|", value):
            yield f"{key} cannot be {value!r}"


def _annotations(annotations: Object, containers: list[str]) -> Iterator[str]:
    for key, value in annotations.items():
        if not key.startswith(PREFIX):
            continue
        container, _, what = key.removeprefix(PREFIX).partition(".")
        if container not in containers:
            yield f"{key}: there is no container {container!r}"
        if what not in ("checks", "logs"):
            yield f"{key}: unknown annotation"
            continue
        try:
            parsed = json.loads(value)
        except ValueError:
            yield f"{key}: no JSON"
            continue
        yield from _checks(key, parsed) if what == "checks" else _logs(key, parsed)
        for variable in re.findall(r"%%\w+%%", value):
            if not VARIABLE.fullmatch(variable):
                yield f"{key}: unknown variable {variable}"


def _checks(key: str, parsed: Object) -> Iterator[str]:
    for check, config in parsed.items():
        if check not in CHECKS:
            yield f"{key}: unknown check {check}"
        if odd := config.keys() - {"init_config", "instances", "logs"}:
            yield f"{key}: unknown key {', '.join(sorted(odd))}"
        if not config.get("instances"):
            yield f"{key}: {check} has no instance"


def _logs(key: str, parsed: list[Object]) -> Iterator[str]:
    for config in parsed:
        if not {"source", "service"} <= config.keys():
            yield f"{key}: source or service is missing"


def _fights(objects: list[Object]) -> Iterator[str]:
    """Two autoscalers on one target work against each other."""
    scaled: dict[str, str] = {}
    for one in objects:
        if field := AUTOSCALERS.get(one["kind"]):
            target = one["spec"][field]
            key = f"{one['metadata'].get('namespace')}/{target['kind']}/{target['name']}"
            if key in scaled:
                yield f"{_name(one)}: {key} is scaled by {scaled[key]} already"
            scaled[key] = _name(one)


def _name(obj: Object) -> str:
    return f"{obj['kind']} {obj['metadata']['name']}"
