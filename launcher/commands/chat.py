"""`chat`: a change asked for in words, reviewed hunk by hunk; and the conversations of a workspace."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from cluster.engine import Engine
from launcher.commands.command import Command
from launcher.context import Context
from launcher.errors import UsageError
from launcher.output.text import columns
from templates.text import plain

if TYPE_CHECKING:
    from templates.workspace_files import WorkspaceFiles


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the workspace")
    parser.add_argument("instruction", metavar="INSTRUCTION", nargs="?", help="what is to change, in your words")
    parser.add_argument("--apply", action="store_true", help="write all that is proposed without asking")
    parser.add_argument("--chat", metavar="ID", help="go on with this conversation")
    parser.add_argument("--continue", dest="go_on", action="store_true", help="go on with the last conversation")
    parser.add_argument("--list", action="store_true", help="list the workspace's conversations")
    parser.add_argument("--export", metavar="ID", help="print a conversation as Markdown")
    parser.add_argument("--delete", metavar="ID", help="delete a conversation; its changes stay")


async def _chat(context: Context, args: Namespace) -> int:
    asked_for = [args.list, args.export is not None, args.delete is not None, args.instruction is not None]
    if sum(asked_for) != 1:
        raise UsageError(
            "There is nothing to do."
            if not any(asked_for)
            else "An instruction does not go with --list, --export, --delete.",
            hint=f'`vibecode chat {args.name} "add an expiry date"` asks for a change.',
        )
    async with context.engine_of(args.name) as engine:
        if args.instruction is not None:
            return await _turn(context, engine, args)
        from cluster.files import EngineFiles

        return await _kept(context, EngineFiles(engine, args.name), args)


async def _turn(context: Context, engine: Engine, args: Namespace) -> int:
    from cluster.files import EngineFiles
    from launcher.commands.chatting import Chatting
    from launcher.models import connected_model
    from templates.chat.conversations import Conversation, new_id, read_conversation, read_conversations

    if not args.instruction.strip():
        raise UsageError("The instruction is empty.", hint=f'`vibecode chat {args.name} "add an expiry date"`.')
    files = EngineFiles(engine, args.name)
    conversation = Conversation(new_id(), ())
    if args.chat:
        conversation = await read_conversation(files, args.chat)
    elif args.go_on:
        conversation = next(iter(await read_conversations(files)), conversation)
    console, settings = context.console, context.loaded.values
    secrets = context.services.secrets()
    async with connected_model(
        settings, context.paths, secrets, console.environ, workspace=args.name, notice=console.say
    ) as model:
        return await Chatting(context, files, args.name, model, conversation).turn(args.instruction, apply=args.apply)


async def _kept(context: Context, files: "WorkspaceFiles", args: Namespace) -> int:
    from launcher.output.chat_documents import conversations_document
    from templates.chat.conversations import as_markdown, delete_conversation, read_conversation, read_conversations

    if args.delete is not None:
        await delete_conversation(files, args.delete)
        context.console.answer({"deleted": args.delete}, f"Deleted: {args.delete}. What it changed stays.")
    elif args.export is not None:
        text = as_markdown(args.name, await read_conversation(files, args.export))
        shown = "\n".join(plain(line) for line in text.split("\n"))
        context.console.answer({"chat": args.export, "markdown": text}, shown.rstrip())
    else:
        found = await read_conversations(files)
        rows = [(one.id, one.last, str(len(one.messages)), plain(" ".join(one.title.split()))[:80]) for one in found]
        words = columns(("CHAT", "LAST", "TURNS", "BEGINS WITH"), rows) if rows else ["There are no conversations yet."]
        context.console.answer(conversations_document(found), "\n".join(words))
    return 0


CHAT = Command(
    "chat",
    "change a workspace's files by words, each change reviewed",
    (
        ('vibecode chat shop "add an expiry date"', "shows each change and asks"),
        ('vibecode chat shop "why do the tests fail?" --continue', "goes on with the last conversation"),
        ('vibecode chat shop "add a licence" --apply --json', "for a script, without asking"),
        ("vibecode chat shop --list", "the conversations so far"),
    ),
    _chat,
    _arguments,
    description="""Change a workspace's files by words. Nothing is written before you have agreed to it: in a terminal
each change is shown and asked for, with --apply all of it is written, and else only the proposal is answered.
`vibecode undo NAME` takes a change back.""",
)
