"""Makes the environment in .venv that ./vibecode and ./check run in.

It runs before anything is installed, so it knows the standard library alone. Standard output is never written to: it
belongs to the command that runs next.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

SHOWN = 12
"""Lines of a failed program's output that are worth showing."""

HINTS = (
    (("No space left on device",), "Free some disk space, then run the same command again."),
    (
        ("DO NOT MATCH THE HASHES",),
        "What arrived is not what was locked. Run `python3 -m pip cache purge`, then the same command again; if it "
        "fails again, the package index (or a proxy in between) serves other files.",
    ),
    (
        ("after connection broken", "Could not fetch URL", "HTTP error", "timed out"),
        "Check the connection to the package index (behind a proxy set HTTPS_PROXY, for a mirror PIP_INDEX_URL), then "
        "run the same command again.",
    ),
    (
        ("No matching distribution found",),
        "The locked packages are not published for this Python or platform: name another, such as "
        "`PYTHON=python3.13 ./vibecode`.",
    ),
)


class BootstrapError(Exception):
    """The environment could not be made: what failed, an action that can work, and the output that explains it."""

    def __init__(self, problem: str, hint: str, output: Sequence[str] = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
        self.output = output


@dataclass(frozen=True, slots=True)
class Checkout:
    """A copy of the repository, with the places in it that matter here."""

    root: Path

    @property
    def environment(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.environment / "bin" / "python"

    @property
    def scratch(self) -> Path:
        return self.environment / "tmp"

    @property
    def runtime(self) -> "Lock":
        return Lock(self, "Packages", self.root / "requirements.lock", self.environment / "runtime.stamp")

    @property
    def tests(self) -> "Lock":
        return Lock(
            self, "Packages for checks", self.root / "tests" / "requirements.lock", self.environment / "tests.stamp"
        )

    def is_usable(self) -> bool:
        """Whether the environment was finished once, in this place, and its interpreter still runs."""
        if not any(lock.stamped()[:1] == [os.fsencode(self.root)] for lock in (self.runtime, self.tests)):
            return False
        if not os.access(self.environment / "bin" / "vibecode", os.X_OK):
            return False
        try:
            trial = subprocess.run([self.python, "-I", "-c", "import pip"], capture_output=True, check=False)
        except OSError:
            return False
        return trial.returncode == 0


@dataclass(frozen=True, slots=True)
class Lock:
    """Locked packages, and the stamp that says that the environment has them."""

    checkout: Checkout
    title: str
    path: Path
    stamp: Path

    def stamped(self) -> list[bytes]:
        """The folder that the environment was made in, and what it was made of; nothing where there is no stamp."""
        return self.stamp.read_bytes().splitlines() if self.stamp.is_file() else []


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an environment is made of, read once: an edit made meanwhile makes it out of date again."""

    lock: Lock
    digest: str
    date: int

    @classmethod
    def of(cls, lock: Lock) -> "Recipe":
        sources = (lock.path, lock.checkout.root / "pyproject.toml")
        date = max(source.stat().st_mtime_ns for source in sources)
        return cls(lock, hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest(), date)

    def is_done(self) -> bool:
        return self.lock.stamped() == [os.fsencode(self.lock.checkout.root), self.digest.encode()]

    def stamp(self) -> None:
        """Dated a second after the newest source: shells that compare whole seconds see it as newer, too."""
        draft = self.lock.stamp.with_suffix(".draft")
        draft.write_bytes(os.fsencode(self.lock.checkout.root) + b"\n" + self.digest.encode() + b"\n")
        os.utime(draft, ns=(self.date + 10**9, self.date + 10**9))
        draft.replace(self.lock.stamp)


def main() -> int:
    """Makes what ./vibecode needs and, if `tests` is asked for, what ./check needs; the exit code."""
    checkout = Checkout(Path(__file__).resolve().parent.parent)
    wanted = [checkout.runtime, checkout.tests] if sys.argv[1:] == ["tests"] else [checkout.runtime]
    try:
        with alone(checkout) as held:
            make(checkout, wanted, held)
    except BootstrapError as error:
        say(f"\n{error.problem}", *(f"  | {line}" for line in error.output), error.hint)
        return 1
    except OSError as error:
        say(f"\n{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        say(f"Make sure that you may write to {checkout.environment}, then run the same command again.")
        return 1
    except KeyboardInterrupt:
        say("\nStopped. Run the same command again to go on.")
        return 130
    return 0


@contextmanager
def alone(checkout: Checkout) -> Generator[int]:
    """Holds every other bootstrap of this checkout off; the file descriptor that does it.

    It is on a file that is always there, so that nothing is written beside the environment. The programs that are
    started inherit it: what a killed bootstrap left running is waited for, too.
    """
    with checkout.runtime.path.open("rb+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("The environment is being made by another call; waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def make(checkout: Checkout, wanted: Sequence[Lock], held: int) -> None:
    """Brings the environment to what is wanted; killed at any point and called again, it converges.

    Stamps go first and are written last: an environment without any is half made, or not ours, and made anew.
    """
    recipes = [Recipe.of(lock) for lock in wanted]
    usable = checkout.is_usable()
    stale = [recipe.lock for recipe in recipes if not (usable and recipe.is_done())]
    if stale:
        say(f"Making VibeCode's environment in {checkout.environment}")
        for lock in (checkout.runtime, checkout.tests):
            if lock.stamped():
                lock.stamp.unlink()
        if not usable:
            create(checkout, held)
        for lock in stale:
            install(lock, held)
        if checkout.runtime in stale:
            install_project(checkout, held)
        shutil.rmtree(checkout.scratch, ignore_errors=True)
    for recipe in recipes:
        recipe.stamp()


def create(checkout: Checkout, held: int) -> None:
    """An empty environment, whatever was there before."""
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise BootstrapError(
            f"This Python ({sys.executable}, {version}) cannot make environments: it lacks `venv` or `ensurepip`.",
            venv_hint(version),
        )
    if checkout.environment.is_dir() and not checkout.environment.is_symlink():
        say("  What is there is unfinished, broken or made elsewhere: it is replaced.")
        shutil.rmtree(checkout.environment)
    else:
        checkout.environment.unlink(missing_ok=True)
    # By the path that has the full version: after an upgrade it is gone, instead of another that has no packages.
    interpreter = str(Path(sys.executable).resolve())
    run(checkout, "Python", [interpreter, "-I", "-m", "venv", str(checkout.environment)], held)


def venv_hint(version: str) -> str:
    """What gives Python `version` (as in 3.13) its `venv`: Debian's package for its own Python, or for another."""
    if shutil.which("apt-get"):
        usual = Path("/usr/bin/python3").resolve().name == f"python{version}"
        return f"Run `sudo apt-get install python{'3' if usual else version}-venv`, then the same command again."
    return "Install Python from https://www.python.org/downloads/, then `PYTHON=/path/to/python3 ./vibecode` takes it."


def install(lock: Lock, held: int) -> None:
    """Installs exactly what the lock names, every file checked against its hash, nothing built from source."""
    strict = ["--require-hashes", "--only-binary", ":all:", "-r", str(lock.path)]
    run(lock.checkout, lock.title, pip(lock.checkout, *strict), held)


def install_project(checkout: Checkout, held: int) -> None:
    """Installs VibeCode itself, as it is in the checkout, with the build tools that the lock gave."""
    own = ["--no-index", "--no-deps", "--no-build-isolation", "-e", str(checkout.root)]
    run(checkout, "VibeCode", pip(checkout, *own), held)


def pip(checkout: Checkout, *arguments: str) -> list[str]:
    quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", *cache_flags(os.environ)]
    return [str(checkout.python), "-I", "-m", "pip", "install", *quiet, *arguments]


def cache_flags(environment: Mapping[str, str]) -> list[str]:
    """No cache where the person has no home folder to keep it in."""
    named = "PIP_CACHE_DIR" in environment or "XDG_CACHE_HOME" in environment
    home = environment.get("HOME", "")
    return [] if named or (home and os.access(home, os.W_OK | os.X_OK)) else ["--no-cache-dir"]


def run(checkout: Checkout, title: str, command: Sequence[str], held: int) -> None:
    """Runs one step with its progress on standard error; what it printed is shown only if it fails."""
    start = monotonic()
    tail: deque[str] = deque(maxlen=SHOWN)
    live = sys.stderr.isatty()
    write(f"  {title} … ")
    checkout.scratch.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=clean(os.environ, checkout.scratch),
        pass_fds=(held,),
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            tail.append(line.rstrip())
            if live:
                width = shutil.get_terminal_size().columns - 1
                news = " ".join(line.split()[:2])  # “Collecting rich==15.0.0”, without where from
                write("\r\x1b[K" + f"  {title} … {monotonic() - start:.0f} s  {news}"[:width])
    took = f"{monotonic() - start:.1f} s"
    say(f"\r\x1b[K  {title} … {took}" if live else took)
    if child.returncode:
        raise BootstrapError(f"The environment could not be made: {title}.", hint("\n".join(tail)), tail)


def clean(environment: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """The person's environment without what points Python elsewhere; temporary files stay in the checkout."""
    kept = {name: value for name, value in environment.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    return {**kept, "PIP_USER": "0", "TMPDIR": str(scratch)}


def hint(output: str) -> str:
    """The action that can work, told from the output of what failed."""
    for signs, action in HINTS:
        if any(sign in output for sign in signs):
            return action
    return "Run the same command again: it starts over."


def say(*lines: str) -> None:
    write("".join(f"{line}\n" for line in lines))


def write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
