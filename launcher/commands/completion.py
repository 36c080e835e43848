"""`completion`: the script that a shell evaluates."""

from argparse import ArgumentParser, Namespace

from launcher import completion
from launcher.commands.command import Command
from launcher.context import Context


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell that you use")


async def _completion(context: Context, args: Namespace) -> int:
    context.console.answer(None, completion.script(args.shell).strip("\n"))
    return 0


COMPLETION = Command(
    "completion",
    "print what a shell needs to complete commands and names",
    (
        ("vibecode completion bash", 'bash: put `eval "$(vibecode completion bash)"` into ~/.bashrc'),
        ("vibecode completion zsh", 'zsh: put `eval "$(vibecode completion zsh)"` into ~/.zshrc'),
        ("vibecode completion fish", "fish: save it as ~/.config/fish/completions/vibecode.fish"),
    ),
    _completion,
    _arguments,
    takes_json=False,
)
