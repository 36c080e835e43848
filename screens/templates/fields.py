"""The fields of a template's form, and what is wrong with what was typed: pure functions."""

from collections.abc import Collection
from dataclasses import dataclass

from cluster.names import MAX_NAME
from screens.forms.fields import FormField
from screens.forms.naming import name_problem
from templates.catalog import Template
from templates.text import plain
from templates.variables import NAME, AnyVariable, BooleanVariable, IntegerVariable, StringVariable


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was filled in: the workspace's name, and a value for each variable of the template."""

    template: Template
    name: str
    values: tuple[tuple[str, str], ...]


def fields_of(template: Template, name: str) -> tuple[FormField, ...]:
    """The name first, then the variables in the template's order."""
    variables = template.manifest.variables.items()
    return (FormField(NAME, "Name", name, MAX_NAME), *(_field(key, variable) for key, variable in variables))


def _field(name: str, variable: AnyVariable) -> FormField:
    title, value = plain(variable.title), variable.default_text
    match variable:
        case StringVariable(choices=choices) if choices:
            return FormField(name, title, value, choices=tuple((choice, plain(choice)) for choice in choices))
        case StringVariable(max_length=longest):
            return FormField(name, title, value, longest)
        case IntegerVariable():
            return FormField(name, title, value, 19)
        case BooleanVariable():
            return FormField(name, title, value, choices=(("true", "yes"), ("false", "no")))


def problem(template: Template, name: str, value: str, taken: Collection[str]) -> str:
    """Why this field cannot have this value, as a sentence; empty where it can."""
    if name == NAME:
        return name_problem(value, taken)
    try:
        template.manifest.variables[name].accept(value)
    except ValueError as error:
        return f"It {error}."
    return ""
