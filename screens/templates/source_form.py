"""The form of a source of templates: a folder or an address, and a name if one wants another."""

from collections.abc import Mapping

from textual.content import Content

from screens.forms.fields import FormField
from screens.forms.form import Form
from screens.templates.sources import LONGEST_NAME, NAME, PLACE, Known, Wanted, outcome, problems


class SourceForm(Form[Wanted]):
    """Begins with what is wanted already."""

    def __init__(self, there: Known, wanted: Wanted) -> None:
        self._there = there
        fields = (
            FormField(
                PLACE, "Folder or Git address", wanted.place, 2000, placeholder="~/templates, or https://HOST/PATH"
            ),
            FormField(NAME, "Name", wanted.name, LONGEST_NAME, placeholder="as the folder or repository is called"),
        )
        super().__init__(Content.styled("Add a source of templates", "bold"), fields, "Add it", "adds it")

    def wrong(self) -> Mapping[str, str]:
        return problems(self.filled(), self._there)

    def footing(self) -> str:
        return outcome(self.filled(), self._there)

    def filled(self) -> Wanted:
        values = self.values
        return Wanted(values[PLACE].strip(), values[NAME].strip())
