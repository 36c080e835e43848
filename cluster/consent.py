"""Whether what somebody else wrote may run where nothing isolates it: only after a person's yes that shows it."""

from dataclasses import dataclass

from cluster.engine import Engine
from cluster.errors import ConsentNeededError
from templates.catalog import is_ours
from templates.project import Project
from templates.sources.consent import what_runs


@dataclass(frozen=True, slots=True)
class Consent:
    """Why it is asked for, whose it is in a sentence, and what would run, a line each."""

    reason: str
    whose: str
    commands: tuple[str, ...]


def consent_to(project: Project, engine: Engine) -> Consent | None:
    """What has to be agreed to before the project is made into a workspace of this engine; None where nothing has.

    Asked for is what comes from a source of templates; one's own folder, and what comes with the program, is not.
    """
    template, reason = project.manifest.template, engine.lacks.get("network-isolation")
    if reason is None or template is None or is_ours(template):
        return None
    commands = what_runs(project)
    return Consent(reason, f"{template} is not VibeCode's own. This of it runs as you:", commands) if commands else None


def check_consent(project: Project, engine: Engine) -> None:
    """For whoever cannot ask. Raises ConsentNeededError."""
    if (consent := consent_to(project, engine)) is not None:
        words = (consent.reason, consent.whose, "; ".join(consent.commands))
        raise ConsentNeededError(" ".join(words), hint=_where_it_is_asked(project))


def too_much_to_show(project: Project) -> ConsentNeededError:
    """Where a question has no room for all that it is about."""
    detail = f"{project.manifest.template} runs more than can be shown here."
    return ConsentNeededError(detail, hint=_where_it_is_asked(project))


def _where_it_is_asked(project: Project) -> str:
    return (
        f"`vibecode new {project.manifest.template}` shows all that would run, and asks; `--run` says yes beforehand."
    )
