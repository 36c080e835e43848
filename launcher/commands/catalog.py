"""All commands, in the order of the help."""

from launcher.commands.ai import AI
from launcher.commands.chat import CHAT
from launcher.commands.cluster import DOWN, STATUS, UP
from launcher.commands.command import Command
from launcher.commands.completion import COMPLETION
from launcher.commands.config import CONFIG
from launcher.commands.create import IMPORT, NEW
from launcher.commands.datadog import DATADOG
from launcher.commands.doctor import DOCTOR
from launcher.commands.exec import EXEC
from launcher.commands.logs import LOGS
from launcher.commands.models import MODELS
from launcher.commands.move import MOVE
from launcher.commands.serve import SERVE
from launcher.commands.templates import TEMPLATES
from launcher.commands.undo import REDO, UNDO
from launcher.commands.usage import USAGE
from launcher.commands.workspaces import DELETE, LIST, OPEN, START, STOP

COMMANDS: tuple[Command, ...] = (
    NEW,
    AI,
    IMPORT,
    TEMPLATES,
    LIST,
    OPEN,
    CHAT,
    UNDO,
    REDO,
    LOGS,
    EXEC,
    STOP,
    START,
    DELETE,
    MOVE,
    MODELS,
    USAGE,
    UP,
    STATUS,
    DOWN,
    DOCTOR,
    DATADOG,
    SERVE,
    CONFIG,
    COMPLETION,
)
