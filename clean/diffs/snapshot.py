"""A document's text as one stage left it, with the place in the source of all that stands in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from clean.document import Document, Segment
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
            runs += _runs(at, segment)
        text = document.text
        return cls(text + "\n" if text else "", tuple(runs))

    @classmethod
    def of_segments(cls, segments: Iterable[Segment]) -> Snapshot:
        """Segments line by line, without the blank lines between paragraphs."""
        runs: list[Run] = []
        texts: list[str] = []
        at = 0
        for segment in segments:
            runs += _runs(at, segment)
            texts.append(segment.text + "\n")
            at += len(texts[-1])
        return cls("".join(texts), tuple(runs))

    def source_of(self, start: int, end: int) -> Span:
        """What of the source `[start, end)` of the text was made from; what was edited counts whole."""
        first = max(bisect_right(self.runs, start, key=lambda run: run.start) - 1, 0)
        last = max(bisect_left(self.runs, end, key=lambda run: run.start) - 1, first)
        if not self.runs:
            return 0, 0
        a, b = self.runs[first], self.runs[last]
        return (
            a.src_start if a.rule else min(a.src_start + start - a.start, a.src_end),
            b.src_end if b.rule else min(b.src_start + end - b.start, b.src_end),
        )

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


def _runs(at: int, segment: Segment) -> Iterator[Run]:
    for piece in segment.alignment.pieces:
        yield Run(at, at + piece.out_len, piece.src_start, piece.src_end, piece.rule)
        at += piece.out_len
