"""Byte streams that can be looked into, and that lose nothing when they break."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, Any

BUFFER = 1 << 16


class Ahead(io.RawIOBase):
    """A stream of which the beginning, `head`, is known; works for pipes, which cannot seek.

    An error from below comes up only after all bytes that stood before it.
    """

    def __init__(self, below: IO[bytes] | io.RawIOBase, size: int = BUFFER) -> None:
        self._read = getattr(below, "read1", below.read)
        self._error: OSError | None = None
        parts: list[bytes] = []
        try:
            while size > 0 and (part := self._read(size)):
                parts.append(part)
                size -= len(part)
        except OSError as error:
            self._error = error
        self.head = b"".join(parts)
        self._left = memoryview(self.head)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._left:
            data: Any = self._left[: len(buffer)]
            self._left = self._left[len(buffer) :]
        elif self._error is not None:
            raise self._error
        else:
            data = self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Pushback(io.RawIOBase):
    """A stream that takes bytes back, and gives them again before what comes after them."""

    def __init__(self, below: IO[bytes] | io.RawIOBase) -> None:
        self._read = getattr(below, "read1", below.read)
        self._again: list[memoryview] = []

    def push(self, data: bytes) -> None:
        self._again.append(memoryview(data))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._again:
            data: Any = self._again[-1][: len(buffer)]
            self._again[-1] = self._again[-1][len(data) :]
            if not self._again[-1]:
                self._again.pop()
        else:
            data = self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def buffered(stream: io.RawIOBase) -> io.BufferedReader:
    """The stream with lines; `read_upto` reads it without losing what comes before an error."""
    return io.BufferedReader(stream, BUFFER)


def lines(stream: io.BufferedReader) -> Iterator[tuple[bytes, OSError | None]]:
    """Each line. Where an error ends the stream, it comes last, with the piece of a line that stood before it."""
    begun: list[bytes] = []
    error: OSError | None = None
    while error is None:
        part, error = read_upto(stream, BUFFER)
        if not part and error is None:
            break
        *whole, rest = part.split(b"\n")
        for line in whole:
            yield b"".join((*begun, line, b"\n")), None
            begun.clear()
        begun.append(rest)
    last = b"".join(begun)
    if last or error is not None:
        yield last, error


def read_line(stream: io.BufferedReader, size: int) -> tuple[bytes, OSError | None]:
    """The next line, or at most `size` bytes of it, and what kept it from being read to its end, if an error did."""
    parts: list[bytes] = []
    try:
        while size > 0 and (ahead := stream.peek(1)):
            end = ahead.find(b"\n", 0, size) + 1
            parts.append(stream.read(min(end or len(ahead), size)))
            size -= len(parts[-1])
            if end:
                break
    except OSError as error:
        return b"".join(parts), error
    return b"".join(parts), None


def read_upto(stream: io.BufferedReader, size: int | None = None) -> tuple[bytes, OSError | None]:
    """At most `size` bytes, or all there are, and what kept it from reading more if that was an error."""
    parts: list[bytes] = []
    left = size
    try:
        while left is None or left > 0:
            part = stream.read1(BUFFER if left is None else min(left, BUFFER))
            if not part:
                break
            parts.append(part)
            left = None if left is None else left - len(part)
    except OSError as error:
        return b"".join(parts), error
    return b"".join(parts), None
