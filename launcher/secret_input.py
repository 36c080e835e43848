"""A secret from a person or a pipe, since an argument would be seen by every process."""

from launcher import stdio
from launcher.errors import UsageError
from launcher.output.console import Console

LONGEST = 4096
"""Bytes."""


async def read_secret(console: Console, question: str, *, example: str) -> str:
    """One line, typed without being shown, or piped in. Raises UsageError, with the example, for none."""
    stdin = console.stdin
    said = b""
    if stdin is not None and console.stdin_is_terminal:
        console.stderr.write(question)
        console.stderr.flush()
        with stdio.hidden(stdin.fileno()):
            said = await stdio.read(stdin.fileno())
        console.say("")
    elif stdin is not None:
        while len(said) < LONGEST and (data := await stdio.read(stdin.fileno())):
            said += data
    secret = said.decode("utf-8", "replace").strip()
    hint = f"Type it, or pipe it in: `{example}`."
    if not secret:
        raise UsageError("No key arrived.", hint=hint)
    if not secret.isascii() or not secret.isprintable() or " " in secret or len(secret) > LONGEST:
        raise UsageError("What arrived is no key: it has spaces, or characters that no key has.", hint=hint)
    return secret
