"""The form of a template: a name, its variables, and Enter opens it in the editor."""

from collections.abc import Mapping

from textual.content import Content

from screens.forms.form import Form
from screens.forms.naming import destination, proposal, taken_names
from screens.shared import Shared
from screens.templates import presenter
from screens.templates.fields import Filled, fields_of, problem
from templates.catalog import Template
from templates.variables import NAME


class TemplateForm(Form[Filled]):
    """A proposed name that was taken meanwhile gives way to another."""

    def __init__(self, shared: Shared, template: Template) -> None:
        self._shared = shared
        self._template = template
        self._proposed = self._proposal()
        manifest = template.manifest
        heading = Content.assemble(
            presenter.icon(manifest.icon), (manifest.title, "bold"), "  ", (template.id, "$muted")
        )
        super().__init__(heading, fields_of(template, self._proposed), "Open in Editor", "opens it")

    def before(self) -> None:
        name = self.widgets[NAME]
        if name.value == self._proposed != (proposed := self._proposal()):
            self._proposed = name.value = proposed

    def wrong(self) -> Mapping[str, str]:
        taken = taken_names(self._shared.store.snapshot.workspaces, self._shared.jobs.active, self._template.id)
        judged = ((key, problem(self._template, key, value, taken)) for key, value in self.values.items())
        return {key: words for key, words in judged if words}

    def footing(self) -> str:
        return destination(self._shared.store.snapshot)

    def filled(self) -> Filled:
        values = self.values
        return Filled(self._template, values.pop(NAME), tuple(values.items()))

    def _proposal(self) -> str:
        return proposal(self._template.short, self._shared.store.snapshot.workspaces, self._shared.jobs.active)
