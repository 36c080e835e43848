"""What the routes are given."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from cluster.engine import EngineStatus
from cluster.engines import Engines
from launcher.serve.access import Access
from launcher.serve.address import Address
from launcher.serve.ai import Ai
from launcher.serve.live import Live
from launcher.serve.present import page_path
from launcher.serve.proposals import Proposals
from launcher.serve.recent import Recent
from launcher.serve.streams import Streams
from launcher.serve.work import Work
from templates.catalog import Catalog
from templates.errors import VibeCodeError
from templates.rum import Rum


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The services of one server; `obstacle` is why no language model can be asked, as it was a moment ago.

    `rum` is what the portal, and pages of new projects, tell Datadog of their use by; None where that is not set.
    """

    engines: Engines
    work: Work
    live: Live
    streams: Streams
    status: Recent[tuple[EngineStatus, ...]]
    access: Access
    address: Address
    catalog: Catalog
    version: str
    ai: Ai
    obstacle: Recent[VibeCodeError | None]
    proposals: Proposals
    rum: Rum | None = None

    def page_url(self, request: Request, name: str) -> str:
        """The portal's page of a workspace, at the host by which the caller knows the server."""
        return f"{self.address.scheme}://{request.headers['host'].lower()}{page_path(name)}"


def surroundings(request: Request) -> Surroundings:
    return request.app.state.surroundings


Given = Annotated[Surroundings, Depends(surroundings)]
