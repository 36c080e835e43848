"""`datadog enable` and `datadog disable`: Datadog's Agent in the cluster; and how it is doing, for `datadog status`."""

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from launcher.context import Context
from launcher.datadog import datadog_keys, datadog_status, named_site
from launcher.datadog_agent import agent_config, check_usable, read_agent
from launcher.output.console import Console
from launcher.wiring import config_of
from templates.text import plain

if TYPE_CHECKING:
    from cluster.datadog.agent.state import AgentState

_SIGNS = {"running": ("✓", "green"), "failing": ("✗", "red"), "absent": ("•", "yellow")}


async def enable(context: Context, args: Namespace) -> int:
    from cluster.datadog.agent.install import enable
    from cluster.datadog.agent.senders import unaware_workspaces

    settings, console = context.loaded.values, context.console
    cluster = config_of(settings, context.paths)
    async with context.services.agent_cluster(cluster) as kube:
        site, api_key = await _site_and_key(context)
        config = agent_config(settings, cluster, site, lite=args.lite)
        left = "`vibecode datadog enable` goes on with it, `vibecode datadog disable` removes it."
        await context.work(enable(kube, config, api_key), left=lambda: left)
        unaware = await unaware_workspaces(kube)
    lines = [f"Datadog's Agent runs in the cluster and sends to {site}; `vibecode datadog status` shows how it is."]
    lines += [f"{one} does not know of it yet: `vibecode stop {one} && vibecode start {one}`." for one in unaware]
    document = {"enabled": True, "site": site, "profile": config.profile, "restart": list(unaware)}
    console.answer(document, "\n".join(lines))
    return 0


async def disable(context: Context, _: Namespace) -> int:
    from cluster.datadog.agent.install import disable

    async with context.services.agent_cluster(config_of(context.loaded.values, context.paths)) as kube:
        await context.work(disable(kube), left=lambda: "the same command removes the rest.")
    context.console.answer({"enabled": False}, "Datadog's Agent is not in the cluster any more.")
    return 0


async def agent_state(context: Context) -> "AgentState":
    """How the Agent is doing; where there is no cluster, that is said, too."""
    cluster = config_of(context.loaded.values, context.paths)
    return await read_agent(lambda: context.services.agent_cluster(cluster))


def agent_lines(console: Console, state: "AgentState") -> Iterator[str]:
    sign, style = _SIGNS.get(state.state, ("⚠", "yellow"))
    yield f"{console.style(sign, style)} {plain(state.detail)}"
    for pod in state.pods:
        ready = "ready" if pod.ready else "not ready"
        yield f"  {pod.name}: {ready}, {pod.version}, {pod.restarts} restarts"
        yield from (f"    {plain(line)}" for line in pod.log)
    for check in state.checks:
        if check.error:
            yield f"  {console.style('✗', 'red')} The check {check.name}: {check.error}"
    lost = [f"{one.check} of {one.pod}" for one in state.matches if one.found is False]
    if lost:
        yield f"  {console.style('✗', 'red')} Asked for, and not found by the Agent: {', '.join(lost)}"
    yield from (f"  {console.style('✗', 'red')} {problem}" for problem in state.problems)
    received = state.received
    counts = {"spans": received.spans, "metrics": received.metrics, "log lines": received.log_lines}
    told = [f"{count} {what}" for what, count in counts.items() if count is not None]
    if told:
        yield f"  Received: {', '.join(told)}"


async def _site_and_key(context: Context) -> tuple[str, str]:
    """Raises where there is no key, or a refused one; one that cannot be tried will do where its site is named."""
    services, console = context.services, context.console
    keys = await datadog_keys(services.secrets(), console.environ)
    site = named_site(context.loaded, console.environ)
    status = await context.wait("Looking at the key", datadog_status(keys, site, services.datadog_url))
    usable_at = check_usable(status)
    assert keys.api is not None  # else it were missing
    if status.api.state == "unknown":
        console.say(f"  The key was not tried: {status.api.detail}")
    return usable_at, keys.api.value
