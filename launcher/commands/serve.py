"""`serve`: the HTTP API and the portal."""

import asyncio
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from launcher import __version__
from launcher.commands.command import Command
from launcher.context import Context
from launcher.errors import UsageError
from launcher.sources import catalog_of

if TYPE_CHECKING:
    from launcher.serve.access import ServeFolder


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"{text!r} is not a port; 1 to 65535 are allowed, and 0 to have one chosen")
    return int(text)


def _arguments(parser: ArgumentParser) -> None:
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--open", action="store_true", help="open the portal in the browser, served already or not")
    instead.add_argument("--token", action="store_true", help="only print the token that scripts send")
    instead.add_argument("--install", action="store_true", help="have it run whenever you are signed in")
    parser.add_argument("--port", type=_port, metavar="N", help="instead of the setting `serve_port`")
    parser.add_argument("--host", metavar="ADDRESS", help="listen for others too; needs a certificate")
    parser.add_argument("--name", action="append", default=[], metavar="HOST", help="a name of the certificate")
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="the certificate's chain, in PEM")
    parser.add_argument("--key", type=Path, metavar="FILE", help="its private key, in PEM")
    parser.add_argument("--yes", action="store_true", help="do not ask before `--install` writes")


async def _serve(context: Context, args: Namespace) -> int:
    from launcher.serve.access import ServeFolder, read_token

    folder = ServeFolder(context.paths.data / "serve")
    if args.token:
        token = read_token(folder)
        context.console.answer({"token": token}, token)
        return 0
    port: int = context.loaded.values.serve_port if args.port is None else args.port
    if args.install:
        return await _install(context, port, yes=args.yes)
    if args.open and (url := await _running(folder)) is not None:
        await _show(context, url)
        return 0
    return await _run(context, args, folder, port)


async def _run(context: Context, args: Namespace, folder: "ServeFolder", port: int) -> int:
    from launcher.rum import rum_of
    from launcher.serve.address import LOOPBACK
    from launcher.serve.ai import ai_of
    from launcher.serve.run import Listening, served
    from launcher.serve.server import Certificate

    if (args.certificate is None) != (args.key is None):
        raise UsageError("A certificate and its key go together.", hint="Add `--certificate FILE --key FILE`.")
    certificate = None if args.certificate is None else Certificate(args.certificate, args.key)
    listening = Listening(port, args.host or LOOPBACK, tuple(args.name), certificate)
    console, values = context.console, context.loaded.values
    ai = ai_of(values, context.paths, context.services.secrets(), console.environ)
    rum = rum_of(context.loaded, console.environ)
    async with context.engines() as engines:
        with suppress(asyncio.CancelledError):  # Ctrl+C is how serving ends
            catalog = catalog_of(context.paths)
            begun = served(engines, listening, folder, values.base_domain, __version__, ai, catalog, rum)
            async with begun as server:
                words = [
                    f"VibeCode serves {console.style(f'{server.address.url}/', 'cyan')}",
                    "  a browser gets in by `vibecode serve --open`, a script by `vibecode serve --token`",
                    "  Ctrl+C ends it; workspaces go on",
                ]
                if args.open:
                    await _show(context, server.entrance)
                console.tell("\n".join(words))
                if console.as_json:
                    console.answer({"url": f"{server.address.url}/", "port": server.address.port}, "")
                await asyncio.Event().wait()
    return 0


async def _running(folder: "ServeFolder") -> str | None:
    """A way into the server that runs already; None where none does."""
    from launcher.serve.contact import running_url

    return await asyncio.to_thread(running_url, folder)


async def _show(context: Context, url: str) -> None:
    context.console.tell(f"{context.console.style(url, 'cyan')}\n  (lets one browser in, for five minutes)")
    await context.show_in_browser(url, wanted=True)


async def _install(context: Context, port: int, *, yes: bool) -> int:
    from launcher.serve.install import unit_of, write_unit

    unit = unit_of(context.console.environ, port)
    context.console.say(f"This is written to {unit.path}:\n\n{unit.content}")
    if not yes and not await context.console.confirm(f"Write {unit.path}?", flag="--yes"):
        context.console.say("Nothing is written.")
        return 1
    await asyncio.to_thread(write_unit, unit)
    words = [
        f"{unit.path} is written. To have it run now and from now on:",
        f"  {unit.enable}",
        "To take it away:",
        f"  {unit.remove}",
    ]
    document = {"path": str(unit.path), "enable": unit.enable, "remove": unit.remove}
    context.console.answer(document, "\n".join(words))
    return 0


SERVE = Command(
    "serve",
    "serve the HTTP API and the portal",
    (
        ("vibecode serve --open", "the portal in the browser; started where it does not run"),
        ("vibecode serve", "for scripts and editors, until Ctrl+C"),
        ("vibecode serve --token", "what a script sends as `Authorization: Bearer TOKEN`"),
        ("vibecode serve --install", "from now on, whenever you are signed in; shown before it is written"),
        ("vibecode serve --host 0.0.0.0 --certificate c.pem --key k.pem --name box.example", "for others, with TLS"),
    ),
    _serve,
    _arguments,
    description="Serve the HTTP API and the portal, a page with all workspaces, on this machine alone until Ctrl+C.",
)
