"""What can go wrong between an instruction and a change."""

from templates.errors import FilesConflictError, VibeCodeError


class AnswerRepeatsError(VibeCodeError):
    code = "answer-repeats"
    title = "The model began to repeat itself and was stopped"
    hint = "Nothing was written. Ask again in other words, or choose another model: `vibecode models`."


class AnswerWithheldError(VibeCodeError):
    code = "answer-withheld"
    title = "The service held back the model's answer"
    hint = "Nothing was written. Ask in other words, or choose another model: `vibecode models`."


class EditsNotPlacedError(VibeCodeError):
    """Edits of an answer that have no place in the files; none of the answer was written."""

    code = "edits-not-placed"
    title = "Some of the model's edits do not fit the files"
    hint = "Nothing was written. Ask again, or leave out --apply in a terminal to choose among those that fit."


class NothingToUndoError(VibeCodeError):
    code = "nothing-to-undo"
    title = "There is nothing to undo"
    hint = '`vibecode chat NAME "…"` makes changes that can be undone.'


class NothingToRedoError(VibeCodeError):
    code = "nothing-to-redo"
    title = "There is nothing to redo"
    hint = "Only what `vibecode undo NAME` took back, and no change came after, can be done again."


class ChangedSinceError(FilesConflictError):
    """Files that were edited after the turn that is to be undone or redone; the detail has the differences."""

    code = "changed-since"
    title = "Files were edited since, so this cannot be taken back without losing that"
    hint = "Nothing was written. Undo the edits that are shown in the editor, or make the change by hand."


class ChatNotFoundError(VibeCodeError):
    code = "chat-not-found"
    title = "There is no such conversation"
    hint = "`vibecode chat NAME --list` shows what there is."
