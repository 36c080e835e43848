"""A template of a workspace: the form that asks how it is called, then the work."""

import asyncio
from collections.abc import Mapping

from textual.content import Content

from screens.base.place import PlaceScreen
from screens.forms.fields import FormField
from screens.forms.form import Form
from screens.messages import Begin
from screens.sources import make
from screens.templates.sources import LONGEST_NAME, Known, known, name_problem

NAME = "name"


class MakeTemplate(Form[str]):
    """Answers how it is called; the workspace's own name is proposed where it is free."""

    def __init__(self, workspace: str, there: Known) -> None:
        self._workspace = workspace
        self._there = there
        proposed = "" if name_problem(workspace, there) else workspace
        fields = (FormField(NAME, "Name of the template", proposed, LONGEST_NAME, placeholder="my-template"),)
        super().__init__(Content.styled(f"Make a template of {workspace}", "bold"), fields, "Make it", "makes it")

    def wrong(self) -> Mapping[str, str]:
        problem = name_problem(self.filled(), self._there)
        return {NAME: problem} if problem else {}

    def footing(self) -> str:
        return f"All files of {self._workspace}, but not those that Git ignores or that may hold secrets."

    def filled(self) -> str:
        return self.values[NAME].strip()


async def make_template(place: PlaceScreen, workspace: str) -> None:
    """In a worker of the place, as the names that are taken are read first."""
    services = place.shared.services
    there = await asyncio.to_thread(lambda: known(services.sources()))

    def named(called: str | None) -> None:
        if called is not None:
            place.post_message(Begin(make(place.shared.engines, services.sources, workspace, called), watch=True))

    place.app.push_screen(MakeTemplate(workspace, there), named)
