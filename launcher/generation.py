"""From a prompt to a workspace without anybody to ask: for the HTTP API, and whoever else has only events to show."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from cluster.engine import Engine
from launcher.models import connected_model
from launcher.paths import Paths
from launcher.secrets import Secrets
from launcher.settings import Settings
from templates.events import Event, Steps, stream

log = logging.getLogger(__name__)


def generate_unattended(
    settings: Settings,
    paths: Paths,
    secrets: Secrets,
    environ: Mapping[str, str],
    engine: Engine,
    name: str,
    prompt: str,
    *,
    run: bool,
) -> AsyncGenerator[Event]:
    """Takes the plan as it is; `run` is the caller's word that its commands may run where nothing isolates them.

    Called again with the same name and prompt, it goes on where it was interrupted. The last step says whether the
    project works. Raises what the model, the engine and the workspace raise.
    """

    async def work(steps: Steps) -> None:
        from cluster.generation import workspace_target
        from templates.catalog import Catalog
        from templates.generation.base import base_of
        from templates.generation.generate import Outcome, generate
        from templates.generation.journal import JournaledModel, begin, resume, unfinished, until_ended
        from templates.generation.planning import make_plan
        from templates.generation.progress import Aside, as_steps
        from templates.generation.verification import Effort

        catalog = Catalog()
        found = [one for one in unfinished(paths.generations) if (one.prompt, one.name) == (prompt, name)]
        journal = resume(found[-1]) if found else begin(paths.generations, prompt)
        with until_ended(journal):
            journal.mark("name", name)
            async with connected_model(settings, paths, secrets, environ, workspace=name, notice=log.info) as metered:
                model = JournaledModel(metered, journal)
                async with steps.step("plan", f"Asking {model.id} for a plan") as step:
                    listing = await asyncio.to_thread(catalog.list)
                    planned = await make_plan(model, prompt, listing.templates, lambda _: step.progress("it arrives"))
                    step.note = f"{planned.plan.title}, {len(planned.plan.files)} files"
                plan = planned.plan

                async def may_run() -> bool:
                    return run or "network-isolation" not in engine.lacks

                outcome = Outcome(None)

                def tell(aside: Aside) -> None:
                    nonlocal outcome
                    outcome = aside if isinstance(aside, Outcome) else outcome

                target = workspace_target(engine, name, journal, may_run)
                base = await asyncio.to_thread(base_of, plan, name, catalog)
                effort = Effort(settings.ai_minutes * 60, settings.ai_repairs)
                events = generate(model, prompt, plan, base, target, journal, effort)
                async with aclosing(as_steps(events, lambda: metered.spending.cost, tell)) as happenings:
                    async for event in happenings:
                        steps.pass_on(event)
                async with steps.step("verified", "Whether it works") as step:
                    step.note = _VERDICTS[outcome.verified]

    return stream(work)


_VERDICTS = {
    True: "its commands succeed",
    False: "not all of its commands succeed yet",
    None: "not known, since nothing of it was run",
}
