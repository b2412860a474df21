"""What `clean run` tells while it runs, on standard error: to a person in lines, to a machine in JSON objects."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import click

from clean.cli.progress import Progress, remaining
from clean.cli.settings import Settings
from clean.engines.local import Outcome, Tally

ERRORS_SHOWN = 20
"""Errors told one by one to a person; the quarantine file has them all."""
INTERVAL = 5.0
"""Seconds between two objects about the progress."""


@dataclass(slots=True)
class Log:
    """Tells of failures as they come up, and of the progress.

    Args:
        total: bytes of input, 0 where they are not known.
        done: bytes of it that an earlier start of the run is through with.
        quarantined: whether failures are set aside, and not only left out.
    """

    settings: Settings
    total: int
    done: int
    quarantined: bool
    _failures: int = 0
    _position: int = 0
    _started: float = field(default_factory=time.monotonic)
    _told: float = field(default_factory=time.monotonic)
    _bar: Progress = field(init=False)

    def __post_init__(self) -> None:
        text = self.settings.log_format == "text"
        self._bar = Progress(sys.stderr, self.total, enabled=text and not self.settings.quiet, done=self.done)

    def tell(self, outcome: Outcome, tally: Tally, failures: Counter[str]) -> None:
        """Tell of the next document what is worth telling."""
        self._position = outcome.item.position
        if outcome.failure is not None:
            self._tell_failure(outcome)
        if self._bar.due:
            accounted = tally.chars_kept + tally.chars_removed
            more = f", {tally.chars_kept / accounted:.0%} kept" if accounted else ""
            if count := failures.total():
                more += f", {count:,} not cleaned"
            self._bar.update(self._position, tally.documents + failures.total(), more)
        elif self.settings.log_format == "json" and not self.settings.quiet:
            now = time.monotonic()
            if now - self._told >= INTERVAL:
                self._told = now
                self.settings.event("progress", **self.figures(tally, failures))

    def figures(self, tally: Tally, failures: Counter[str]) -> dict[str, Any]:
        """How far the run is, for a machine."""
        elapsed = time.monotonic() - self._started
        read = self._position - self.done
        accounted = tally.chars_kept + tally.chars_removed
        left = remaining(self.total - self._position, read, elapsed) if self.total else None
        return {
            "seconds": round(elapsed, 1),
            "documents": tally.documents + failures.total(),
            "quarantined": failures.total(),
            "bytes": self._position,
            "total": self.total or None,
            "mb_per_second": round(read / 1e6 / elapsed, 3) if elapsed else None,
            "kept": round(tally.chars_kept / accounted, 4) if accounted else None,
            "eta": None if left is None else round(left, 1),
        }

    def note(self, message: str) -> None:
        """Tell of something else."""
        self._bar.clear()
        self.settings.note(message)

    def clear(self) -> None:
        """Take the progress line away."""
        self._bar.clear()

    def _tell_failure(self, outcome: Outcome) -> None:
        failure, item = outcome.failure, outcome.item
        assert failure is not None
        settings = self.settings
        self._failures += 1
        if settings.log_format == "json":
            settings.event(
                "quarantine" if self.quarantined else "skip",
                input=item.origin.path or item.name,
                record=item.origin.record,
                kind=failure.kind,
                message=failure.message,
                **({"trace": failure.trace} if settings.verbose and failure.trace else {}),
            )
            return
        self._bar.clear()
        if settings.verbose or self._failures <= ERRORS_SHOWN:
            settings.error(f"{item.where}: {failure.message}")
            if settings.verbose and failure.trace is not None:
                click.echo(failure.trace, err=True, nl=False)
        elif self._failures == ERRORS_SHOWN + 1:
            settings.note("more errors follow; -v tells all of them")
