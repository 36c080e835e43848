"""Whose log is read: a workspace's own, or that of a service beside it."""

from collections.abc import Iterable
from dataclasses import dataclass

from cluster.engine import ServiceStatus, Workspace
from screens.glyphs import GLYPHS
from templates.services import SERVICES, ServiceName


@dataclass(frozen=True, slots=True)
class Source:
    """Without `service` it is what the workspace's editor and tasks say."""

    workspace: str
    service: ServiceName | None = None

    @property
    def key(self) -> str:
        """A workspace's own log goes by its name."""
        return self.workspace if self.service is None else f"{self.workspace}/{self.service}"

    @property
    def name(self) -> str:
        return self.workspace if self.service is None else SERVICES[self.service].title

    @property
    def title(self) -> str:
        """The name, and beside which workspace it is."""
        return self.name if self.service is None else f"{self.workspace} {GLYPHS.separator} {self.name}"

    def status(self, workspace: Workspace) -> ServiceStatus | None:
        """How its service is; None where it is the workspace's own, or the workspace has no such service."""
        return next((one for one in workspace.services if one.name == self.service), None)


def sources(workspaces: Iterable[Workspace]) -> list[Source]:
    """Each workspace, and below it the services beside it."""
    return [
        source
        for one in workspaces
        for source in (Source(one.name), *(Source(one.name, service.name) for service in one.services))
    ]
