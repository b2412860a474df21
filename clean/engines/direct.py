"""Direct: a run's output that goes out as it comes up, where nothing can be taken back or gone on with: standard
output, a pipe, a device, or nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from clean.config import InputConfig
from clean.engines.local import Outcome, Tally
from clean.engines.work import Work, left
from clean.io import Input, Item, read
from clean.io.opened import LeftOut, Note
from clean.io.writers import AtomicFile, Quarantine, Stdout


class Direct:
    """Takes outcomes as `Journal` does.

    Args:
        writer: where records go; None drops them.
        quarantine: where documents go that could not be cleaned, if they are kept.
        fields: what the fields of records in the inputs are called.
    """

    def __init__(
        self, writer: AtomicFile | Stdout | None, quarantine: Path | None, inputs: list[Input], fields: InputConfig
    ) -> None:
        self.tally = Tally()
        self.failures: Counter[str] = Counter()
        self.changed: Sequence[str] = ()
        self._inputs = inputs
        self._fields = fields
        self._writer = writer
        self._quarantine = None if quarantine is None else Quarantine(quarantine)

    @property
    def behind(self) -> int:
        """Nothing is, ever."""
        return 0

    def rest(self, note: Note) -> Iterator[Item]:
        """The items to clean."""
        return read(self._inputs, note, self._fields)

    def left(self) -> Iterator[Work]:
        """The inputs, for whoever reads them elsewhere than here."""
        return left(self._inputs, fields=self._fields)

    def expect(self, index: int) -> None:
        """Nothing depends on which input an outcome is of."""

    def leave_out(self, index: int, found: LeftOut) -> None:
        """There is no manifest to say it in."""

    def add(self, outcome: Outcome) -> None:
        """Write what became of the next item."""
        if outcome.failure is None:
            self.tally.add(outcome.tally)
            if self._writer is not None:
                self._writer.write(outcome.line)
            return
        self.failures[outcome.failure.kind] += 1
        if self._quarantine is not None:
            self._quarantine.add(outcome.item, outcome.failure.kind, outcome.failure.message)

    def finish(self, run: Mapping[str, Any]) -> None:
        """Put the quarantine in its place, and let the last records out."""
        if self._quarantine is not None:
            self._quarantine.commit()
        if self._writer is not None:
            self._writer.commit()

    def stop(self) -> bool:
        """End the run before its time; there is never something to go on from."""
        self.discard()
        return False

    def discard(self) -> None:
        """Leave nothing behind that can be taken back."""
        with ExitStack() as stack:
            for file in (self._writer, self._quarantine):
                if file is not None and not isinstance(file, Stdout):
                    stack.push(file)
