"""All objects of a kind, page by page."""

from collections.abc import Mapping

from cluster.errors import ApiError
from cluster.kube.kinds import KINDS, Object
from cluster.kube.transport import Transport

PAGE = 500
"""Objects in one answer, so that none grows without bound."""


async def list_objects(
    transport: Transport, kind: str, namespace: str | None, selectors: Mapping[str, str], page: int = PAGE
) -> tuple[list[Object], str]:
    """The objects, and the resourceVersion at which a watch goes on from them.

    Where the server forgets the list between two pages (after minutes), it is begun again, once.
    """
    try:
        return await _pages(transport, kind, namespace, selectors, page)
    except ApiError as error:
        if error.status != 410:
            raise
    return await _pages(transport, kind, namespace, selectors, page)


async def _pages(
    transport: Transport, kind: str, namespace: str | None, selectors: Mapping[str, str], page: int
) -> tuple[list[Object], str]:
    where = KINDS[kind]
    params = {**selectors, "limit": str(page)}
    objects: list[Object] = []
    while True:
        answer = await transport.send_json("GET", where.path(namespace), params=params)
        # the API leaves out of a list's items what is the same for all
        objects += [{"apiVersion": where.api, "kind": kind, **item} for item in answer["items"] or ()]
        following = answer["metadata"].get("continue")
        if not following:
            return objects, answer["metadata"]["resourceVersion"]
        params["continue"] = following


def selectors(labels: Mapping[str, str] | None, fields: str | None) -> dict[str, str]:
    """The query that selects by labels, all of which must match, and by a field selector such as `spec.nodeName=n`."""
    query: dict[str, str] = {}
    if labels:
        query["labelSelector"] = ",".join(f"{key}={value}" for key, value in labels.items())
    if fields:
        query["fieldSelector"] = fields
    return query
