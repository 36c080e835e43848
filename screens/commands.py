"""Every command of the application, once: bindings, palette, key bar, Help and the README's table are made of it."""

from dataclasses import dataclass

from textual.binding import Binding

from screens.places import PLACES, PlaceId, place_named


@dataclass(frozen=True, slots=True)
class Command:
    """`id` is the action it calls, `key` the keys (Textual's names, the first is shown), `help` one sentence.

    `place` is where it applies; None is everywhere. Those that are not `in_bar` are found in palette and Help only.
    A `priority` key reaches its command before a field that has the focus.
    """

    id: str
    title: str
    key: str
    help: str
    place: PlaceId | None = None
    in_bar: bool = True
    priority: bool = False


EVERYWHERE = (
    *(Command(f"go('{one.id}')", f"Go to {one.title}", one.key, one.help, in_bar=False) for one in PLACES[:-1]),
    Command("go('help')", "Help", PLACES[-1].key, PLACES[-1].help),
    Command("command_palette", "Commands", "ctrl+p", "Find and run any command by its name.", priority=True),
    Command("jump", "Jump", "ctrl+o", "Put a letter on everything that takes the focus, and go there.", in_bar=False),
    Command("portal", "Portal", "f2", "All workspaces on a page in the browser, served from here.", in_bar=False),
    Command("next_theme", "Theme", "ctrl+t", "Dark, light, high contrast, your terminal's own; kept.", in_bar=False),
    Command("open_log", "Log file", "ctrl+l", "VibeCode's own log, with what an error does not say.", in_bar=False),
    Command("suspend_process", "Suspend", "ctrl+z", "Back to the shell; `fg` comes here again.", in_bar=False),
    Command("leave", "Back", "escape", "To where you came from.", in_bar=False),
    Command("quit", "Quit", "q,ctrl+q", "Leave; asks where work is under way.", in_bar=False),
)

WORKSPACES = (
    Command("open", "Open", "enter", "Open the editor in the browser.", "workspaces"),
    Command("new", "New", "n", "Make a workspace from a template.", "workspaces"),
    Command("start", "Start", "s", "Start it; its files are all there.", "workspaces"),
    Command("stop", "Stop", "x", "Stop it: frees its memory, keeps its files.", "workspaces"),
    Command("delete", "Delete", "d,delete", "Delete it with all its files; asks first.", "workspaces"),
    Command("logs", "Logs", "l", "What it says.", "workspaces"),
    Command("shell", "Shell", "t", "A shell in it, on this terminal.", "workspaces"),
    Command(
        "filter",
        "Filter",
        "slash",
        "Only those whose name, template or state has these letters.",
        "workspaces",
        priority=True,
    ),
    Command("mark", "Select", "space", "Select it, to act on several at once.", "workspaces", in_bar=False),
    Command("mark_all", "Select all", "a", "Select all that are shown, or none.", "workspaces", in_bar=False),
    Command("details", "Details", "right", "All that is known of it, in a narrow window.", "workspaces", in_bar=False),
    Command("copy", "Copy address", "c", "Copy its address; works over SSH too.", "workspaces", in_bar=False),
    Command("code", "QR code", "u", "Its address as a QR code.", "workspaces", in_bar=False),
    Command("port", "Open port", "p", "Open what the project serves.", "workspaces", in_bar=False),
    Command("template", "Make template", "w", "Make a template of its files.", "workspaces", in_bar=False),
)

TEMPLATES = (
    Command("use", "Use it", "enter", "Name it, set its variables, and open it in the editor.", "templates"),
    Command(
        "search",
        "Search",
        "slash",
        "Only those with these letters in title, tags, language or use.",
        "templates",
        priority=True,
    ),
    Command("language", "Language", "l", "Only those in one language, one after the other.", "templates"),
    Command("next_view", "Preview", "right", "What it is, its README, its files.", "templates"),
    Command("previous_view", "Preview back", "left", "The same, the other way round.", "templates", in_bar=False),
    Command("add_source", "Add source", "a", "Templates of your own: a folder, or what Git fetches.", "templates"),
    Command("update_source", "Update source", "u", "Fetch its source anew.", "templates", in_bar=False),
    Command("remove_source", "Remove source", "d,delete", "Forget its source; asks first.", "templates", in_bar=False),
)

