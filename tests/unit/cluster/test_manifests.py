import ipaddress
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cluster.config import ClusterConfig, Images
from cluster.manifests import packages, system, workspace
from cluster.manifests.workspace import Address
from templates.project import Manifest

CONFIG = ClusterConfig(home=Path("unused"), version="1.2.3", images=Images(traefik="mirror.example/traefik:v3"))
ADDRESS = Address("shop", "vibecode.localhost", 8080)
MANIFEST = Manifest("Shop", template="python-fastapi", ports=(8000, 3000), run="run it", extensions=("a.b",))
DEPLOYMENT = workspace.deployment(ADDRESS, MANIFEST, "d1g3st", "our/image:1", CONFIG)
SYSTEM = [*system.namespaces(CONFIG), *system.system_objects(CONFIG)]
WORKSPACE = [DEPLOYMENT, *workspace.parts(ADDRESS, MANIFEST.ports, CONFIG)]


def named(objects: list[Any], kind: str) -> Any:
    return next(one for one in objects if one["kind"] == kind)


@pytest.mark.parametrize("one", [*SYSTEM, *WORKSPACE], ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_every_object_is_labelled_as_ours_and_for_datadog(one: Any) -> None:
    labels = one["metadata"]["labels"]
    assert labels["app.kubernetes.io/managed-by"] == "vibecode"
    assert labels["app.kubernetes.io/version"] == labels["tags.datadoghq.com/version"] == "1.2.3"
    for name in ("name", "instance", "component"):
        assert labels[f"app.kubernetes.io/{name}"]
    for name in ("env", "service"):
        assert labels[f"tags.datadoghq.com/{name}"]


@pytest.mark.parametrize("one", WORKSPACE, ids=lambda one: one["kind"])
def test_every_workspace_object_names_its_workspace(one: Any) -> None:
    assert one["metadata"]["labels"]["vibecode.dev/workspace"] == "shop"
    assert one["metadata"]["namespace"] == "vibecode-workspaces"


@pytest.mark.parametrize("one", [DEPLOYMENT, named(SYSTEM, "Deployment")], ids=["workspace", "traefik"])
def test_pods_are_restricted(one: Any) -> None:
    pod = one["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert set(container["resources"]) == {"requests", "limits"}
        assert container["imagePullPolicy"] == "IfNotPresent"


def test_a_workspace_has_no_token_and_one_pod_at_a_time() -> None:
    assert DEPLOYMENT["spec"]["template"]["spec"]["automountServiceAccountToken"] is False
    assert DEPLOYMENT["spec"]["strategy"] == {"type": "Recreate"}
    assert DEPLOYMENT["spec"]["replicas"] == 0  # started once its volume claim is there


def test_namespaces_are_under_pod_security_restricted() -> None:
    for one in system.namespaces(CONFIG):
        assert one["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_images_are_settings() -> None:
    pods = [one["spec"]["template"]["spec"] for one in (named(SYSTEM, "Deployment"), DEPLOYMENT)]
    assert [pod["containers"][0]["image"] for pod in pods] == ["mirror.example/traefik:v3", "our/image:1"]


def test_the_ingress_has_a_rule_for_the_editor_and_one_per_port() -> None:
    rules = named(WORKSPACE, "Ingress")["spec"]["rules"]
    assert [rule["host"] for rule in rules] == [
        "shop.vibecode.localhost",
        "3000-shop.vibecode.localhost",
        "8000-shop.vibecode.localhost",
    ]
    backends = {json.dumps(rule["http"]["paths"][0]["backend"], sort_keys=True) for rule in rules}
    assert backends == {'{"service": {"name": "shop", "port": {"number": 8080}}}'}


def test_the_deployment_records_what_it_was_made_from() -> None:
    notes = DEPLOYMENT["metadata"]["annotations"]
    record = json.loads(notes["vibecode.dev/project"])
    assert (record["template"], record["run"], record["extensions"]) == ("python-fastapi", "run it", ["a.b"])
    assert json.loads(notes["vibecode.dev/ports"]) == [3000, 8000]
    assert notes["vibecode.dev/project-digest"] == "d1g3st"


def test_the_policy_lets_only_the_ingress_in_and_keeps_pods_and_services_out_of_reach() -> None:
    policy = named(WORKSPACE, "NetworkPolicy")["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    [incoming] = policy["ingress"]
    [source] = incoming["from"]
    assert source["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "vibecode-system"}
    assert source["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == "traefik"
    internet, dns = policy["egress"]
    outside = [ipaddress.ip_network(one) for one in internet["to"][0]["ipBlock"]["except"]]
    for address in ("10.244.3.7", "10.96.0.1", "169.254.169.254"):
        assert any(ipaddress.ip_address(address) in one for one in outside)
    assert {one["port"] for one in dns["ports"]} == {53}


@pytest.mark.parametrize(
    ("port", "url", "port_url", "proxy"),
    [
        (80, "http://shop.x.test/", "http://8000-shop.x.test/", "{{port}}-shop.x.test"),
        (8080, "http://shop.x.test:8080/", "http://8000-shop.x.test:8080/", "{{port}}-shop.x.test:8080"),
    ],
)
def test_addresses_carry_the_port_unless_it_is_the_standard_one(port: int, url: str, port_url: str, proxy: str) -> None:
    address = Address("shop", "x.test", port)
    assert (address.url, address.port_url(8000), address.proxy_domain) == (url, port_url, proxy)


def test_the_fingerprint_changes_with_what_would_be_applied() -> None:
    other = ClusterConfig(home=Path("unused"), version="1.2.3", images=Images(traefik="traefik:other"))
    assert system.fingerprint(SYSTEM) == system.fingerprint(json.loads(json.dumps(SYSTEM)))
    assert system.fingerprint(SYSTEM) != system.fingerprint([*system.namespaces(other), *system.system_objects(other)])


def test_what_runs_in_a_workspace_has_its_tags_and_the_agents_address_where_there_is_one() -> None:
    template = DEPLOYMENT["spec"]["template"]
    [container] = template["spec"]["containers"]
    env = {one["name"]: one for one in container["env"]}
    for tag in ("env", "service", "version"):
        path = env[f"DD_{tag.upper()}"]["valueFrom"]["fieldRef"]["fieldPath"]
        assert path == f"metadata.labels['tags.datadoghq.com/{tag}']"
    assert env["DD_TAGS"]["value"] == env["DATADOG_TAGS"]["value"] == "team:vibecode,component:workspace"
    assert container["envFrom"][0] == {"configMapRef": {"name": "agent.datadog", "optional": True}}
    assert template["metadata"]["labels"]["vibecode.dev/team"] == "vibecode"


def test_workspaces_share_one_claim_for_packages_that_no_workspace_owns() -> None:
    [claim] = packages.claim(CONFIG)
    assert "vibecode.dev/workspace" not in claim["metadata"]["labels"]
    assert claim["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "vibecode"
    pod = DEPLOYMENT["spec"]["template"]["spec"]
    [volume] = [one for one in pod["volumes"] if one["name"] == "packages"]
    assert volume["persistentVolumeClaim"] == {"claimName": claim["metadata"]["name"]}
    [mount] = [one for one in pod["containers"][0]["volumeMounts"] if one["name"] == "packages"]
    env = {one["name"]: one.get("value") for one in pod["containers"][0]["env"]}
    for name in ("UV_CACHE_DIR", "NPM_CONFIG_CACHE", "PIP_CACHE_DIR", "GOMODCACHE", "GOCACHE"):
        assert env[name].startswith(f"{mount['mountPath']}/")
    assert env["UV_LINK_MODE"] == "copy"


def test_maven_shares_what_it_downloads_under_locks_and_keeps_what_a_workspace_installs_at_home() -> None:
    container = DEPLOYMENT["spec"]["template"]["spec"]["containers"][0]
    env = {one["name"]: one.get("value") for one in container["env"]}
    told = dict(one.removeprefix("-D").split("=", 1) for one in env["MAVEN_ARGS"].split(" "))
    own = told["maven.repo.local"]
    assert own.startswith(f"{env['HOME']}/")
    assert told["aether.enhancedLocalRepository.split"] == "true"
    shared = Path(own, told["aether.enhancedLocalRepository.remotePrefix"]).resolve()
    assert shared.parent == Path(packages.FOLDER)
    assert Path(told["aether.syncContext.named.basedir.locksDir"]).parent == shared
    assert told["aether.syncContext.named.factory"] == "file-lock"
    assert told["aether.syncContext.named.nameMapper"] == "file-gav"


def test_what_cargo_keeps_beside_credentials_is_never_shared() -> None:
    env = {one["name"] for one in DEPLOYMENT["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert not {name for name in env if name.startswith("CARGO")}


def test_where_each_has_its_own_cache_nothing_is_shared() -> None:
    own = replace(CONFIG, package_cache="own")
    assert packages.claim(own) == []
    deployment = workspace.deployment(ADDRESS, MANIFEST, "d1g3st", "our/image:1", own)
    assert "packages" not in json.dumps(deployment["spec"])
    assert "CACHE" not in json.dumps(deployment["spec"])
    assert "MAVEN" not in json.dumps(deployment["spec"])


def test_a_volume_of_packages_has_a_size_that_no_setting_changes() -> None:
    other = replace(CONFIG, volume_size="99Gi")
    assert packages.claim(other) == packages.claim(CONFIG)  # a claim's size cannot be changed


def test_probes_of_the_editor_are_no_activity() -> None:
    checks = json.loads(DEPLOYMENT["spec"]["template"]["metadata"]["annotations"]["ad.datadoghq.com/editor.checks"])
    [instance] = checks["http_check"]["instances"]
    assert instance["extra_headers"] == {"Connection": "close"}
