"""Work: an input that is to be read, or what is left of it after an interruption."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from clean.config import InputConfig
from clean.io import Input, Item, read
from clean.io.opened import Note


@dataclass(frozen=True, slots=True)
class Work:
    """An input, or its rest.

    Args:
        index: its number among all inputs, from 0.
        skip: items at its beginning that are done.
        before: bytes of the inputs before it, from which positions are counted.
        fields: what the fields of records are called; the defaults when None.
    """

    index: int
    entry: Input
    skip: int = 0
    before: int = 0
    fields: InputConfig | None = None

    def items(self, note: Note) -> Iterator[Item]:
        """Read what is left; `note` is told of files that are left out."""
        for item in islice(read([self.entry], note, self.fields), self.skip, None):
            yield replace(item, position=item.position + self.before) if self.before else item


def left(inputs: Iterable[Input], begin: int = 0, skip: int = 0, fields: InputConfig | None = None) -> Iterator[Work]:
    """Inputs from number `begin` on, of the first what comes after `skip` items."""
    before = 0
    for index, entry in enumerate(inputs):
        if index >= begin:
            yield Work(index, entry, skip if index == begin else 0, before, fields)
        before += entry.size
