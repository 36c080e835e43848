"""Progress drawn in place: each step under way with its time; what has ended scrolls up."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from time import monotonic

from rich.console import Console as Screen
from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from launcher.output.console import Console
from launcher.output.progress import RunningStep, lines, track
from templates.events import Event
from templates.text import duration


class LiveProgress:
    """For a terminal; the region is gone once the block is left."""

    interval = 0.1

    def __init__(self, console: Console, clock: Callable[[], float] = monotonic) -> None:
        colours = console.colours(console.stderr)
        self._clock = clock
        self._colours = colours
        self._steps: dict[str, RunningStep] = {}
        self._spinner = Spinner("dots" if console.unicode else "line")
        self._screen = Screen(
            file=console.stderr, force_terminal=True, no_color=not colours, highlight=False, markup=False, emoji=False
        )
        self._live = self._new_live()

    def __enter__(self) -> "LiveProgress":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    @property
    def running(self) -> Mapping[str, str]:
        return {name: step.title for name, step in self._steps.items()}

    def show(self, event: Event) -> None:
        track(self._steps, event, self._clock())
        self._live.refresh()
        for line in lines(event, self._colours):
            self._screen.print(Text.from_ansi(line), soft_wrap=True)

    def tick(self) -> None:
        self._live.refresh()

    @contextmanager
    def aside(self) -> Generator[None]:
        self._live.stop()
        yield
        self._live = self._new_live()  # one that was stopped takes what was printed meanwhile for a part of its own
        self._live.start()

    def _new_live(self) -> Live:
        return Live(
            get_renderable=self._region,
            console=self._screen,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def _region(self) -> Group:
        now = self._clock()
        return Group(*(self._line(step, now) for step in self._steps.values()))

    def _line(self, step: RunningStep, now: float) -> Text:
        spinner = self._spinner.render(now)
        assert isinstance(spinner, Text)
        line = Text(no_wrap=True, overflow="ellipsis" if self._screen.encoding.startswith("utf") else "crop")
        line.append_text(spinner).append(f" {step.title}  ").append(duration(now - step.started), "cyan")
        if step.expected is not None:
            line.append(f" of about {duration(step.expected)}", "dim")
        if step.fraction is not None:
            line.append(f"  {step.fraction:.0%}", "bold")
        if step.text:
            line.append(f"  {step.text}", "dim")
        return line
