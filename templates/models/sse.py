"""Server-sent events, out of bytes that may be split anywhere.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from collections.abc import Iterator

from templates.models.errors import NotAModelServerError

LARGEST = 16 << 20
"""Bytes that one event may have; more than any model says at once."""


class EventParser:
    """Yields each event's data; comments, keep-alives and other fields are passed over."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._data: list[str] = []
        self._size = 0
        self._skip_newline = False

    def feed(self, data: bytes) -> Iterator[str]:
        """Raises NotAModelServerError for an event without end."""
        start = 0
        if self._skip_newline and data:
            self._skip_newline = False
            start = 1 if data[:1] == b"\n" else 0
        while (end := _line_end(data, start)) >= 0:
            self._rest += data[start:end]
            yield from self._line()
            start = end + 1
            if data[end] == 0x0D:  # \r\n is one end of a line, even where a packet ends between the two
                if start == len(data):
                    self._skip_newline = True
                elif data[start] == 0x0A:
                    start += 1
        self._rest += data[start:]
        self._check(len(self._rest))

    def close(self) -> Iterator[str]:
        """What a server that ends without the last empty line had still to say."""
        if self._rest:
            yield from self._line()
        yield from self._dispatch()

    def _line(self) -> Iterator[str]:
        line = self._rest.decode("utf-8", "replace").removeprefix("\ufeff")
        self._rest.clear()
        if not line:
            yield from self._dispatch()
            return
        field, _, value = line.partition(":")
        if field == "data":
            self._size += len(value)
            self._check(self._size)
            self._data.append(value.removeprefix(" "))

    def _dispatch(self) -> Iterator[str]:
        if self._data:
            data = "\n".join(self._data)
            self._data, self._size = [], 0
            yield data

    def _check(self, size: int) -> None:
        if size > LARGEST:
            raise NotAModelServerError(f"It sent more than {LARGEST >> 20} MiB without an end of the event.")


def _line_end(data: bytes, start: int) -> int:
    newline = data.find(b"\n", start)
    carriage = data.find(b"\r", start, newline if newline >= 0 else len(data))
    return carriage if carriage >= 0 else newline
