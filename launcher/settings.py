"""The settings: defaults, then the configuration file, then the environment; each value checked, its source known."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from cluster.config import ClusterConfig, Images
from cluster.datadog.agent.config import AgentImages
from cluster.packages import PackageCache
from launcher.errors import SettingError

EngineChoice = Literal["auto", "kind", "context", "local"]
LogLevel = Literal["ERROR", "WARN", "INFO", "DEBUG"]
ThemeChoice = Literal["auto", "dark", "light", "contrast", "terminal"]

PREFIX = "VIBECODE_"
DEFAULT = "default"
"""The source of a value that nobody has set."""

_CLUSTER = ClusterConfig(home=Path())
_IMAGES = Images()
_AGENT_IMAGES = AgentImages()


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting may be, in words, and how a value is made of what was written; None where it is not allowed.

    `choices` are all that there is to choose from, where they are few.
    """

    allowed: str
    parse: Callable[[object], object | None]
    choices: tuple[str, ...] = ()


def _rule(allowed: str, parse: Callable[[object], object | None], choices: tuple[str, ...] = ()) -> Mapping[str, Rule]:
    """As a field's metadata."""
    return {"rule": Rule(allowed, parse, choices)}


def _choice(*choices: str) -> Mapping[str, Rule]:
    def parse(raw: object) -> str | None:
        return next((choice for choice in choices if choice.lower() == str(raw).lower()), None)

    return _rule("one of " + ", ".join(choices), parse, choices)


def _text(pattern: str, allowed: str) -> Mapping[str, Rule]:
    compiled = re.compile(pattern, re.ASCII)

    def parse(raw: object) -> str | None:
        return raw if isinstance(raw, str) and compiled.fullmatch(raw) else None

    return _rule(allowed, parse)


def _parse_port(raw: object) -> int | None:
    port = int(raw) if isinstance(raw, str) and re.fullmatch(r"[0-9]{1,5}", raw) else raw
    return port if type(port) is int and 0 <= port <= 65535 else None


def _parse_dollars(raw: object) -> str | None:
    written = str(raw) if type(raw) in (str, int, float) else ""
    return written if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,4})?", written, re.ASCII) else None


def _whole(least: int, most: int) -> Mapping[str, Rule]:
    def parse(raw: object) -> int | None:
        number = int(raw) if isinstance(raw, str) and re.fullmatch(r"[0-9]{1,6}", raw, re.ASCII) else raw
        return number if type(number) is int and least <= number <= most else None

    return _rule(f"a whole number from {least} to {most}", parse)


def _parse_switch(raw: object) -> bool | None:
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    return words.get(str(raw).lower())


