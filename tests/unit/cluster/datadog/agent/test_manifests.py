"""What must hold of the Agent's objects, whatever else is in them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cluster.config import ClusterConfig
from cluster.datadog.agent.config import AgentImages, AgentSecrets
from cluster.datadog.agent.manifests.objects import agent_objects, namespace
from cluster.datadog.agent.names import HOST, NAMESPACE
from cluster.datadog.agent.report import COLLECTS
from cluster.kube.kinds import Object
from cluster.manifests import service
from templates.services import SERVICES, ServiceName
from tests.unit.cluster.datadog.agent.conftest import API_KEY, CONFIG

CLUSTER = ClusterConfig(home=Path("home"))
SECRETS = AgentSecrets(API_KEY, "t" * 64)
FULL = agent_objects(CONFIG, SECRETS)
LITE = agent_objects(replace(CONFIG, profile="lite"), SECRETS)
_UNITS = {"Mi": 1, "Gi": 1024}


def of_kind(objects: list[Object], kind: str) -> list[Any]:
    return [one for one in objects if one["kind"] == kind]


def rules(objects: list[Object]) -> list[Any]:
    return [rule for kind in ("ClusterRole", "Role") for one in of_kind(objects, kind) for rule in one["rules"]]


def memory(objects: list[Object]) -> int:
    """MiB that all containers together may take."""
    pods = [one["spec"]["template"]["spec"] for kind in ("DaemonSet", "Deployment") for one in of_kind(objects, kind)]
    limits = [one["resources"]["limits"]["memory"] for pod in pods for one in pod["containers"]]
    return sum(int(limit[:-2]) * _UNITS[limit[-2:]] for limit in limits)


@pytest.mark.parametrize("objects", [FULL, LITE], ids=["full", "lite"])
def test_what_the_agent_may_ask_of_kubernetes_is_little(objects: list[Object]) -> None:
    for rule in rules(objects):
        assert "*" not in [*rule["verbs"], *rule.get("resources", []), *rule.get("apiGroups", [])]
        assert not {"patch", "deletecollection", "escalate", "bind", "impersonate"} & set(rule["verbs"])
        assert not {"nodes/proxy", "pods/exec"} & set(rule.get("resources", []))
    for role in of_kind(objects, "ClusterRole"):
        assert not any("secrets" in rule.get("resources", []) for rule in role["rules"])


def test_the_webhook_that_may_be_changed_is_its_own() -> None:
    changing = [
        rule
        for rule in rules(FULL)
        if "admissionregistration.k8s.io" in rule.get("apiGroups", []) and {"update", "delete"} & set(rule["verbs"])
    ]
    assert [rule["resourceNames"] for rule in changing] == [["vibecode-datadog-webhook"]]


def test_its_namespace_alone_is_privileged() -> None:
    assert namespace(CONFIG)["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"
    places = {one["metadata"].get("namespace") for one in FULL} - {None}
    assert places == {NAMESPACE, "vibecode-workspaces", "vibecode-system"}
    assert {one["kind"] for one in FULL if one["metadata"].get("namespace") not in (NAMESPACE, None)} == {
        "NetworkPolicy",
        "ConfigMap",
    }


def test_the_node_is_only_read() -> None:
    pod = of_kind(FULL, "DaemonSet")[0]["spec"]["template"]["spec"]
    host = {one["name"] for one in pod["volumes"] if "hostPath" in one}
    mounts = [one for container in (*pod["initContainers"], *pod["containers"]) for one in container["volumeMounts"]]
    assert host
    assert all(one.get("readOnly") for one in mounts if one["name"] in host)
    assert not pod.get("hostNetwork")


def test_workspaces_reach_the_two_receivers_of_their_own_node() -> None:
    policies = [one for one in of_kind(FULL, "NetworkPolicy") if one["metadata"]["namespace"] == "vibecode-workspaces"]
    [egress] = [rule for policy in policies for rule in policy["spec"].get("egress", [])]
    assert [(one["protocol"], one["port"]) for one in egress["ports"]] == [("TCP", 8126), ("UDP", 8125)]
    [service] = [one for one in of_kind(FULL, "Service") if HOST.startswith(f"{one['metadata']['name']}.")]
    assert service["spec"]["internalTrafficPolicy"] == "Local"


def test_the_agent_and_its_checks_of_services_reach_each_other() -> None:
    policies = {(one["metadata"]["namespace"], one["metadata"]["name"]): one for one in of_kind(FULL, "NetworkPolicy")}
    for name in SERVICES:
        [container] = service.stateful_set("demo", name, CLUSTER)["spec"]["template"]["spec"]["containers"]
        [port] = [one["containerPort"] for one in container["ports"]]
        way_in = policies["vibecode-workspaces", "agent.datadog.services"]["spec"]
        way_out = policies[NAMESPACE, "datadog-agent"]["spec"]["egress"]
        labels = service.stateful_set("demo", name, CLUSTER)["spec"]["template"]["metadata"]["labels"]
        assert way_in["podSelector"]["matchLabels"].items() <= labels.items()
        assert port in [one["port"] for rule in way_in["ingress"] for one in rule["ports"]]
        assert port in [
            one["port"]
            for rule in way_out
            for peer in rule.get("to", [])
            if peer["podSelector"]["matchLabels"] == way_in["podSelector"]["matchLabels"]
            for one in rule["ports"]
        ]


@pytest.mark.parametrize("name", SERVICES)
def test_the_check_of_a_service_names_its_secret_and_may_read_that_one_alone(name: ServiceName) -> None:
    template = service.stateful_set("demo", name, CLUSTER)["spec"]["template"]
    [(check, config)] = json.loads(template["metadata"]["annotations"][f"ad.datadoghq.com/{name}.checks"]).items()
    [instance] = config["instances"]
    parts = service.parts("demo", name, CLUSTER)
    [role], [binding] = of_kind(parts, "Role"), of_kind(parts, "RoleBinding")
    secret = service.secret("demo", name, "hunter2", CLUSTER)

    assert check in COLLECTS
    assert instance["host"] == "%%host%%"
    assert instance["password"] == f"ENC[k8s_secret@vibecode-workspaces/{secret['metadata']['name']}/password]"
    assert secret["stringData"]["password"] == "hunter2"
    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": [secret["metadata"]["name"]], "verbs": ["get"]}
    ]
    account = {"kind": "ServiceAccount", "name": "datadog-agent", "namespace": NAMESPACE}
    assert (binding["roleRef"]["name"], binding["subjects"]) == (role["metadata"]["name"], [account])
    [daemon_set] = of_kind(FULL, "DaemonSet")
    [agent] = [one for one in daemon_set["spec"]["template"]["spec"]["containers"] if one["name"] == "datadog-agent"]
    assert {"name": "DD_SECRET_BACKEND_COMMAND", "value": "/readsecret_multiple_providers.sh"} in agent["env"]


def test_images_are_those_that_are_set() -> None:
    objects = agent_objects(replace(CONFIG, images=AgentImages("m/agent:1", "m/cluster:1")), SECRETS)
    pods = [one["spec"]["template"]["spec"] for kind in ("DaemonSet", "Deployment") for one in of_kind(objects, kind)]
    used = [{one["image"] for one in (*pod["initContainers"], *pod["containers"])} for pod in pods]
    assert used == [{"m/agent:1"}, {"m/cluster:1"}]


def test_it_suits_a_laptop_and_lite_takes_less() -> None:
    assert memory(LITE) <= 512
    assert memory(FULL) <= 1024
    assert not of_kind(LITE, "Deployment")


def test_secrets_are_in_the_secret_alone_and_never_shown() -> None:
    others = [one for one in FULL if one["kind"] != "Secret"]
    assert API_KEY not in str(others)
    assert "t" * 64 not in str(others)
    assert API_KEY not in repr(SECRETS)
