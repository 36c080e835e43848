"""All manifests pass the linter, and the linter finds what it is for."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from cluster.config import ClusterConfig
from cluster.datadog.agent.config import AgentConfig, AgentSecrets, Profile
from cluster.datadog.agent.manifests.objects import agent_objects, namespace
from cluster.manifests import packages, service, system, workspace
from cluster.manifests.workspace import Address
from templates.project import Manifest
from templates.services import SERVICES
from tests.manifests.linter import Object, problems

CONFIG = ClusterConfig(home=Path("unused"), version="1.2.3")
ADDRESS = Address("shop", "vibecode.localhost", 8080)
MANIFEST = Manifest("Shop", ports=(8000,), run="run it", services=tuple(SERVICES))
EDITOR = workspace.deployment(ADDRESS, MANIFEST, "digest", "image:1", CONFIG)


def agent(profile: Profile) -> list[Object]:
    config = AgentConfig("datadoghq.eu", "laptop", "vibecode", "1.2.3", profile)
    return [namespace(config), *agent_objects(config, AgentSecrets("k" * 32, "t" * 64))]


MANIFESTS = {
    "system": [*system.namespaces(CONFIG), *system.system_objects(CONFIG)],
    "workspace": [EDITOR, *workspace.parts(ADDRESS, MANIFEST.ports, CONFIG), *packages.claim(CONFIG)],
    **{
        name: [
            service.secret("shop", name, "password", CONFIG),
            service.stateful_set("shop", name, CONFIG),
            *service.parts("shop", name, CONFIG),
        ]
        for name in SERVICES
    },
    **{profile: agent(profile) for profile in get_args(Profile)},
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_manifests_have_no_problem(name: str) -> None:
    assert problems(MANIFESTS[name]) == []


def autoscaler(kind: str, field: str, name: str) -> Object:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"}
    metadata = {"name": name, "namespace": "x"}
    return {"apiVersion": "datadoghq.com/v1alpha1", "kind": kind, "metadata": metadata, "spec": {field: target}}


def container(one: Object) -> Any:
    return one["spec"]["template"]["spec"]["containers"][0]


def annotate(key: str, value: str) -> Callable[[Object], object]:
    return lambda one: one["spec"]["template"]["metadata"]["annotations"].update({key: value})


def label(key: str, value: str) -> Callable[[Object], object]:
    return lambda one: one["spec"]["template"]["metadata"]["labels"].update({key: value})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda one: container(one).update(readynessProbe={}), "readynessProbe"),
        (lambda one: one["spec"].update(template_={}), "unknown key Deployment.spec.template_"),
        (lambda one: container(one)["env"].append({"name": "A", "values": "b"}), ".values"),
        (lambda one: container(one).update(ports={}), "ports is no list"),
        (lambda one: container(one)["resources"]["limits"].pop("memory"), "no limits of memory"),
        (lambda one: container(one).pop("resources"), "no requests of cpu, memory"),
        (label("tags.datadoghq.com/environment", "x"), "unknown tag"),
        (label("vibecode.dev/teem", "x"), "unknown label"),
        (label("vibecode.dev/team", "two words"), "cannot be 'two words'"),
        (
            lambda one: one["spec"]["template"]["metadata"]["labels"].pop("tags.datadoghq.com/service"),
            "lack the tags service",
        ),
        (annotate("ad.datadoghq.com/edit.checks", "{}"), "no container 'edit'"),
        (annotate("ad.datadoghq.com/editor.chekcs", "{}"), "unknown annotation"),
        (annotate("ad.datadoghq.com/editor.checks", "{'a'}"), "no JSON"),
        (annotate("ad.datadoghq.com/editor.checks", '{"http_chek": {"instances": [{}]}}'), "unknown check http_chek"),
        (annotate("ad.datadoghq.com/editor.checks", '{"http_check": {"instance": [{}]}}'), "unknown key instance"),
        (
            annotate("ad.datadoghq.com/editor.checks", '{"http_check": {"instances": [{"url": "%%hots%%"}]}}'),
            "unknown variable %%hots%%",
        ),
        (annotate("ad.datadoghq.com/editor.logs", '[{"source": "x"}]'), "source or service is missing"),
    ],
)
def test_what_is_wrong_is_found(spoil: Callable[[Object], object], words: str) -> None:
    spoiled = copy.deepcopy(EDITOR)
    spoil(spoiled)
    found = problems([spoiled])
    assert any(words in one for one in found), found


def test_two_autoscalers_on_one_target_are_found() -> None:
    one = autoscaler("WatermarkPodAutoscaler", "scaleTargetRef", "water")
    other = autoscaler("DatadogPodAutoscaler", "targetRef", "dog")
    assert problems([one]) == []
    assert problems([one, other]) == [
        "DatadogPodAutoscaler dog: x/Deployment/shop is scaled by WatermarkPodAutoscaler water already"
    ]