PROMPT = (
    Command("send", "Plan it", "enter", "Ask for a plan of what you describe.", "prompt"),
    Command("yes", "Write it", "y", "Accept the plan; let commands run that are asked for.", "prompt"),
    Command("no", "Leave it", "n", "Run none of the commands that are asked for.", "prompt"),
    Command("change", "Change", "c", "Say what is to be different in the plan.", "prompt"),
    Command("resume", "Go on", "r", "Go on with what was interrupted; nothing is asked for twice.", "prompt"),
    Command("open", "Open", "o", "Open the editor in the browser.", "prompt"),
    Command("another", "Another", "a", "Describe another project.", "prompt"),
    Command("cancel", "Cancel", "x", "Stop it; what has arrived is kept.", "prompt"),
    Command("drop", "Drop", "d,delete", "Forget what was interrupted; asks first.", "prompt"),
    Command("chat", "Chat", "t", "Go on with it in words.", "prompt"),
    Command("progress", "Steps", "p", "Its steps and their log.", "prompt", in_bar=False),
    Command("models", "Models", "ctrl+g,m", "Pick a model or a server, set keys, test.", "prompt"),
    Command("usage", "Usage", "u", "What models have cost.", "prompt", in_bar=False),
    Command("sign_in", "Sign in", "s", "Sign in to OpenRouter by the browser.", "prompt"),
    Command("key", "Key", "k", "Give the key of the server in use.", "prompt"),
)

CHAT = (
    Command("send", "Send", "enter", "Ask for what you have written.", "chat"),
    Command("review", "Review", "ctrl+r", "Look at the proposed changes, one by one.", "chat"),
    Command("run_command", "Run", "f5", "Run the command that the model wants; asks first.", "chat"),
    Command("take", "Take", "y", "Take this change.", "chat"),
    Command("decline", "Leave", "n", "Leave this change.", "chat"),
    Command("turn", "Turn", "space", "Take the change, or leave it.", "chat", in_bar=False),
    Command("take_all", "All", "a", "Take all changes.", "chat"),
    Command("decline_all", "None", "z", "Leave all changes.", "chat"),
    Command("rewrite", "Edit", "e", "Write the lines of this change yourself.", "chat"),
    Command("apply", "Write", "w", "Write what is taken; it can be undone.", "chat"),
    Command("new", "New", "ctrl+n", "Begin another conversation; this one is kept.", "chat"),
    Command("workspaces", "Workspace", "ctrl+b", "To the list of workspaces.", "chat"),
    Command("models", "Models", "ctrl+g,m", "Pick a model or a server, set keys, test.", "chat"),
    Command("usage", "Usage", "u", "What models have cost.", "chat", in_bar=False),
    Command("sign_in", "Sign in", "s", "Sign in to OpenRouter by the browser.", "chat"),
    Command("key", "Key", "k", "Give the key of the server in use.", "chat"),
)

PROGRESS = (
    Command("cancel", "Cancel", "x", "Stop the work; called again, it goes on from there.", "progress"),
    Command("retry", "Retry", "r", "Do it again; it goes on where it stopped.", "progress"),
    Command("open", "Open", "o", "Open the workspace that was made.", "progress"),
    Command("copy", "Copy", "c", "Copy the steps, the error and the log.", "progress"),
    Command("forget", "Clear", "d,delete", "Take finished work off the list.", "progress"),
)

CLUSTER = (
    Command("up", "Start", "u", "Make the engine, or start and repair it.", "cluster"),
    Command("down", "Remove", "d,delete", "Remove the engine with all its workspaces; asks first.", "cluster"),
    Command("examine", "Examine", "r", "Let the doctor look again at what usually stops a cluster.", "cluster"),
    Command("fix", "Fix", "f", "Mend what needs no root and is VibeCode's own.", "cluster"),
    Command("copy", "Copy fix", "c", "Copy the line that mends what was found.", "cluster"),
    Command(
        "details", "Details", "enter,right", "All that is known of it, in a narrow window.", "cluster", in_bar=False
    ),
)

LOGS = (
    Command("enter", "Read", "enter", "From the list into the log.", "logs", in_bar=False),
    Command("follow", "Follow", "f", "Stay at the end as lines come, or stop there.", "logs"),
    Command("search", "Search", "slash", "Go to lines with these letters.", "logs", priority=True),
    Command("next_match", "Next", "n", "The next line below that has what is searched for.", "logs"),
    Command("previous_match", "Previous", "N", "The next line above that has it.", "logs"),
    Command("level", "Level", "l", "Only errors, or also what is less grave.", "logs"),
    Command("wrap", "Wrap", "w", "Show long lines whole, on several rows.", "logs"),
    Command("copy", "Copy", "c", "Copy the line, or those selected with Shift and the arrows.", "logs"),
    Command("copy_all", "Copy all", "C", "Copy every line that is shown.", "logs", in_bar=False),
    Command("first", "First", "home,g", "To the oldest line.", "logs", in_bar=False),
    Command("last", "Last", "end,G", "To the newest line, and follow.", "logs", in_bar=False),
    Command("start", "Start", "s", "Start the workspace.", "logs", in_bar=False),
)

