"""What the gallery can have done to the sources of a person's own templates."""

from textual.message import Message

from screens import sources as tasks
from screens.base.place import PlaceScreen
from screens.messages import Ask, Begin
from screens.shared import Shared
from screens.templates.sources import Known, Wanted, removal
from templates.sources.source import Source


class SourcePlace(PlaceScreen):
    """Acts on the source of the template that the cursor is on, which a subclass names."""

    class SourcesChanged(Message):
        """Templates came or went; `template` is one to look at."""

        def __init__(self, template: str | None) -> None:
            super().__init__()
            self.template = template

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.known = Known()
        self._wanted_source = Wanted()

    @property
    def template_id(self) -> str | None:
        """The template that the cursor is on."""
        raise NotImplementedError

    @property
    def source(self) -> Source | None:
        """Where it comes from; None for one of ours."""
        return self.known.of(self.template_id or "")

    def action_add_source(self) -> None:
        """Opens the form, which has what was typed the last time until that is added."""
        from screens.templates.source_form import SourceForm

        self.app.push_screen(SourceForm(self.known, self._wanted_source), self._add)

    def _add(self, wanted: Wanted | None) -> None:
        if wanted is not None:
            self._wanted_source = wanted
            sources = self.shared.services.sources
            self.post_message(Begin(tasks.add(sources, wanted.place, wanted.called, self._added)))

    def _added(self, template: str | None) -> None:
        self._wanted_source = Wanted()
        self._changed_by_task(template)

    def action_update_source(self) -> None:
        if (source := self.source) is not None:
            self.post_message(Begin(tasks.update(self.shared.services.sources, source, self._changed_by_task)))

    def action_remove_source(self) -> None:
        if (source := self.source) is None:
            return
        question, detail = removal(source, self.known)
        kept = source.name in self.known.kept
        task = tasks.remove(self.shared.services.sources, source, self._changed_by_task, kept=kept)

        def confirmed() -> None:
            self.post_message(Begin(task))

        self.post_message(Ask(question, detail, "Delete it" if kept else "Remove it", confirmed))

    def _changed_by_task(self, template: str | None) -> None:
        self.post_message(self.SourcesChanged(template))
