"""The model that the settings choose: its server, its key, its price, and the budgets it is held to."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from launcher.paths import Paths, private_folder
from launcher.secrets import Secrets, model_key
from launcher.settings import Settings

if TYPE_CHECKING:
    from httpx import AsyncClient

    from templates.models.ledger import Budgets, Ledger
    from templates.models.listing import ModelInfo
    from templates.models.metered import MeteredModel
    from templates.models.profiles import Profile
    from templates.models.server import Server


def chosen_profile(settings: Settings, paths: Paths) -> "Profile":
    """The profile in use, with what `ai_url` and `ai_model` say instead. Raises ProfileError."""
    from templates.models.profiles import Profile, read_profiles
    from templates.models.server import base_url

    profile = read_profiles(paths.model_profiles).current
    url = base_url(settings.ai_url) if settings.ai_url else profile.url
    model = settings.ai_model or (profile.model if url == profile.url else "")
    return Profile(profile.name if url == profile.url else "", url, model)


async def server_of(profile: "Profile", secrets: Secrets, environ: Mapping[str, str]) -> "Server":
    """The profile's server with its key. Raises NoKeyError where OpenRouter's is missing."""
    from templates.models.errors import NoKeyError
    from templates.models.server import OPENROUTER, Server

    server = Server(profile.url, await model_key(profile.url, secrets, environ))
    if server.key is None and server.url == OPENROUTER:
        raise NoKeyError("OpenRouter answers those who have signed in.", hint=NO_KEY_HINT)
    return server


NO_KEY_HINT = (
    "`vibecode models login` signs in by the browser; `export VIBECODE_AI_KEY=…` gives a key for this shell; "
    "`vibecode models use --profile ollama` asks a model on this machine instead."
)


async def find_info(http: "AsyncClient", server: "Server", model: str) -> "ModelInfo":
    """What the server says of the model; of its only one, where none is named. Raises ModelGoneError."""
    from templates.models.errors import ModelGoneError, NotAModelServerError
    from templates.models.listing import ModelInfo, find_model, list_models

    try:
        models = await list_models(http, server)
    except NotAModelServerError:
        if not model:
            raise
        return ModelInfo(model, model)  # a server that can answer without a list
    if model:
        return find_model(models, model, server.url)
    if len(models) != 1:
        names = ", ".join(one.id for one in models[:5]) or "none"
        hint = "`vibecode models` lists them; `vibecode models use MODEL` chooses one."
        raise ModelGoneError(f"No model is chosen, and {server.url} has {len(models)}: {names}.", hint=hint)
    return models[0]


def ledger_of(paths: Paths) -> "Ledger":
    from templates.models.ledger import Ledger

    return Ledger(paths.data / "usage.sqlite")


def budgets_of(settings: Settings) -> "Budgets":
    from templates.models.ledger import Budgets

    def limit(written: str) -> Decimal | None:
        return Decimal(written) or None

    return Budgets(
        request=limit(settings.ai_budget_request),
        day=limit(settings.ai_budget_day),
        workspace=limit(settings.ai_budget_workspace),
    )


@asynccontextmanager
async def connected_model(
    settings: Settings,
    paths: Paths,
    secrets: Secrets,
    environ: Mapping[str, str],
    *,
    workspace: str = "",
    notice: Callable[[str], object],
) -> "AsyncGenerator[MeteredModel]":
    """The chosen model, ready to be asked for this workspace; `notice` is told what is waited for.

    Raises a `ModelError` that says what is missing.
    """
    from launcher.telemetry.hooks import observe_budget, observed_model
    from templates.models.client import OpenAIModel, http_client
    from templates.models.ledger import Account
    from templates.models.metered import MeteredModel

    private_folder(paths.data)
    profile = chosen_profile(settings, paths)
    server = await server_of(profile, secrets, environ)
    async with http_client() as http:
        info = await find_info(http, server, profile.model)
        model = observed_model(
            OpenAIModel(http, server, info.id, context=info.context, notice=notice), info.prices, server.url
        )
        account, ledger, budgets = Account(server.url, info.id, workspace), ledger_of(paths), budgets_of(settings)
        try:
            yield MeteredModel(model, info.prices, ledger, budgets, account)
        finally:
            await observe_budget(ledger, budgets)
