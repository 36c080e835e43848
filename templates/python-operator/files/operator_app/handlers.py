"""What happens when a Website is made or changed: kopf calls these, and again after an error."""

import logging
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import kopf
from lightkube import ApiError, Client

from operator_app.website import objects

TAGS = {
    "service": os.environ.get("DD_SERVICE", "{{ name }}"),
    "env": os.environ.get("DD_ENV", "dev"),
    "version": os.environ.get("DD_VERSION", "0.1.0"),
}
logger = logging.getLogger(__name__)


@cache
def cluster() -> Client:
    """The cluster of the kubeconfig, or the one that this runs in."""
    return Client(field_manager="website-operator")


@kopf.on.startup()
def starting(settings: kopf.OperatorSettings, **_: Any) -> None:
    settings.posting.level = logging.WARNING
    settings.persistence.finalizer = "example.dev/website-operator"
    logger.info("Looking after Websites", extra=TAGS)


@kopf.on.resume("example.dev", "v1", "websites")
@kopf.on.create("example.dev", "v1", "websites")
@kopf.on.update("example.dev", "v1", "websites", field="spec")
def website_changed(body: Mapping[str, Any], **_: Any) -> dict[str, int]:
    return apply(cluster(), body)


def apply(client: Client, body: Mapping[str, Any]) -> dict[str, int]:
    """Makes the objects as they should be, by server-side apply: what is so already stays."""
    for one in objects(body):
        try:
            client.apply(one, force=True)
        except ApiError as error:
            why = f"Kubernetes says {error.status.code}: {error.status.message}"
            if error.status.code == 422:  # asked again, it would say the same
                raise kopf.PermanentError(why) from None
            raise kopf.TemporaryError(why, delay=10) from None
    return {"pages": len(body["spec"]["pages"])}
