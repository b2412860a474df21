"""Every line of a document with its fate, one row each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from clean.diffs.rows import Comparison, Row
from clean.document import UNDETERMINED, Document
from clean.offsets import Span

FATES = ("kept", "changed", "removed")


class Fate(NamedTuple):
    """A line of the source that is not blank, from 1, and what became of it."""

    line: int
    fate: str
    language: str
    rules: tuple[str, ...]
    text: str


def fates(document: Document, comparison: Comparison) -> Iterator[Fate]:
    """The fate of each line that is not blank.

    Args:
        document: as it came out of the pipeline.
        comparison: of its source and its result.
    """
    languages = _Languages(document)
    for row in comparison.rows:
        for line in row.old:
            text = comparison.old_text(line)
            if text.strip():
                span = comparison.old.source_of(*comparison.old.lines[line])
                yield Fate(comparison.number(line), _fate(row), languages.of(span), row.rules, text)


def _fate(row: Row) -> str:
    return "kept" if row.alike else "changed" if row.new else "removed"


class _Languages:
    def __init__(self, document: Document) -> None:
        found: list[tuple[Span, str]] = [(one.alignment.source_span, one.language) for one in document.segments]
        found += [(removal.source, removal.language) for removal in document.removals if removal.kind != "span"]
        self._found: Sequence[tuple[Span, str]] = sorted(found)
        self._starts: list[Any] = [span[0] for span, _ in self._found]

    def of(self, line: Span) -> str:
        i = bisect_right(self._starts, line[1]) - 1
        if i >= 0 and self._found[i][0][1] > line[0]:
            return self._found[i][1]
        return UNDETERMINED
