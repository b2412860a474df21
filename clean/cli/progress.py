"""A progress line on a terminal, for work that takes long enough to wonder about."""

from __future__ import annotations

import time
from typing import TextIO

DELAY = 2.0
"""Seconds before the line appears."""
INTERVAL = 0.1
WIDTH = 20


class Progress:
    """Shows how many bytes of `total` have been read; nothing at all where `stream` is no terminal.

    Work that goes on where it stopped another time has `done` bytes behind it.
    """

    def __init__(self, stream: TextIO, total: int, enabled: bool = True, done: int = 0) -> None:
        self._stream = stream
        self._total = total
        self._enabled = enabled and stream.isatty()
        self._done = done
        self._started = time.monotonic()
        self._next = self._started + DELAY
        self._shown = False

    @property
    def due(self) -> bool:
        """Whether `update` would draw."""
        return self._enabled and time.monotonic() >= self._next

    def update(self, position: int, documents: int, more: str = "") -> None:
        """Say where the work stands; draws at most every tenth of a second."""
        if not self.due:
            return
        now = time.monotonic()
        self._next = now + INTERVAL
        self._shown = True
        self._stream.write(f"\r\x1b[K{self._line(position, documents, now - self._started, more)}")
        self._stream.flush()

    def clear(self) -> None:
        """Remove the line, so that something else can be written."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False

    def _line(self, position: int, documents: int, elapsed: float, more: str) -> str:
        if not self._total:
            return f"{documents:,} documents{more}"
        share = min(position / self._total, 1.0)
        full = int(share * WIDTH)
        read = position - self._done
        speed = f", {read / 1e6 / elapsed:.1f} MB/s"
        seconds = remaining(self._total - position, read, elapsed)
        left = "" if seconds is None else f", {duration(seconds)} left"
        return f"[{'#' * full}{'-' * (WIDTH - full)}] {share:4.0%}  {documents:,} documents{speed}{more}{left}"


def remaining(left: int, read: int, elapsed: float) -> float | None:
    """Seconds that the `left` bytes will take, if they come like those that were read; None as long as these are too
    few to tell."""
    return left * elapsed / read if read > 0 and read > 0.01 * left else None


def duration(seconds: float) -> str:
    """A time as people say it: 40 s, 12 min, 3 h 20 min."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
