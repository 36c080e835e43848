"""How one workspace's editor is started, so that whatever happens to its host it is known which process it is."""

import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cluster.local.editor import EDITOR_MARKER
from cluster.local.files import replace_note, told
from cluster.local.folders import Sockets, WorkspaceFolder, make_own
from cluster.local.launch import Launch
from cluster.local.limits import Confinement
from cluster.local.processes import identify
from cluster.local.records import EditorProcess
from templates.errors import VibeCodeError

LOG_MOST = 8 * 2**20
"""Bytes of log after which a new start begins another one."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the editor of one workspace is started."""

    folder: WorkspaceFolder
    sockets: Sockets
    command: tuple[str, ...]
    env: Mapping[str, str]
    confinement: Confinement

    @property
    def socket(self) -> Path:
        return self.sockets.editor(self.folder.name)

    @property
    def runtime(self) -> Path:
        return self.sockets.runtime(self.folder.name)

    def start(self) -> int:
        """Starts it in a session of its own, its output in the log, to go on without whoever started it; its number.

        Nothing of it runs before it is noted which process it is: a host that comes later would start a second one.
        """
        make_own(self.folder, self.sockets)
        if self.folder.log.exists() and self.folder.log.stat().st_size > LOG_MOST:
            self.folder.log.replace(self.folder.log.with_suffix(".log.1"))
        group = self.confinement.enter(self.folder.path)
        cgroup = str(group) if group else None
        held_by, let_go = os.pipe()
        try:
            pid = self._spawn(cgroup, held_by)
        finally:
            os.close(held_by)
        try:
            self._note(pid, cgroup)
            with suppress(BrokenPipeError):
                os.write(let_go, b"\n")
        except VibeCodeError:
            os.close(let_go)
            os.waitpid(pid, 0)
            raise
        os.close(let_go)
        return pid

    def _note(self, pid: int, cgroup: str | None) -> None:
        if (identity := identify(pid)) is not None:
            with told(self.folder.process):
                replace_note(self.folder.process, EditorProcess(identity, self.command, cgroup).encode())

    def _spawn(self, cgroup: str | None, held_by: int) -> int:
        data, tasks = self.confinement.data, self.confinement.tasks
        arguments = Launch(self.command, str(self.folder.home), cgroup, data, tasks, held=True).arguments()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        with told(self.folder.log):
            return os.posix_spawn(
                arguments[0],
                arguments,
                {**self.env, EDITOR_MARKER: str(self.folder.path)},
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, held_by, 0),
                    (os.POSIX_SPAWN_OPEN, 1, str(self.folder.log), flags, 0o600),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,
                setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],  # Python ignores them
            )
