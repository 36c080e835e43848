"""A proposal judged on the console: hunk by hunk, each taken, left or edited."""

from dataclasses import replace

from launcher import stdio
from launcher.errors import TextEditorError
from launcher.output.console import Console
from launcher.output.diffs import hunk_lines, note_lines, title
from launcher.text_editor import edited
from templates.chat.proposal import Proposal, Review
from templates.edits.hunks import FileDiff

QUESTION = "Take it ({} of {})? [y]es, [n]o, [e]dit, [a]ll, [q]uit: "


class HunkReview:
    """y takes a hunk, n leaves it, e edits it and asks again, a takes all that follow, q leaves them."""

    def __init__(self, console: Console, proposal: Proposal) -> None:
        self._console = console
        self._colours = console.colours(console.stdout)
        self._review = Review.none(proposal)

    async def ask(self) -> Review:
        """The person's decisions; at the end of the input, what follows is left."""
        proposal = self._review.proposal
        hunks = [(file.path, index) for file in proposal.files for index in range(max(1, len(file.hunks)))]
        self._console.tell("\n".join(note_lines(proposal, self._colours)))
        everything = False
        for number, (path, index) in enumerate(hunks, 1):
            head = [] if index else ["", title(self._file(path), self._colours)]
            self._show(path, index, *head)
            answer = "y" if everything else await self._decision(path, index, QUESTION.format(number, len(hunks)))
            if answer == "q":
                break
            everything = everything or answer == "a"
            if everything or answer == "y":
                self._review = self._review.take(path, index)
        return self._review

    async def _decision(self, path: str, index: int, question: str) -> str:
        """What becomes of the hunk, once it is as the person wants it."""
        while (answer := await self._letter(question)) == "e":
            await self._edit(path, index)
        return answer

    async def _edit(self, path: str, index: int) -> None:
        """Its new lines in the person's editor; what goes wrong there is told, and the hunk stays as it is."""
        file = self._file(path)
        if not file.hunks:
            self._console.say("  The whole file goes: there are no lines to edit.")
            return
        try:
            lines = await edited(file.hunks[index].after, path, self._console.environ)
        except TextEditorError as error:
            self._console.say(f"  {error.title}: {error.detail} {error.hint}")
            return
        self._review = replace(self._review.edit(path, index, lines), taken=self._review.taken)
        self._show(path, index)

    def _file(self, path: str) -> FileDiff:
        return next(file for file in self._review.proposal.files if file.path == path)

    def _show(self, path: str, index: int, *head: str) -> None:
        self._console.tell("\n".join([*head, *hunk_lines(self._file(path), index, self._colours)]))

    async def _letter(self, question: str) -> str:
        """The first letter of the answer; q at the end of the input."""
        assert self._console.stdin is not None
        while True:
            self._console.stderr.write(question)
            self._console.stderr.flush()
            data = await stdio.read(self._console.stdin.fileno())
            letter = data.decode("utf-8", "replace").strip().lower()[:1] if data else "q"
            if letter and letter in "yneaq":
                return letter
