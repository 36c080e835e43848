"""The operator against a fake API server over real HTTP."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import kopf
import pytest
import yaml
from lightkube import Client, KubeConfig
from lightkube.config.models import Cluster as Server
from lightkube.config.models import User

from operator_app.handlers import apply
from operator_app.website import objects

DEPLOY = Path(__file__).parents[1] / "deploy"


class Cluster(ThreadingHTTPServer):
    """Keeps what is applied, by its path; refuses with `refuse` where that is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, Any] = {}
        self.refuse = 0


class Handler(BaseHTTPRequestHandler):
    server: Cluster

    def do_PATCH(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path, _, query = self.path.partition("?")
        assert self.headers["Content-Type"] == "application/apply-patch+yaml"
        assert "fieldManager=website-operator" in query
        if self.server.refuse:
            status = {"kind": "Status", "code": self.server.refuse, "message": "no", "status": "Failure"}
            self.answer(self.server.refuse, status)
        else:
            self.server.objects[path] = sent
            self.answer(200, sent)

    def answer(self, code: int, document: Any) -> None:
        body = json.dumps(document).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def client(cluster: Cluster) -> Client:
    config = KubeConfig.from_one(cluster=Server(f"http://127.0.0.1:{cluster.server_port}"), user=User())
    return Client(config, field_manager="website-operator", trust_env=False)


def website(**spec: object) -> dict[str, Any]:
    body = yaml.safe_load((DEPLOY / "example.yaml").read_text())
    body["metadata"] |= {"namespace": "web", "uid": "1-2-3"}
    body["spec"] |= spec
    return body


def test_a_website_becomes_three_objects_that_belong_to_it(cluster: Cluster, client: Client) -> None:
    assert apply(client, website()) == {"pages": 1}
    assert cluster.objects.keys() == {
        "/api/v1/namespaces/web/configmaps/hello",
        "/apis/apps/v1/namespaces/web/deployments/hello",
        "/api/v1/namespaces/web/services/hello",
    }
    for one in cluster.objects.values():
        assert [owner["uid"] for owner in one["metadata"]["ownerReferences"]] == ["1-2-3"]
    assert cluster.objects["/apis/apps/v1/namespaces/web/deployments/hello"]["spec"]["replicas"] == 2


def test_applied_again_it_is_the_same(cluster: Cluster, client: Client) -> None:
    apply(client, website())
    first = dict(cluster.objects)
    apply(client, website())
    assert cluster.objects == first


def test_a_changed_page_makes_new_pods() -> None:
    def digest(**spec: object) -> str:
        _, deployment, _ = objects(website(**spec))
        return deployment.spec.template.metadata.annotations["example.dev/pages"]

    assert digest() == digest(replicas=5)
    assert digest() != digest(pages={"index.html": "other"})


@pytest.mark.parametrize(
    ("code", "error"), [(422, kopf.PermanentError), (409, kopf.TemporaryError), (500, kopf.TemporaryError)]
)
def test_what_is_refused_is_tried_again_only_where_that_can_help(
    cluster: Cluster, client: Client, code: int, error: type[Exception]
) -> None:
    cluster.refuse = code
    with pytest.raises(error, match="Kubernetes"):
        apply(client, website())


def test_what_is_deployed_fits_what_is_watched() -> None:
    crd = yaml.safe_load((DEPLOY / "crd.yaml").read_text())
    example = website()
    assert example["apiVersion"] == f"{crd['spec']['group']}/{crd['spec']['versions'][0]['name']}"
    assert example["kind"] == crd["spec"]["names"]["kind"]
    assert list(yaml.safe_load_all((DEPLOY / "operator.yaml").read_text()))[-1]["kind"] == "Deployment"