_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_CLUSTER_NAME = _text(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", "1 to 40 lower-case letters, digits and hyphens")
_DOMAIN = _text(rf"(?=.{{1,190}}$){_LABEL}(\.{_LABEL})*", "a domain name in lower case")
_IMAGE = _text(r"[A-Za-z0-9][\w./:@-]*", "an image reference such as `registry.example/name:tag`")
_OWN_IMAGE = _text(r"([A-Za-z0-9][\w./:@-]*)?", "an image reference such as `registry.example/name:tag`, or nothing")
_QUANTITY = _text(r"[1-9][0-9]*(Mi|Gi|Ti)", "a size with its unit: Mi, Gi or Ti, such as `10Gi`")
_CPU = _text(r"[1-9][0-9]{0,2}|[1-9][0-9]{1,4}m", "a number of processors such as `2`, or thousandths such as `500m`")
_URL = _text(r"(https?://[^\s@?#]+)?", "an address such as `http://localhost:11434/v1`, without a key, or nothing")
_MODEL = _text(r"[\w~./:@+-]{0,200}", "a model's name as its server has it, or nothing")
_DATADOG_SITE = _text(r"([a-z0-9-]+\.)*[a-z0-9-]+\.[a-z]+|", "a site of Datadog such as `datadoghq.eu`, or nothing")
_HANDLES = _text(r"(@[\w.@+-]+( @[\w.@+-]+)*)?", "handles such as `@you@example.com @slack-team`, or nothing")
_RUM_APPLICATION = _text(r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?", "an application's id, a UUID, or nothing")
_RUM_TOKEN = _text(r"(pub[0-9a-f]{32})?", "a client token, which begins with `pub`, or nothing")
_DOLLARS = _rule("US dollars such as `2.50`; 0 is no limit", _parse_dollars)
_PORT = _rule("a port from 1 to 65535, or 0 to have one chosen", _parse_port)
_SWITCH = _rule("true or false", _parse_switch, ("true", "false"))


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set: `http_port` is VIBECODE_HTTP_PORT, and `http_port` in config.toml."""

    engine: EngineChoice = field(default="auto", metadata=_choice("auto", "kind", "context", "local"))
    """Where new workspaces live: `kind`, a cluster in Docker; `local`, processes of yours; `auto` chooses."""

    cluster: str = field(default=_CLUSTER.cluster, metadata=_CLUSTER_NAME)
    """The KIND cluster's name; several can live side by side."""

    base_domain: str = field(default=_CLUSTER.base_domain, metadata=_DOMAIN)
    """The domain below which each workspace has its host name; it must lead to this machine."""

    http_port: int = field(default=_CLUSTER.http_port, metadata=_PORT)
    """The port of the workspaces' addresses; 0: 80 if it is free and allowed, else 8080, else any that is free."""

    https_port: int = field(default=_CLUSTER.https_port, metadata=_PORT)
    """The port kept for https; 0: 443 if it is free and allowed, else 8443, else any that is free."""

    node_image: str = field(default=_IMAGES.node, metadata=_OWN_IMAGE)
    """The image of the cluster's node; empty: what `kind` itself takes."""

    code_server_image: str = field(default=_IMAGES.code_server, metadata=_IMAGE)
    """The code-server image that the workspace image is built on."""

    traefik_image: str = field(default=_IMAGES.traefik, metadata=_IMAGE)
    """The image of the ingress."""

    workspace_image: str = field(default=_IMAGES.workspace, metadata=_OWN_IMAGE)
    """An image of your own that workspaces run; empty: one is built, with Python and Node in it."""

    postgresql_image: str = field(default=_IMAGES.postgresql, metadata=_IMAGE)
    """The image of PostgreSQL that runs beside a new workspace whose template asks for it."""

    redis_image: str = field(default=_IMAGES.redis, metadata=_IMAGE)
    """The image of Redis that runs beside a new workspace whose template asks for it."""

    volume_size: str = field(default=_CLUSTER.volume_size, metadata=_QUANTITY)
    """The size of a new workspace's volume."""

    memory: str = field(default=_CLUSTER.memory, metadata=_QUANTITY)
    """The most memory that a workspace may use."""

    cpu: str = field(default=_CLUSTER.cpu, metadata=_CPU)
    """The most processors that a workspace may use."""

    package_cache: PackageCache = field(default=_CLUSTER.package_cache, metadata=_choice("shared", "own"))
    """Fetched packages: `shared` by new workspaces, for speed; `own`: none can alter what another one installs."""

    open_browser: bool = field(default=True, metadata=_SWITCH)
    """Whether `new`, `import` and `open` open the browser; `--no-open` says no for once."""

    serve: bool = field(default=False, metadata=_SWITCH)
    """Whether the terminal application serves the HTTP API and the portal for as long as it runs."""

    serve_port: int = field(default=8420, metadata=_PORT)
    """The port of the HTTP API and the portal, which are served on this machine alone."""

    ai_url: str = field(default="", metadata=_URL)
    """The address of the server whose models are asked; empty: that of the profile in use (`vibecode models`)."""

    ai_model: str = field(default="", metadata=_MODEL)
    """The model that is asked; empty: that of the profile in use."""

    ai_budget_request: str = field(default="1", metadata=_DOLLARS)
    """The most US dollars that one request to a model may cost; 0 is no limit."""

    ai_budget_day: str = field(default="10", metadata=_DOLLARS)
    """The most US dollars that models may cost in a day; 0 is no limit."""

    ai_budget_workspace: str = field(default="0", metadata=_DOLLARS)
    """The most US dollars that models may cost for one workspace; 0 is no limit."""

    ai_minutes: int = field(default=8, metadata=_whole(1, 120))
    """Minutes that installing, testing, starting and repairing a generated project may take in all."""

    ai_repairs: int = field(default=3, metadata=_whole(0, 20))
    """How often a model may repair a project that it generated."""

    ai_commit: bool = field(default=False, metadata=_SWITCH)
    """Whether each change of `chat`, `undo` and `redo` is committed, where the project is in Git."""

    datadog_site: str = field(default="", metadata=_DATADOG_SITE)
    """The site of Datadog that your keys are of; empty: what DD_SITE says, else the site that takes the API key."""

    datadog_agent_image: str = field(default=_AGENT_IMAGES.agent, metadata=_IMAGE)
    """The image of Datadog's Agent."""

    datadog_cluster_agent_image: str = field(default=_AGENT_IMAGES.cluster_agent, metadata=_IMAGE)
    """The image of Datadog's Cluster Agent."""

    datadog_rum_application: str = field(default="", metadata=_RUM_APPLICATION)
    """The id of your RUM application, which pages of new projects and the portal tell of their use; empty: none."""

    datadog_rum_token: str = field(default="", metadata=_RUM_TOKEN)
    """The client token of that application; it is no secret, since pages carry it."""

    datadog_notify: str = field(default="", metadata=_HANDLES)
    """Who is told of alerts, as Datadog writes it: `@you@example.com @slack-team`; empty: nobody is."""

    theme: ThemeChoice = field(default="auto", metadata=_choice("auto", "dark", "light", "contrast", "terminal"))
    """The terminal application's colours; `terminal`: the 16 of your terminal; `auto`: `dark` where it shows more."""

    telemetry: bool = field(default=False, metadata=_SWITCH)
    """Whether VibeCode tells a Datadog Agent of itself; `vibecode datadog status --what` lists what, and says which."""

    telemetry_words: bool = field(default=False, metadata=_SWITCH)
    """Whether that may carry words: what you ask models and what they answer, and the names of workspaces."""

    log_level: LogLevel = field(default="INFO", metadata=_choice("ERROR", "WARN", "INFO", "DEBUG"))
    """From which level on the log file is written: ERROR, WARN, INFO or DEBUG."""


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The values, and for each field where it comes from: `default`, a variable's name, or a file's path."""

    values: Settings
    sources: Mapping[str, str]


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def load(file: Path, environ: Mapping[str, str]) -> LoadedSettings:
    """The settings from `file` (TOML, need not exist) and `environ`; an empty variable counts as not set.

    Raises SettingError for a file that cannot be read, a key that is no setting, and a value that is not allowed.
    """
    written = _read(file)
    known = {one.name: one for one in fields(Settings)}
    for key in written:
        if key not in known:
            raise SettingError(f"{file} has {key!r}, which is no setting.", hint=_similar(key, known))
    values: dict[str, Any] = {}
    sources = dict.fromkeys(known, DEFAULT)
    for name, one in known.items():
        if from_environ := environ.get(variable(name)):
            values[name], sources[name] = _parse(one, from_environ, variable(name)), variable(name)
        elif name in written:
            values[name], sources[name] = _parse(one, written[name], f"{file}: {name}"), str(file)
    return LoadedSettings(Settings(**values), sources)


def cluster_config(settings: Settings, home: Path, version: str) -> ClusterConfig:
    """What the engine must know of the settings; `home` is where its private files are kept."""
    return ClusterConfig(
        home=home,
        cluster=settings.cluster,
        base_domain=settings.base_domain,
        http_port=settings.http_port,
        https_port=settings.https_port,
        images=Images(
            node=settings.node_image,
            code_server=settings.code_server_image,
            traefik=settings.traefik_image,
            workspace=settings.workspace_image,
            postgresql=settings.postgresql_image,
            redis=settings.redis_image,
        ),
        volume_size=settings.volume_size,
        memory=settings.memory,
        cpu=settings.cpu,
        package_cache=settings.package_cache,
        version=version,
    )


def default(one: "Field[Any]") -> Any:
    """A field's default; every setting has one."""
    assert one.default is not MISSING
    return one.default


def rule_of(name: str) -> Rule:
    """Raises SettingError where there is no such setting."""
    known = {one.name: one for one in fields(Settings)}
    if name not in known:
        raise SettingError(f"There is no setting {name!r}.", hint=_similar(name, known))
    return known[name].metadata["rule"]


def checked(name: str, written: str) -> object:
    """The value that this setting takes from what was written. Raises SettingError where it is not allowed."""
    rule = rule_of(name)
    value = rule.parse(written)
    if value is None:
        raise SettingError(f"{name} cannot be {written[:80]!r}; allowed is {rule.allowed}.", hint=_NOT_ALLOWED)
    return value


_NOT_ALLOWED = "`vibecode config` says what each setting means; nothing was changed."


def _parse(one: "Field[Any]", raw: object, where: str) -> object:
    rule: Rule = one.metadata["rule"]
    value = rule.parse(raw)
    if value is None:
        raise SettingError(f"{where} is {raw!r}; allowed is {rule.allowed}.")
    return value


def _read(file: Path) -> Mapping[str, object]:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingError(f"{file} cannot be read: {error.strerror}.") from error
    import tomllib  # only where there is a file: the start-up path is short

    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{file} is not valid TOML: {error}.") from error


def _similar(key: str, known: Mapping[str, object]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(key, known, n=1)
    return f"Did you mean `{close[0]}`?" if close else "`vibecode config` lists every setting."
