"""What the model is told, word for word; nothing else decides what it sees."""

from collections.abc import Iterable, Mapping, Sequence

from templates.catalog import Template
from templates.generation.plan import Plan
from templates.models.model import ChatMessage
from templates.models.prices import BYTES_PER_TOKEN
from templates.project import ProjectFile

SHOWN_FILE = 64 * 1024
SHOWN_FILES = 256 * 1024
"""Bytes of one file, and of all, that are shown to the model; what is beyond that is only named."""

TAIL_LINES = 12
"""Lines at the end of a cut answer that the model is reminded of."""

PLAN_SYSTEM = """\
You plan small, complete software projects that start at once in a Linux container with Python 3 and uv, Node with \
npm, git and build tools. There is no Docker in it, no system package can be installed, and servers must listen on \
127.0.0.1.

Answer with exactly these lines, and nothing else:

NAME: short-name-with-hyphens
TITLE: The project's title
SUMMARY: One sentence that says what it does
LANGUAGE: the main language
STACK: what it is built with
BASE: the id of the template to start from, or none
PORTS: the port that it serves (1024 to 65535), or none
INSTALL: the one command that installs what it needs, or none
RUN: the one command that starts it, or none
TEST: the one command that runs its tests and then ends
FILES:
- path/of/a/file: what it is for

List every file that you will write, tests and a README.md among them; never a lock file, binary or generated one. \
Keep it small: the fewest files that do all that was asked for. Commands run with sh in the project's folder, must \
not ask anything, and must be consistent with the files. Prefer SQLite to a database server. A template as the base is \
better than an empty folder, where one fits.
"""

FILES_SYSTEM = """\
You write complete, working software projects for a Linux container with Python 3 and uv, Node with npm, git and build \
tools. Servers listen on 127.0.0.1.

Write each file like this, the tags alone on their lines, its content between them exactly as it is to be in the file:

<file path="folder/name.ext">
content
</file>

No fences around a file, no line numbers, nothing left out, no placeholders such as "rest of the code". A file that \
you write is written whole. To remove a file that is there: <delete path="folder/name.ext"/> alone on a line. Paths \
are relative, with forward slashes. Write no lock files and nothing in .git, .vscode or node_modules. Say as little as \
possible outside of the files.
"""


def plan_messages(prompt: str, templates: Sequence[Template]) -> list[ChatMessage]:
    listing = "\n".join(map(_template, templates))
    asked = f"Templates that can be the base:\n{listing or '- none'}\n\nPlan this project:\n\n{prompt}"
    return [ChatMessage("system", PLAN_SYSTEM), ChatMessage("user", asked)]


def _template(template: Template) -> str:
    manifest = template.manifest
    commands = (("install", manifest.install), ("run", manifest.run), ("test", manifest.test))
    words = "; ".join(f"{name}: {command}" for name, command in commands if command)
    return f"- {template.id}: {manifest.title}. {manifest.description} ({words})"


def plan_again(complaint: str) -> ChatMessage:
    return ChatMessage("user", f"{complaint}\n\nAnswer again with the whole plan, in exactly the lines that I named.")


def shown_bytes(context: int | None) -> int:
    """Bytes of files that fit beside an answer of the same length into a model's context, which is in tokens."""
    return SHOWN_FILES if context is None else min(SHOWN_FILES, context * BYTES_PER_TOKEN // 2)


def files_messages(prompt: str, plan: Plan, base: Sequence[ProjectFile], room: int = SHOWN_FILES) -> list[ChatMessage]:
    """`room` is in bytes of files, as in `shown_bytes`."""
    asked = f"{prompt}\n\nThis is the plan:\n\n{plan_text(plan)}"
    if base:
        asked += (
            "\n\nThese files are there already. Write only those that change and those that are new, and delete what "
            f"does not belong:\n\n{files_text(((file.path, _content(file)) for file in base), room)}"
        )
    asked += "\n\nWrite all files of the plan now, the ones that say what is installed first."
    return [ChatMessage("system", FILES_SYSTEM), ChatMessage("user", asked)]


def repair_messages(
    prompt: str,
    plan: Plan,
    files: Mapping[str, bytes],
    command: str,
    exit_code: int,
    output: str,
    room: int = SHOWN_FILES,
) -> list[ChatMessage]:
    asked = (
        f"{prompt}\n\nThis is the plan:\n\n{plan_text(plan)}\n\n"
        f"These are the files:\n\n{files_text(files.items(), room)}\n\n"
        f"This command failed with exit code {exit_code}:\n\n{command}\n\nThe end of what it printed:\n\n{output}\n\n"
        "Find the cause, and write the files that must change, each whole. The commands stay as they are."
    )
    return [ChatMessage("system", FILES_SYSTEM), ChatMessage("user", asked)]


def go_on(said: str, cut_off: str | None) -> list[ChatMessage]:
    """What follows an answer that broke off after the whole lines `said`, in the file `cut_off` or between two."""
    if cut_off is None:
        asked = "You were cut off. Go on with the next file; do not write again what you have written."
    else:
        tail = "\n".join(said.splitlines()[-TAIL_LINES:])
        asked = (
            f"You were cut off in {cut_off}. The last lines that arrived are:\n\n{tail}\n\nGo on with the line after "
            f'them. Begin with <continue path="{cut_off}"> alone on a line, then the lines of that file that are '
            "still missing, then </file>, then the files that are still missing."
        )
    return [ChatMessage("assistant", said), ChatMessage("user", asked)]


def still_missing(said: str, missing: Iterable[str]) -> list[ChatMessage]:
    names = "\n".join(f"- {path}" for path in missing)
    asked = f"These files have not arrived whole. Write them now, and no others, in the form that I gave:\n\n{names}"
    return [ChatMessage("assistant", said or "(nothing)"), ChatMessage("user", asked)]


def plan_text(plan: Plan) -> str:
    """The plan as the model wrote it, or would have."""
    ports = ", ".join(map(str, plan.ports))
    lines = [
        f"NAME: {plan.name}",
        f"TITLE: {plan.title}",
        f"SUMMARY: {plan.summary}",
        f"LANGUAGE: {plan.language}",
        f"STACK: {plan.stack}",
        f"BASE: {plan.base or 'none'}",
        f"PORTS: {ports or 'none'}",
        f"INSTALL: {plan.install or 'none'}",
        f"RUN: {plan.run or 'none'}",
        f"TEST: {plan.test or 'none'}",
        "FILES:",
        *(f"- {file.path}: {file.purpose}" for file in plan.files),
    ]
    return "\n".join(lines)


def files_text(files: Iterable[tuple[str, bytes]], room: int) -> str:
    """Files in the form in which they are to be written; those that are no text, or too much, are only named."""
    shown: list[str] = []
    left = room
    for path, content in files:
        text = _text(content) if len(content) <= min(SHOWN_FILE, left) else None
        if text is None:
            shown.append(f"({path}, {len(content)} bytes, is not shown)")
            continue
        left -= len(content)
        end = "" if text.endswith("\n") or not text else "\n"
        shown.append(f'<file path="{path}">\n{text}{end}</file>')
    return "\n".join(shown)


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _content(file: ProjectFile) -> bytes:
    return b"".join(file.chunks())
