from pathlib import Path

import pytest

from cluster.config import ClusterConfig, Images
from cluster.errors import ClusterCreateError, ImagePullError, PortTakenError
from cluster.kind.command import cluster_configuration, creation_error, step_words

KIND_SAYS = """Creating cluster "vibecode" ...
 • Ensuring node image (kindest/node:v1.37.0) 🖼  ...
 ✓ Ensuring node image (kindest/node:v1.37.0) 🖼
 • Preparing nodes 📦   ...
 ✓ Preparing nodes 📦
 • Writing configuration 📜  ...
 ✓ Writing configuration 📜
 • Starting control-plane 🕹️  ...
 ✓ Starting control-plane 🕹️
 • Installing CNI 🔌  ...
 ✓ Installing CNI 🔌
 • Installing StorageClass 💾  ...
 ✓ Installing StorageClass 💾
Set kubectl context to "kind-vibecode"
"""


def test_each_of_kinds_steps_is_told_in_words_once_and_in_order() -> None:
    told = [words for line in KIND_SAYS.splitlines() if (words := step_words(line))]
    assert [text for text, _ in told] == [
        "fetching the node's image (about 1 GB, once)",
        "starting the node's container",
        "writing the configuration",
        "starting Kubernetes",
        "setting up the network",
        "setting up storage",
    ]
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] < fractions[-1] < 1


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        (
            "docker: Error response: driver failed: Bind for 127.0.0.1:443 failed: port is already allocated.",
            PortTakenError,
            "443",
        ),
        ("listen tcp4 127.0.0.1:8080: bind: address already in use", PortTakenError, "8080"),
        ('ERROR: failed to create cluster: failed to pull image "kindest/node:nope"', ImagePullError, "NODE_IMAGE"),
        ("a line\nERROR: failed to init node with kubeadm\nmore", ClusterCreateError, "failed to init node"),
        ("", ClusterCreateError, "nothing"),
    ],
)
def test_kinds_failures_become_named_errors(text: str, kind: type[Exception], names: str) -> None:
    error = creation_error(text, (8080, 443))
    assert type(error) is kind
    assert names in error.detail


def test_the_cluster_is_one_node_on_loopback_with_our_label() -> None:
    config = ClusterConfig(home=Path("unused"), cluster="mine", images=Images(node="mirror/node:1"))
    made = cluster_configuration(config, 8080, 8443)
    [node] = made["nodes"]
    assert made["name"] == "mine"
    assert made["networking"]["apiServerAddress"] == "127.0.0.1"
    assert node["image"] == "mirror/node:1"
    assert node["labels"] == {"vibecode.dev/managed-by": "vibecode"}
    assert [(one["containerPort"], one["hostPort"], one["listenAddress"]) for one in node["extraPortMappings"]] == [
        (30080, 8080, "127.0.0.1"),
        (30443, 8443, "127.0.0.1"),
    ]


def test_without_a_setting_kind_chooses_its_own_node_image() -> None:
    assert "image" not in cluster_configuration(ClusterConfig(home=Path("unused")), 1, 2)["nodes"][0]
