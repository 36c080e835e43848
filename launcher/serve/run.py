"""One server from its sockets to its end, as the command and the terminal application start it."""

from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

from cluster.engines import Engines
from launcher.serve import contact
from launcher.serve.access import Access, ServeFolder, open_access
from launcher.serve.address import LOOPBACK, Address, is_loopback, loopback_address, public_address
from launcher.serve.ai import Ai
from launcher.serve.app import application
from launcher.serve.build import surroundings_of
from launcher.serve.errors import InsecureAddressError
from launcher.serve.server import Certificate, listen, serving, tls_context
from templates.catalog import Catalog
from templates.rum import Rum


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen; beyond loopback only with a certificate, and `names` are those in it."""

    port: int
    host: str = LOOPBACK
    names: tuple[str, ...] = ()
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    address: Address
    access: Access

    @property
    def entrance(self) -> str:
        """The portal, with a ticket that is good once and for five minutes."""
        return self.access.ticketed(f"{self.address.url}/")


@asynccontextmanager
async def served(
    engines: Engines,
    listening: Listening,
    folder: ServeFolder,
    base_domain: str,
    version: str,
    ai: Ai,
    catalog: Catalog,
    rum: Rum | None = None,
) -> AsyncGenerator[Served]:
    """Serves until the block ends. Raises ServerRunsError, InsecureAddressError."""
    if listening.certificate is None and not is_loopback(listening.host):
        raise InsecureAddressError(f"{listening.host} is an address that others can reach.")
    tls = None if listening.certificate is None else tls_context(listening.certificate)
    access = open_access(folder)
    with ExitStack() as sockets:
        listeners = [sockets.enter_context(one) for one in listen(listening.host, listening.port)]
        port = listeners[0].getsockname()[1]
        if tls is None:
            address = await loopback_address(base_domain, port)
        else:
            address = public_address(listening.host, listening.names, port)
        listeners.append(sockets.enter_context(contact.listen(folder)))
        async with (
            surroundings_of(engines, access, address, version, ai, catalog=catalog, rum=rum) as given,
            serving(application(given), given.streams, listeners, tls),
        ):
            contact.write_contact(folder, address.url.partition("://")[2])
            yield Served(address, access)
