"""What can be wrong with how the program is called or set."""

from templates.errors import VibeCodeError


class UsageError(VibeCodeError):
    """A command line that cannot be understood; the program ends with exit code 2."""

    code = "usage"
    title = "The command is not complete or not right"
    hint = "`vibecode --help` shows every command, with examples."


class ConfirmationNeededError(UsageError):
    """What has to be confirmed cannot be asked: there is no terminal, or the answer is for a program."""

    code = "confirmation-needed"
    title = "This has to be confirmed"


class SettingError(VibeCodeError):
    """A setting's value is not one that is allowed; the detail names where it comes from."""

    code = "setting-invalid"
    title = "A setting is not right"
    hint = "`vibecode config --help` says where settings live; change or remove the one that is named."


class TextEditorError(VibeCodeError):
    code = "text-editor"
    title = "The lines cannot be edited here"
    hint = "Name an editor: `export EDITOR=nano`."


class KeyNotKeptError(VibeCodeError):
    """There is no keyring, and a file of ours is no place for a secret."""

    code = "key-not-kept"
    title = "There is no place on this machine where a key can be kept"
    hint = "Give it by the environment, for this shell: `export VIBECODE_AI_KEY=…`."
