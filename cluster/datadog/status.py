"""What there is of Datadog here, and what is missing, with how it is set up."""

from dataclasses import dataclass
from typing import Literal

from cluster.datadog.errors import DatadogError
from cluster.datadog.keys import VARIABLES, WORDS, Key, KeyKind, Keys, KeySource
from cluster.datadog.sites import COMMERCIAL, page_url
from cluster.datadog.validation import Validation, Verdict

KeyState = Literal["missing", "malformed", "valid", "refused", "unknown"]

KEYS_PAGE: dict[KeyKind, str] = {
    "api": "organization-settings/api-keys",
    "app": "organization-settings/application-keys",
}
WITHOUT: dict[KeyKind, str] = {
    "api": "There is none; without it, nothing goes to Datadog, and nothing can be asked of it.",
    "app": "There is none; without it, neither what arrives nor monitors can be seen, and none be made.",
}


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """One key; `hint` is what to do where it is not valid, `error` why Datadog could not be asked."""

    kind: KeyKind
    state: KeyState
    detail: str
    hint: str = ""
    source: KeySource | None = None
    error: DatadogError | None = None

    def as_dict(self) -> dict[str, object]:
        return {
            "variable": VARIABLES[self.kind],
            "state": self.state,
            "source": self.source,
            "detail": self.detail,
            "hint": self.hint,
        }


@dataclass(frozen=True, slots=True)
class Site:
    """A site of Datadog, and what has named it: a variable, a file, or `FOUND`."""

    name: str
    source: str


FOUND = "found by the key"


@dataclass(frozen=True, slots=True)
class DatadogStatus:
    """`agent` says what there is of the Agent in the cluster."""

    site: Site | None
    api: KeyStatus
    app: KeyStatus
    agent: str = "The Agent was not looked at; `vibecode datadog status` does."

    @property
    def ok(self) -> bool:
        """Whether monitors can be read and made."""
        return self.api.state == self.app.state == "valid"

    def as_dict(self) -> dict[str, object]:
        """What `vibecode datadog status --json` answers; `missing` are the keys that need somebody."""
        site = self.site
        return {
            "ok": self.ok,
            "site": None if site is None else {"name": site.name, "source": site.source, "url": page_url(site.name)},
            "api_key": self.api.as_dict(),
            "app_key": self.app.as_dict(),
            "agent": {"state": "absent", "detail": self.agent},
            "missing": [
                {"what": VARIABLES[one.kind], "detail": one.detail, "hint": one.hint}
                for one in (self.api, self.app)
                if one.state != "valid"
            ],
        }


async def read_status(keys: Keys, named: Site | None, validation: Validation) -> DatadogStatus:
    """What Datadog says of the keys at the site that somebody has named, else at the site that takes the key."""
    if keys.api is None:
        app = _unasked(keys.app, named, "there is no API key")
        return DatadogStatus(named, _missing("api", named), app)
    if keys.api.defect:
        app = _unasked(keys.app, named, "the API key is not usable")
        return DatadogStatus(named, _malformed(keys.api), app)
    site, api = await (_found(keys.api, validation) if named is None else _at(named, keys.api, validation))
    if site is None or api.state != "valid":
        return DatadogStatus(site, api, _unasked(keys.app, site, "Datadog does not take the API key"))
    return DatadogStatus(site, api, await _app(keys.app, keys.api, site, validation))


async def _at(site: Site, key: Key, validation: Validation) -> tuple[Site, KeyStatus]:
    """At a site that somebody has named; where that refuses the key, the others are asked whose it is."""
    verdict = await validation.api_key(site.name, key)
    if verdict.judgement == "refused":
        others = await validation.sites_of(key, besides=[site.name])
        owner = _owner(others)
        if owner is None:
            return site, _refused(key, f"{site.name} does not take it, and no other site that was asked does.", site)
        detail = f"It is a key of {owner}, not of {site.name} ({site.source})."
        hint = f"`export DD_SITE={owner}`, or for good: `vibecode config set datadog_site {owner}`."
        return site, KeyStatus("api", "refused", detail, hint, key.source)
    return site, _judged(key, verdict, site)


async def _found(key: Key, validation: Validation) -> tuple[Site | None, KeyStatus]:
    """At the site that takes the key; one that cannot be asked might have been it."""
    verdicts = await validation.sites_of(key)
    owner = _owner(verdicts)
    if owner is not None:
        site = Site(owner, FOUND)
        return site, _judged(key, verdicts[owner], site)
    silent = [verdict for verdict in verdicts.values() if verdict.judgement == "unknown"]
    if silent:
        return None, _judged(key, silent[0], None)
    return None, _refused(key, f"None of {', '.join(COMMERCIAL)} takes it.", None)


def _owner(verdicts: dict[str, Verdict]) -> str | None:
    return next((site for site, verdict in verdicts.items() if verdict.judgement == "valid"), None)


async def _app(app: Key | None, api: Key, site: Site, validation: Validation) -> KeyStatus:
    if app is None:
        return _missing("app", site)
    if app.defect:
        return _malformed(app)
    verdict = await validation.app_key(site.name, api, app)
    if verdict.judgement == "refused":
        return _refused(app, f"{site.name} takes the API key, but not this one.", site)
    return _judged(app, verdict, site)


def _judged(key: Key, verdict: Verdict, site: Site | None) -> KeyStatus:
    if verdict.judgement == "valid" and site is not None:
        return KeyStatus(key.kind, "valid", f"{site.name} takes it.", source=key.source)
    error = verdict.error or DatadogError("Datadog was not asked.")
    return KeyStatus(key.kind, "unknown", f"{error.title}: {error.detail}", error.hint, key.source, error)


def _refused(key: Key, detail: str, site: Site | None) -> KeyStatus:
    if key.resembles not in (None, key.kind):
        other = "app" if key.kind == "api" else "api"
        detail += f" It has the form of an {WORDS[other]}."
        hint = f"Put the {WORDS[key.kind]} in {VARIABLES[key.kind]}; what is there now may be the {WORDS[other]}."
        return KeyStatus(key.kind, "refused", detail, hint, key.source)
    detail += " It was revoked, or is not whole."
    return KeyStatus(key.kind, "refused", detail, _how(key.kind, site), key.source)


def _unasked(key: Key | None, site: Site | None, reason: str) -> KeyStatus:
    """An application key, which Datadog judges only together with an API key."""
    if key is None:
        return _missing("app", site)
    if key.defect:
        return _malformed(key)
    return KeyStatus("app", "unknown", f"It was not tried, since {reason}.", "See to the API key first.", key.source)


def _malformed(key: Key) -> KeyStatus:
    return KeyStatus(key.kind, "malformed", key.defect or "", _how(key.kind, None), key.source)


def _missing(kind: KeyKind, site: Site | None) -> KeyStatus:
    return KeyStatus(kind, "missing", WITHOUT[kind], _how(kind, site))


def _how(kind: KeyKind, site: Site | None) -> str:
    """How a key is made and set."""
    where = page_url(site.name, KEYS_PAGE[kind]) if site else "the page Organization Settings of Datadog"
    return f"Make one on {where}, then `vibecode datadog key {kind}` keeps it, or `export {VARIABLES[kind]}=…`."
