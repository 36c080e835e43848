"""`models`: which there are, which is asked, and the keys for their servers."""

import argparse
from argparse import ArgumentParser, Namespace
from contextlib import aclosing
from time import monotonic
from typing import TYPE_CHECKING

from launcher.browser import obstacle
from launcher.commands.command import Command
from launcher.context import Context
from launcher.errors import KeyNotKeptError, UsageError
from launcher.models import chosen_profile, connected_model
from launcher.output.text import columns
from launcher.secret_input import read_secret
from launcher.secrets import MODEL_KEY, model_key
from templates.text import DASH, duration, plain

if TYPE_CHECKING:
    from templates.models.listing import ModelInfo
    from templates.models.profiles import Profile

_PIPED = "vibecode models key < file"


def _arguments(parser: ArgumentParser) -> None:
    parser.usage = "vibecode models [-h] [--json] [--search WORD] [use|profiles|test|login|key …]"
    parser.add_argument("--search", metavar="WORD", default="", help="only models whose name has this word")
    more = parser.add_subparsers(title="more", metavar="use|profiles|test|login|key", dest="action")
    use = more.add_parser("use", help="choose a model, or a server")
    use.add_argument("model", metavar="MODEL", nargs="?", help="as its server names it")
    use.add_argument("--profile", metavar="NAME", help="a server by its name: `vibecode models profiles`")
    use.add_argument("--url", metavar="URL", help="the address of the profile's server; a new profile needs one")
    actions = [use]
    for name, words in (
        ("profiles", "list the servers"),
        ("test", "ask the model one word"),
        ("login", "sign in to OpenRouter by the browser"),
    ):
        actions.append(more.add_parser(name, help=words))
    key = more.add_parser("key", help="keep a key for the server in use; it is typed or piped in, never an argument")
    key.add_argument("--delete", action="store_true", help="forget the key")
    for action in (*actions, key):
        action.add_argument(
            "--json", dest="as_json", action="store_true", default=argparse.SUPPRESS, help="answer one JSON document"
        )


async def _models(context: Context, args: Namespace) -> int:
    actions = {"use": _use, "profiles": _profiles, "test": _test, "login": _login, "key": _key, None: _list}
    return await actions[args.action](context, args)


async def _list(context: Context, args: Namespace) -> int:
    from templates.models.client import http_client
    from templates.models.listing import list_models
    from templates.models.server import Server

    profile = chosen_profile(context.loaded.values, context.paths)
    key = await model_key(profile.url, context.services.secrets(), context.console.environ)
    async with http_client() as http:
        listing = list_models(http, Server(profile.url, key))
        models = await context.wait(f"Asking {profile.url}", listing)
    found = [one for one in models if args.search.casefold() in f"{one.id} {one.title}".casefold()]
    rows = [
        (one.id, f"{one.context:,}" if one.context else DASH, _price(one), "in use" if one.id == profile.model else "")
        for one in found
    ]
    header, *lines = columns(("MODEL", "CONTEXT", "$ FOR A MILLION TOKENS", ""), rows)
    document = [{**one.as_dict(), "chosen": one.id == profile.model} for one in found]
    lines += ["", f"{len(found)} of {len(models)} at {profile.url}. Choose one: `vibecode models use MODEL`."]
    context.console.answer(document, "\n".join([context.console.style(header, "bold"), *lines]))
    return 0


def _price(model: "ModelInfo") -> str:
    if model.prices is None:
        return "unknown"
    return f"{model.prices.prompt * 1_000_000:.2f} read, {model.prices.completion * 1_000_000:.2f} written"


async def _profiles(context: Context, _: Namespace) -> int:
    from templates.models.profiles import read_profiles

    profiles = read_profiles(context.paths.model_profiles)
    rows = [
        (one.name, one.url, one.model or "its only one", "in use" if one.name == profiles.chosen else "")
        for one in profiles.by_name.values()
    ]
    header, *lines = columns(("PROFILE", "ADDRESS", "MODEL", ""), rows)
    document = [_document(one, chosen=one.name == profiles.chosen) for one in profiles.by_name.values()]
    lines += ["", "Choose one: `vibecode models use --profile ollama`; add one with `--profile NAME --url URL`."]
    context.console.answer(document, "\n".join([context.console.style(header, "bold"), *lines]))
    return 0


def _document(profile: "Profile", *, chosen: bool) -> dict[str, object]:
    return {"name": profile.name, "url": profile.url, "model": profile.model or None, "chosen": chosen}


