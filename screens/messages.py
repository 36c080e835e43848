"""What screens ask of the application; it bubbles up to the app, which alone acts on it."""

from collections.abc import Callable

from textual.message import Message

from screens.jobs import Task
from screens.places import PlaceId
from templates.errors import VibeCodeError


class Go(Message):
    """To another place; `subject`, a workspace's name or a job's id, is what it is to show."""

    def __init__(self, place: PlaceId, subject: str | None = None) -> None:
        super().__init__()
        self.place: PlaceId = place
        self.subject = subject


class Begin(Message):
    """Work to be done; `watch` says whether to go to the Progress place to see it."""

    def __init__(self, task: Task, *, watch: bool = False) -> None:
        super().__init__()
        self.task = task
        self.watch = watch


class Open(Message):
    """A workspace's editor, or what it serves on `port`, in the browser."""

    def __init__(self, name: str, port: int | None = None) -> None:
        super().__init__()
        self.name = name
        self.port = port


class Browse(Message):
    """A page that is no workspace's, in the browser; `title` names it in the note that says so."""

    def __init__(self, url: str, title: str) -> None:
        super().__init__()
        self.url = url
        self.title = title


class ShowCode(Message):
    """An address as a QR code."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


class Shell(Message):
    """A shell in a workspace, on this terminal."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class Copy(Message):
    """Text for the clipboard; `what` names it in the note that says so."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text = text
        self.what = what


class Ask(Message):
    """A question that only a deliberate answer confirms; `confirmed` is called where it was given."""

    def __init__(self, question: str, detail: str, answer: str, confirmed: Callable[[], None]) -> None:
        super().__init__()
        self.question = question
        self.detail = detail
        self.answer = answer
        self.confirmed = confirmed


class ThemeSet(Message):
    """The setting `theme` says this from now on."""

    def __init__(self, setting: str) -> None:
        super().__init__()
        self.setting = setting


class Failed(Message):
    """Something that a person asked for could not be done."""

    def __init__(self, error: VibeCodeError) -> None:
        super().__init__()
        self.error = error
