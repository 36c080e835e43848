"""What a Website is made of: its objects, as data, without asking any cluster."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from lightkube.models.apps_v1 import DeploymentSpec
from lightkube.models.core_v1 import (
    ConfigMapVolumeSource,
    Container,
    ContainerPort,
    PodSpec,
    PodTemplateSpec,
    ServicePort,
    ServiceSpec,
    Volume,
    VolumeMount,
)
from lightkube.models.meta_v1 import LabelSelector, ObjectMeta, OwnerReference
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.core_v1 import ConfigMap, Service

IMAGE = "nginxinc/nginx-unprivileged:1.29-alpine"
PORT = 8080


def objects(body: Mapping[str, Any]) -> tuple[ConfigMap, Deployment, Service]:
    """The objects of one Website; they belong to it, so that Kubernetes removes them with it."""
    meta, spec = body["metadata"], body["spec"]
    name, pages = meta["name"], dict(spec["pages"])
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/managed-by": "website-operator"}

    def metadata() -> ObjectMeta:
        owner = OwnerReference(body["apiVersion"], body["kind"], name, meta["uid"], controller=True)
        return ObjectMeta(name=name, namespace=meta["namespace"], labels=labels, ownerReferences=[owner])

    # Pods are made anew when a page changes, since this changes with it.
    digest = hashlib.sha256(json.dumps(pages, sort_keys=True).encode()).hexdigest()[:16]
    pod = PodTemplateSpec(
        metadata=ObjectMeta(labels=labels, annotations={"example.dev/pages": digest}),
        spec=PodSpec(
            containers=[
                Container(
                    name="web",
                    image=IMAGE,
                    ports=[ContainerPort(PORT)],
                    volumeMounts=[VolumeMount("/usr/share/nginx/html", "pages", readOnly=True)],
                )
            ],
            volumes=[Volume("pages", configMap=ConfigMapVolumeSource(name=name))],
        ),
    )
    selector = LabelSelector(matchLabels=labels)
    return (
        ConfigMap(metadata=metadata(), data=pages),
        Deployment(metadata=metadata(), spec=DeploymentSpec(selector, pod, replicas=spec.get("replicas", 1))),
        Service(metadata=metadata(), spec=ServiceSpec(selector=labels, ports=[ServicePort(80, targetPort=PORT)])),
    )