async def _use(context: Context, args: Namespace) -> int:
    from templates.models.profiles import Profile, read_profiles, write_profiles

    if not (args.model or args.profile or args.url):
        raise UsageError("Neither a model nor a profile is named.", hint="`vibecode models use MODEL` chooses a model.")
    profiles = read_profiles(context.paths.model_profiles)
    name = args.profile or profiles.chosen
    there = profiles.by_name.get(name) if args.url else profiles.named(name)
    url = args.url or (there.url if there else "")
    kept = there.model if there and there.url == url else ""
    profiles = profiles.using(Profile(name, url, args.model or kept))
    write_profiles(context.paths.model_profiles, profiles)
    profile = profiles.current
    words = f"{profile.model or 'The only model'} at {profile.url} is asked from now on."
    if context.loaded.values.ai_url or context.loaded.values.ai_model:
        words += "\nThe settings `ai_url` and `ai_model` go before it: `vibecode config` shows where they are set."
    context.console.answer(_document(profile, chosen=True), words)
    return 0


async def _test(context: Context, _: Namespace) -> int:
    from templates.models.ledger import dollars
    from templates.models.model import ChatMessage, TextDelta

    secrets, console = context.services.secrets(), context.console
    async with connected_model(
        context.loaded.values, context.paths, secrets, console.environ, notice=console.say
    ) as model:

        async def ask() -> tuple[str, float]:
            start, first, said = monotonic(), 0.0, ""
            asked = [ChatMessage("user", "Answer with one word: ready")]
            async with aclosing(model.answer(asked, max_tokens=64)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, TextDelta):
                        first = first or monotonic() - start
                        said += piece.text
            return said, first

        said, first = await context.wait(f"Asking {model.id}", ask())
        cost = model.spending.cost
        document = {
            "model": model.id,
            "answer": said,
            "seconds": round(first, 2),
            "cost": None if cost is None else float(cost),
        }
        answer = plain(said)[:60] or "nothing"
        console.answer(document, f"{model.id} said “{answer}” after {duration(first)}; it cost {dollars(cost)}.")
    return 0


async def _login(context: Context, _: Namespace) -> int:
    from launcher.sign_in import callback
    from templates.models.client import http_client
    from templates.models.server import OPENROUTER

    console, secrets, sign_in = context.console, context.services.secrets(), context.services.sign_in()
    if await secrets.place() == "run":
        hint = "Make a key on https://openrouter.ai/settings/keys, and `export VIBECODE_AI_KEY=…` for this shell."
        raise KeyNotKeptError("There is no keyring here.", hint=hint)
    if obstacle(console.environ, terminal=console.stdout.isatty()) is None:
        async with callback() as back:
            page = sign_in.page(back.url)
            console.say(f"Sign in on the page that opens, or open it yourself:\n{page}")
            await context.show_in_browser(page, wanted=True)
            code = await context.wait("Waiting for you to sign in", back.code())
    else:
        console.say(
            f"Open this page in a browser, anywhere, and bring back the code that it shows:\n{sign_in.page(None)}"
        )
        code = await read_secret(console, "The code: ", example=_PIPED)
    async with http_client() as http:
        await secrets.write(OPENROUTER, await sign_in.exchange(http, code))
    console.answer({"url": OPENROUTER, "kept": "keyring"}, "You are signed in; the key is in this system's keyring.")
    return 0


async def _key(context: Context, args: Namespace) -> int:
    console, secrets = context.console, context.services.secrets()
    url = chosen_profile(context.loaded.values, context.paths).url
    if args.delete:
        deleted = await secrets.delete(url)
        console.answer({"url": url, "deleted": deleted}, f"The key for {url} is {'gone' if deleted else 'not there'}.")
        return 0
    if await secrets.place() == "run":
        raise KeyNotKeptError("There is no keyring here.")
    key = await read_secret(console, f"The key for {url} (it is not shown): ", example=_PIPED)
    await secrets.write(url, key)
    words = f"The key for {url} is in this system's keyring."
    if console.environ.get(MODEL_KEY):
        words += f"\n{MODEL_KEY} is set, and goes before it."
    console.answer({"url": url, "kept": "keyring"}, words)
    return 0


MODELS = Command(
    "models",
    "list models, choose one, keep a key",
    (
        ("vibecode models --search sonnet", "what there is, with context and prices"),
        ("vibecode models login", "sign in to OpenRouter by the browser"),
        ("vibecode models use --profile ollama", "ask a model on this machine"),
        (
            "vibecode models use --profile gpu --url http://gpu.local:8000/v1",
            "or any server that speaks OpenAI's protocol",
        ),
        ("vibecode models test", "whether it answers, how fast, and what that costs"),
        ("vibecode models key", "keep a key for the server in use; it is typed or piped in"),
    ),
    _models,
    _arguments,
    description="List the models of the server in use, choose another model or server, and keep keys in the keyring.",
)
