"""A document's text as one stage left it, with the place in the source of all that stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from clean.document import Document
from clean.offsets import Span

UNTOUCHED = ("decode", "extract")
"""Stages after which plain text is still the source itself."""


class Run(NamedTuple):
    """`[start, end)` of the text was made from `[src_start, src_end)` of the source; unchanged where `rule` is None."""

    start: int
    end: int
    src_start: int
    src_end: int
    rule: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """A text and its runs, in order; what lies between runs is line breaks that the pipeline put there.

    Where it stands for a file, `text` ends in a line break unless it is empty, or the file itself has none.
    """

    text: str
    runs: tuple[Run, ...]

    @classmethod
    def of(cls, document: Document, stage: str) -> Snapshot:
        """The text of `document`, which `stage` was the last to see."""
        if stage in UNTOUCHED and not document.segments:
            size = len(document.source)
            return cls(document.source, (Run(0, size, 0, size),))
        runs: list[Run] = []
        for at, segment in document.placed():
            for piece in segment.alignment.pieces:
                runs.append(Run(at, at + piece.out_len, piece.src_start, piece.src_end, piece.rule))
                at += piece.out_len
        text = document.text
        return cls(text + "\n" if text else "", tuple(runs))

    @cached_property
    def lines(self) -> tuple[Span, ...]:
        """Where each line begins and ends, its `\\n` excluded."""
        ends = [match.start() for match in re.finditer("\n", self.text)]
        if not self.text.endswith("\n") and self.text:
            ends.append(len(self.text))
        return tuple((before + 1, end) for before, end in pairwise([-1, *ends]))

    @property
    def terminated(self) -> bool:
        """Whether the last line has its line break; so it is when there is no line."""
        return not self.text or self.text.endswith("\n")
