"""The plan as it is agreed on: what the person wished for is in the journal, so that it is never asked for twice."""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal

from templates.catalog import Template
from templates.generation.journal import Journal, JournaledModel
from templates.generation.plan import Plan
from templates.generation.planning import Planned, change_plan, make_plan
from templates.generation.prompts import files_messages
from templates.models.metered import MeteredModel

ACCEPTED, WISHES, NAME = "accepted", "wishes", "name"
"""The journal's marks: that the plan was accepted, what was to be changed in it, and the workspace's name."""

TOKENS_PER_FILE = 700
"""What a file of such a project has on average; for the estimate alone."""


class PlanDialogue:
    """One prompt's plan; what it raises is what `make_plan` and `change_plan` raise."""

    def __init__(self, metered: MeteredModel, journal: Journal, prompt: str, templates: Sequence[Template]) -> None:
        self._model = JournaledModel(metered, journal)
        self._journal = journal
        self._prompt = prompt
        self._templates = templates
        self._planned: Planned | None = None

    async def plan(self, show: Callable[[str], object]) -> Plan:
        """The plan with all that was wished for before; `show` is given what arrives."""
        self._planned = await make_plan(self._model, self._prompt, self._templates, show)
        for wish in self._wishes:
            self._planned = await change_plan(self._model, self._planned, wish, self._templates, show)
        return self._planned.plan

    async def change(self, wish: str, show: Callable[[str], object]) -> Plan:
        """Another plan, as the person wishes it."""
        assert self._planned is not None, "there is a plan before it is changed"
        self._journal.mark(WISHES, json.dumps([*self._wishes, wish]))
        self._planned = await change_plan(self._model, self._planned, wish, self._templates, show)
        return self._planned.plan

    @property
    def accepted(self) -> bool:
        """Whether the person has said yes before the interruption."""
        return self._journal.marked(ACCEPTED) is not None

    def accept(self) -> None:
        self._journal.mark(ACCEPTED, "yes")

    @property
    def _wishes(self) -> list[str]:
        return json.loads(self._journal.marked(WISHES) or "[]")


def writing_cost(metered: MeteredModel, prompt: str, plan: Plan) -> Decimal | None:
    """US dollars that writing the plan's files will take, about; None where prices are unknown."""
    return metered.estimate(files_messages(prompt, plan, ()), TOKENS_PER_FILE * len(plan.files))
