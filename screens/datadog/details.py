"""Datadog in full: what is known of each of its parts, and what can be done, for the pane beside the list."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from cluster.datadog.health.parts import PARTS as ABOUT
from cluster.datadog.keys import VARIABLES, KeyKind
from cluster.datadog.monitors.monitor import PRIORITIES, Monitor
from cluster.datadog.sites import page_url
from screens.datadog.agent import agent_detail
from screens.datadog.health import AGENT, DEFINED, KEYS, PARTS, TELEMETRY, Health
from screens.datadog.parts import part_detail, part_words
from screens.datadog.presenter import AGENTS, KEY_STATES, KEY_TITLES, since, source_words, state_of, verdict
from screens.datadog.telemetry import telemetry_detail
from screens.glyphs import GLYPHS
from screens.widgets.error_panel import error_words
from screens.words import hanging, keys, marked
from templates.text import age, plain

if TYPE_CHECKING:
    from cluster.datadog.status import KeyStatus

NEEDS: dict[KeyKind, str] = {
    "api": "With it, metrics, logs and traces can be sent to Datadog.",
    "app": "With both keys, it is seen what arrives there, and monitors can be read and made.",
}
SHORT = {1: "down", 2: "degraded", 3: "threshold", 4: "trend"}
"""What the priorities mean, in a word."""
LABEL = 13
"""Columns of a label."""


def detail(health: Health, key: str, width: int, now: datetime) -> Content:
    """All that is known of one row."""
    if key in KEYS:
        status = health.key(key)
        return key_detail(health, status, width) if status is not None else Content.styled("Looking", "$muted")
    if key == AGENT:
        return agent_detail(health.agent, width) if health.agent is not None else Content.styled("Looking", "$muted")
    if key == TELEMETRY:
        return telemetry_detail(health.telemetry, width)
    if key in PARTS:
        return part_detail(PARTS[key], health.part(key), width, now)
    if (monitor := health.defined(key)) is not None:
        return monitor_detail(health, monitor, width, now)
    if health.status is None and health.error is not None:
        return error_words(health.error)
    return overview(health, width, now) if health.set_up else invitation(health)


def invitation(health: Health) -> Content:
    """What Datadog is for, and the way to it, for somebody who has given no key."""
    ways = [
        ("i", "takes the API key: things can be sent there"),
        ("a", "takes the application key: alerts can be made"),
        ("e", "puts Datadog's Agent into the cluster"),
        ("p", "shows what would be made there, then makes it"),
        ("o", "opens the page where keys are made"),
    ]
    return Content("\n\n").join(
        [
            Content.styled("How everything does, seen from anywhere", "bold"),
            Content(
                "Datadog gathers metrics, logs and traces of the cluster, of your workspaces and of VibeCode. "
                f"{len(DEFINED)} alerts are ready for it, each with a page that says what helps: they are in this "
                "list, and can be read without any key."
            ),
            Content.styled("You need an account there, and its two keys:", "$muted"),
            Content("\n").join([Content.assemble((f"{one:<3}", "$accent bold"), words) for one, words in ways]),
            Content.styled(kept_words(health), "$muted"),
        ]
    )


def agent_words(health: Health) -> str:
    return AGENTS[health.agent.state][2] if health.agent is not None else "not looked at"


def kept_words(health: Health) -> str:
    """Where a key goes."""
    if health.keeps:
        return "Keys go into this system's keyring, and to Datadog alone."
    return "There is no keyring here: keys are kept until you leave, and go to Datadog alone."


def goes_where(health: Health, kind: KeyKind) -> str:
    """What becomes of a key that is typed now."""
    status = health.key(f"key:{kind}")
    before = f" {VARIABLES[kind]} is set in the environment, and goes before it."
    return kept_words(health) + (before if status is not None and status.source == "environment" else "")


def overview(health: Health, width: int, now: datetime) -> Content:
    """How it stands as a whole."""
    assert health.status is not None
    status, (glyph, colour, words) = health.status, verdict(health)
    site = f"{plain(status.site.name)} ({plain(status.site.source)})" if status.site else "the API key tells it"
    facts = [("Site", site)]
    facts += [(KEY_TITLES[one.kind], _key_words(one)) for one in _both(health)]
    blocks = [
        Content.assemble(("Datadog", "bold"), "\n", (f"{glyph} {words}", colour)),
        hanging([*facts, ("Agent", agent_words(health))], width, label=17),
    ]
    if health.parts:
        arrived = [(ABOUT[one.name].title, part_words(one, now)) for one in health.parts]
        blocks.append(Content.assemble(("What arrives", "bold"), "\n", hanging(arrived, width, label=17)))
    if health.error is not None:
        blocks.append(trouble(health, now))
    missing = [one for one in _both(health) if one.state not in ("valid", "unknown")]
    blocks += [_hint(one.hint) for one in missing if one.hint]
    if health.monitors is not None:
        blocks.append(_counts(health))
        wanting = [one for one in DEFINED if (found := health.found(one)) and found.state in ("Alert", "Warn")]
        blocks += [_wanting(health, one, now) for one in wanting]
        if absent := sum(health.found(one) is None for one in DEFINED):
            blocks.append(keys((("p", f"shows what would be made: {absent} are not in Datadog"),)))
    return Content("\n\n").join(blocks)


def _both(health: Health) -> "Sequence[KeyStatus]":
    return (health.status.api, health.status.app) if health.status is not None else ()


def _key_words(key: "KeyStatus") -> str:
    """What keeps it from being known is told once for both."""
    return KEY_STATES[key.state][2] if key.error is not None else plain(key.detail)


def trouble(health: Health, now: datetime) -> Content:
    """Why Datadog could not be asked, in words, and how old what is shown is."""
    assert health.error is not None
    old = f" The monitors are as they were {age(health.seen, now)} ago." if health.stale else ""
    return Content.assemble(
        (f"{GLYPHS.failed} {health.error.title}", "$error"),
        "\n",
        plain(health.error.detail),
        (f"{old} It is asked again by itself.", "$muted"),
        "\n",
        (f"{GLYPHS.arrow} ", "$accent"),
        marked(plain(health.error.hint)),
    )


def _hint(words: str) -> Content:
    return Content.assemble((f"{GLYPHS.arrow} ", "$accent"), marked(plain(words)))


def _counts(health: Health) -> Content:
    """The monitors by priority, a line each."""
    lines = [Content.styled("Monitors", "bold")]
    for priority, meaning in SHORT.items():
        of_it = [one for one in DEFINED if one.priority == priority]
        states = Counter(state_of(health.found(one), read=True) for one in of_it)
        parts = [
            Content.assemble((f"{glyph} ", "$muted" if health.stale else colour), f"{count} {word}")
            for (glyph, colour, word), count in states.items()
        ]
        lines.append(Content.assemble((f"P{priority} {meaning:<11}", "$muted"), Content("  ").join(parts)))
    return Content("\n").join(lines)


def _wanting(health: Health, monitor: Monitor, now: datetime) -> Content:
    found = health.found(monitor)
    glyph, colour, word = state_of(found, read=True)
    long = since(found, now)
    for_long = f" for {long}" if long else ""
    return Content.assemble(
        (f"{glyph} P{monitor.priority} {monitor.title}", colour), (f"  {word}{for_long}\n", "$muted"), monitor.meaning
    )


def key_detail(health: Health, status: "KeyStatus", width: int) -> Content:
    glyph, colour, word = KEY_STATES[status.state]
    source = source_words(health, status)
    blocks = [
        Content.assemble(
            (KEY_TITLES[status.kind], "bold"), "\n", (f"{glyph} {word}", colour), (f"  {source}", "$muted")
        ),
        Content(plain(status.detail)),
    ]
    if status.state == "missing":
        blocks.append(Content.styled(NEEDS[status.kind], "$muted"))
    if status.hint:
        blocks.append(_hint(status.hint))
    giving = ("i" if status.kind == "api" else "a", "takes one" if status.state == "missing" else "takes another")
    forgetting = (("d", "forgets it"),) if status.source == "keyring" else ()
    blocks.append(keys((giving, *forgetting, ("o", "opens their page"))))
    blocks.append(hanging([("Variable", VARIABLES[status.kind]), ("Kept", kept_words(health))], width, "$muted", LABEL))
    return Content("\n\n").join(blocks)


def monitor_detail(health: Health, monitor: Monitor, width: int, now: datetime) -> Content:
    """Its state and what it watches; its runbook is below."""
    found, read = health.found(monitor), health.monitors is not None
    glyph, colour, word = state_of(found, read=read)
    told = word or "not read: that needs both keys"
    long = since(found, now)
    facts = [
        ("Priority", f"P{monitor.priority}, {PRIORITIES[monitor.priority]}"),
        ("Component", monitor.component),
        ("Query", monitor.query),
        *((("Warns", f"beyond {monitor.warning:g}"),) if monitor.warning is not None else ()),
    ]
    return Content("\n\n").join(
        [
            Content.assemble(
                (f"{monitor.title[0].upper()}{monitor.title[1:]}", "bold"),
                "\n",
                (f"{glyph} {told}", "$muted" if health.stale else colour),
                (f"  for {long}" if long else "", "$muted"),
            ),
            Content(monitor.meaning),
            hanging(facts, width, "$muted", LABEL),
        ]
    )


def page(health: Health, key: str) -> str:
    """The page of Datadog that a row is about; without a site, that of its first one."""
    site = health.status.site.name if health.status is not None and health.status.site is not None else "datadoghq.com"
    if (monitor := health.defined(key)) is not None:
        found = health.found(monitor)
        return page_url(site, f"monitors/{found.id}" if found else "monitors/manage?q=tag%3Amanaged_by%3Avibecode")
    if key in PARTS:
        return page_url(site, ABOUT[PARTS[key]].page)
    if key == "key:app":
        return page_url(site, "organization-settings/application-keys")
    if key == "key:api" or not health.set_up:
        return page_url(site, "organization-settings/api-keys")
    return page_url(site)