DATADOG = (
    Command("details", "Read", "enter,right", "Its runbook, and all that is known of it.", "datadog"),
    Command("plan", "Monitors", "p", "What would be made and changed in Datadog; then do it.", "datadog"),
    Command("api_key", "API key", "i", "Give the API key; it is not shown.", "datadog"),
    Command("app_key", "App key", "a", "Give the application key; it is not shown.", "datadog"),
    Command("enable", "Agent", "e", "Put Datadog's Agent into the cluster, or make it so.", "datadog"),
    Command("look", "Ask", "r", "Ask Datadog again; each minute it is asked by itself.", "datadog"),
    Command("open", "In Datadog", "o", "Open its page in Datadog.", "datadog", in_bar=False),
    Command("enable_lite", "Agent, lite", "l", "The same with less memory.", "datadog", in_bar=False),
    Command("disable", "Remove Agent", "x", "Remove the Agent; asks first.", "datadog", in_bar=False),
    Command("forget_key", "Forget key", "d,delete", "Forget the key; asks first.", "datadog", in_bar=False),
    Command("delete_monitors", "Delete monitors", "z", "Delete VibeCode's in Datadog; asks.", "datadog", in_bar=False),
    Command("copy", "Copy address", "c", "Copy the address of its page in Datadog.", "datadog", in_bar=False),
)

SETTINGS = (
    Command("edit", "Change", "enter", "Write a new value into the file of settings.", "settings"),
    Command("reset", "Reset", "d,delete", "Take it out of the file: the default counts again.", "settings"),
    Command(
        "search",
        "Search",
        "slash",
        "Only those with these letters in name, value or meaning.",
        "settings",
        priority=True,
    ),
    Command("copy", "Copy path", "c", "Copy the path of the file of settings.", "settings"),
    Command("details", "Details", "right", "All that is known of it, in a narrow window.", "settings", in_bar=False),
)

HELP = (
    Command("search", "Search", "slash", "Only the keys with these letters in what they do.", "help", priority=True),
    Command("copy", "Copy log path", "c", "Copy the path of the log file.", "help"),
)

COMMANDS = (
    *EVERYWHERE,
    *WORKSPACES,
    *TEMPLATES,
    *PROMPT,
    *CHAT,
    *PROGRESS,
    *CLUSTER,
    *LOGS,
    *DATADOG,
    *SETTINGS,
    *HELP,
)


def commands_of(place: PlaceId | None) -> tuple[Command, ...]:
    """The commands of one place; those of everywhere for None."""
    return tuple(command for command in COMMANDS if command.place == place)


def bindings(place: PlaceId | None) -> list[Binding]:
    """The keys of one place, for a screen's `BINDINGS`; of everywhere, for the application's."""
    return [
        Binding(
            command.key,
            command.id,
            command.title,
            show=command.in_bar,
            tooltip=command.help,
            priority=command.priority,
            id=f"{place or 'everywhere'}.{command.id}",
        )
        for command in commands_of(place)
    ]


def markdown_table() -> str:
    """Every command with its key, for the README."""
    rows = ["| Where | Key | Command | What it does |", "| --- | --- | --- | --- |"]
    for command in COMMANDS:
        where = "everywhere" if command.place is None else place_named(command.place).title
        keys = " or ".join(f"`{key_words(key)}`" for key in command.key.split(","))
        rows.append(f"| {where} | {keys} | {command.title} | {command.help} |")
    return "\n".join(rows)


_KEYS = {
    "question_mark": "?",
    "slash": "/",
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "delete": "Del",
    "up": "↑",
    "down": "↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "left": "←",
    "right": "→",
    **{f"f{number}": f"F{number}" for number in range(1, 13)},
}


def key_words(key: str) -> str:
    """A key as a person reads it: `Ctrl+P`, `?`, `Enter`."""
    *held, last = key.split("+")
    return "+".join([*(one.capitalize() for one in held), _KEYS.get(last, last.upper() if held else last)])
