"""The three streams, and what may be done with them: answers, words, errors, questions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from launcher import stdio
from launcher.errors import ConfirmationNeededError
from launcher.output.text import make_printable, styled, takes_unicode
from templates.errors import CancelledError, VibeCodeError
from templates.text import plain


@dataclass(frozen=True, slots=True)
class Console:
    """Answers go to `stdout`, everything else to `stderr`; `as_json` says that the answer is for a program."""

    stdin: TextIO | None
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str]
    as_json: bool = False

    def __post_init__(self) -> None:
        for stream in (self.stdout, self.stderr):
            make_printable(stream)

    @property
    def stdin_is_terminal(self) -> bool:
        return self.stdin is not None and self.stdin.isatty()

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer a question."""
        return self.stdin_is_terminal and self.stderr.isatty() and not self.as_json

    @property
    def draws(self) -> bool:
        """Whether progress can be drawn in place."""
        return self.stderr.isatty() and self.environ.get("TERM", "") not in ("", "dumb")

    def colours(self, stream: TextIO) -> bool:
        """Colours are for terminals, and not where NO_COLOR (https://no-color.org) says no."""
        return stream.isatty() and not self.environ.get("NO_COLOR") and self.environ.get("TERM") != "dumb"

    @property
    def unicode(self) -> bool:
        return takes_unicode(self.stderr)

    def answer(self, document: object, text: str) -> None:
        """The command's result: one JSON document, or its words."""
        self.stdout.write(self._form(document, text))
        self.stdout.flush()

    async def stream(self, document: object, text: str) -> None:
        """One of many results, written without blocking where nobody reads fast enough."""
        data = self._form(document, text).encode(self.stdout.encoding, self.stdout.errors or "strict")
        await stdio.write(self.stdout.fileno(), data)

    def _form(self, document: object, text: str) -> str:
        return (json.dumps(document, ensure_ascii=not takes_unicode(self.stdout)) if self.as_json else text) + "\n"

    def tell(self, text: str) -> None:
        """Part of the answer before its end: in words, and beside the document where there will be one."""
        if self.as_json:
            self.say(text)
        else:
            self.answer(None, text)

    def style(self, text: str, style: str) -> str:
        """Text for an answer, in a style."""
        return styled(text, style, self.colours(self.stdout))

    def say(self, text: str) -> None:
        """A line for the person, beside the answer."""
        self.stderr.write(text + "\n")
        self.stderr.flush()

    def error(self, error: VibeCodeError) -> None:
        """An error: a document for a program; title, detail and hint for a person."""
        if self.as_json:
            self.answer({"error": error.as_dict()}, "")
            return
        colours = self.colours(self.stderr)
        self.say(styled(f"✗ {error.title}", "red", colours))
        for line in error.detail.splitlines():
            self.say(f"  {plain(line)}")
        if error.hint:
            self.say(f"  {styled('→', 'cyan', colours)} {error.hint}")

    def stopped(self, error: CancelledError) -> None:
        """That the person stopped the work: one line, since nothing went wrong."""
        if self.as_json:
            self.error(error)
        else:
            self.say(f"{error.detail} {error.hint}")

    async def confirm(self, question: str, *, flag: str) -> bool:
        """Asks a question to which only `y` or `yes` means yes.

        Raises ConfirmationNeededError, which names the flag, where nobody can be asked.
        """
        if not self.can_ask or self.stdin is None:
            raise ConfirmationNeededError(question, hint=f"Add {flag} if this is what you want.")
        self.stderr.write(f"{question} [y/N] ")
        self.stderr.flush()
        answer = await stdio.read(self.stdin.fileno())
        return answer.decode("utf-8", "replace").strip().lower() in ("y", "yes")
