"""What can go wrong where things are shown, each with an action that can work."""

from templates.errors import VibeCodeError


class ShellUnavailableError(VibeCodeError):
    code = "shell-unavailable"
    title = "There is no terminal that a shell could be given"
    hint = "`vibecode exec NAME -- bash` opens one in any terminal."
