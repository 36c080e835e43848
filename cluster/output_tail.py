"""The end of what a command prints, as text."""

import codecs
from collections.abc import Callable
from typing import Literal

KEPT = 64 * 1024
"""Bytes of the end that are kept; an error's explanation is there."""


class OutputTail:
    """Takes output in pieces that may cut a character, shows it as text, and keeps its end."""

    def __init__(self, show: Callable[[str], None] | None = None) -> None:
        self._show = show
        self._decoders = {stream: codecs.getincrementaldecoder("utf-8")("replace") for stream in ("stdout", "stderr")}
        self._kept = ""
        self.dropped = 0

    def take(self, stream: Literal["stdout", "stderr"], data: bytes) -> None:
        text = self._decoders[stream].decode(data)
        if text and self._show is not None:
            self._show(text)
        self._kept += text
        if len(self._kept) > 2 * KEPT:
            self._drop()

    def text(self) -> str:
        self._drop()
        return self._kept

    def _drop(self) -> None:
        more = len(self._kept) - KEPT
        if more > 0:
            self.dropped += len(self._kept[:more].encode())
            self._kept = self._kept[more:]
