"""What can go wrong between a prompt and a project."""

from templates.errors import TooLargeError, VibeCodeError


class GenerationError(VibeCodeError):
    """The model's answers do not make a project."""

    code = "generation-failed"
    title = "The model did not write a project"
    hint = "Say it in other words, or choose a stronger model: `vibecode models`."


class PlanError(GenerationError):
    code = "plan-unreadable"
    title = "The model did not make a plan that can be read"


class RepetitionError(GenerationError):
    code = "generation-repeats"
    title = "The model repeats itself without end"
    hint = "Choose another model: `vibecode models` lists them."


class GenerationTooLargeError(TooLargeError):
    code = "generation-too-large"
    title = "The model writes more than a project may have"
    hint = "Ask for a smaller first version, and for the rest with `vibecode chat`."


class JournalError(VibeCodeError):
    code = "generation-journal-unusable"
    title = "The record of a generation cannot be used"
    hint = "See to it that VibeCode's data folder can be written to: `vibecode config` shows where it is."


class GenerationBusyError(VibeCodeError):
    code = "generation-busy"
    title = "Another VibeCode works on this generation"
    hint = "Wait for it to end, then run the same command again."


class CommandFailedError(VibeCodeError):
    """A command of the project failed in its workspace; the step's log has the end of what it printed."""

    code = "command-failed"
    title = "A command of the project failed"
    hint = "The model is given the end of its output; what it cannot mend, `vibecode chat` can."
