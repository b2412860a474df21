"""A progress line on a terminal, for work that takes long enough to wonder about."""

from __future__ import annotations

import time
from typing import TextIO

DELAY = 2.0
"""Seconds before the line appears."""
INTERVAL = 0.1
WIDTH = 30


class Progress:
    """Shows how many bytes of `total` have been read; nothing at all where `stream` is no terminal."""

    def __init__(self, stream: TextIO, total: int, enabled: bool = True) -> None:
        self._stream = stream
        self._total = total
        self._enabled = enabled and stream.isatty()
        self._started = time.monotonic()
        self._next = self._started + DELAY
        self._shown = False

    def update(self, position: int, documents: int) -> None:
        """Say where the work stands; draws at most every tenth of a second."""
        if not self._enabled or (now := time.monotonic()) < self._next:
            return
        self._next = now + INTERVAL
        self._shown = True
        self._stream.write(f"\r\x1b[K{self._line(position, documents, now - self._started)}")
        self._stream.flush()

    def clear(self) -> None:
        """Remove the line, so that something else can be written."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False

    def _line(self, position: int, documents: int, elapsed: float) -> str:
        if not self._total:
            return f"{documents:,} documents"
        share = min(position / self._total, 1.0)
        full = int(share * WIDTH)
        left = f", {elapsed / share - elapsed:.0f} s left" if share > 0.01 else ""
        return f"[{'#' * full}{'-' * (WIDTH - full)}] {share:4.0%}  {documents:,} documents{left}"
