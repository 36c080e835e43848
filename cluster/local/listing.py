"""The local workspaces as they are: of their records, and of what the host knows about their editors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cluster.config import ClusterConfig
from cluster.engine import Workspace, WorkspaceState
from cluster.local.contact import Contact, read_contact
from cluster.local.folders import LocalFolder
from cluster.local.records import Record, read_record
from cluster.local.service_states import service_states
from cluster.manifests.workspace import Address

PLAIN_PORT = 8080
"""Shown in addresses where the port that was used is on no record any more."""

Found = tuple[Contact, dict[str, Any]]
"""The host that answers, and its state."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Reads the records of one VibeCode home, at each call anew; blocks for as long as the files do."""

    folder: LocalFolder
    config: ClusterConfig

    def address(self, name: str) -> Address:
        contact = read_contact(self.folder)
        port = contact.port if contact else self.config.http_port or PLAIN_PORT
        return Address(name, contact.base_domain if contact else self.config.base_domain, port)

    def all(self, host: Found | None) -> tuple[Workspace, ...]:
        """Sorted by name, without `idle_since`."""
        every = (self.one(folder.name, host) for folder in self.folder.all())
        return tuple(one for one in every if one is not None)

    def one(self, name: str, host: Found | None) -> Workspace | None:
        """None where there is none."""
        folder = self.folder.workspace(name)
        record = read_record(folder)
        if record is None:
            return None
        known = host[1]["workspaces"].get(name) if host else None
        state, reason = _state(name, record, known, served=host is not None)
        address = self.address(name)
        return Workspace(
            name=name,
            url=address.url,
            state=state,
            engine="local",
            template=record.template,
            created=record.created,
            ports={port: address.port_url(port) for port in record.ports},
            reason=reason,
            user=record.user,
            services=service_states(folder, record, runs=state == "running"),
        )


def _state(
    name: str, record: Record, known: Mapping[str, str] | None, *, served: bool
) -> tuple[WorkspaceState, str | None]:
    """What a person is told: of the record, and of what the host knows."""
    if not record.seeded:
        return "creating", "it is being made, or its making was stopped; the same command goes on"
    if record.wanted == "stopped" or (served and known is None):
        return "stopped", "it was stopped"
    if known is None:
        return "stopped", f"what keeps it running is not there; `vibecode start {name}` brings it back"
    match known["state"]:
        case "running":
            return "running", None
        case "failed":
            return "failed", known["reason"]
        case _:
            return "creating", known["reason"]
