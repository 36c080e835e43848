"""What can be wrong with where a person's own templates come from."""

from templates.errors import TemplateError, VibeCodeError


class SourceError(TemplateError):
    """A source that cannot be used, or not any more."""

    code = "template-source"
    title = "The source of templates cannot be used"
    hint = "`vibecode templates` lists the sources; `vibecode templates remove NAME` forgets one."


class SourceNotFoundError(SourceError):
    code = "template-source-not-found"
    title = "There is no such source of templates"


class SourceTakenError(SourceError):
    """The name, or the place itself, is a source already."""

    code = "template-source-taken"
    title = "The source of templates has to be called otherwise"
    hint = "Choose another name: `--name OTHER`."


class SourcesBusyError(SourceError):
    code = "template-sources-busy"
    title = "The sources of templates are being changed"
    hint = "Run the same command again when the other has ended."


class FetchError(SourceError):
    """Git did not bring it; the detail has its last words, without passwords."""

    code = "template-fetch-failed"
    title = "The templates could not be fetched"
    hint = "See whether `git ls-remote URL` reaches it from here, without a question; then run the same command again."


class GitMissingError(FetchError):
    code = "git-missing"
    title = "Git is not there"
    hint = "Install Git, so that `git --version` answers; or name a folder instead of a URL."


class ExportError(VibeCodeError):
    """A workspace that no template can be made of."""

    code = "template-not-made"
    title = "The template was not made"
    hint = "Nothing was written. Run the same command again once the reason is gone."
