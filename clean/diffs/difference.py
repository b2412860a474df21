"""What cleaning changes in one document between two stages. The decisions are those of a run: the cleaner's own."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from clean.cleaner import Cleaner
from clean.diffs.align import align, marks
from clean.diffs.blocks import line_numbers, whole_page
from clean.diffs.rows import Comparison, compare
from clean.diffs.snapshot import UNTOUCHED, Snapshot
from clean.document import HTML_TYPES, Document, Origin
from clean.stages import NAMES

NOT_BY_LINES = re.compile(r"utf-16|utf-32|iso2022|hz")
"""Codecs in which the byte 0x0A is not always a line break, so that no tool for lines can take a file apart."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A comparison with what a person wants to know of the document."""

    comparison: Comparison
    encoding: str
    size: int
    """Code points of the source."""
    removed: int
    """Code points of the source that rules took out between the two stages."""
    by_lines: bool
    """Whether the old lines are the file's own bytes, so that a patch applies to it."""
    rules: Counter[str]
    """The lines that each rule changed."""


def difference(
    cleaner: Cleaner, raw: bytes | str, origin: Origin, start: str, end: str, readable: bool = False
) -> Difference:
    """Compare the document after stage `start` with itself after stage `end`.

    Args:
        readable: whether to compare the blocks of a page in place of its markup: no patch, but what people can read.

    Raises:
        DocumentError: the document cannot be cleaned.
    """
    document = cleaner.run(Document(raw, origin), to=_last(end))
    earlier = cleaner.run(Document(raw, origin), to=_last(start))
    by_blocks = readable and start == NAMES[0] and document.origin.media_type in HTML_TYPES
    if by_blocks:
        old, new = whole_page(earlier), Snapshot.of_segments(document.segments)
    else:
        old, new = Snapshot.of(earlier, start), Snapshot.of(document, end)
    before = {(removal.source, removal.rule) for removal in earlier.removals}
    removed = sorted({(removal.source, removal.rule) for removal in document.removals} - before)
    old_bytes, by_lines = (_encoded(old), False) if by_blocks else _old_lines(earlier, old, start)
    links = align(old, new)
    comparison = compare(old, new, links, marks(old, links, removed), old_bytes, _encoded(new))
    if by_blocks:
        comparison = replace(comparison, numbers=line_numbers(old, document.source))
    rules = Counter(rule for row in comparison.rows if not row.alike for rule in row.rules)
    gone = sum(b - a for (a, b), _ in removed)
    return Difference(comparison, document.encoding, len(document.source), gone, by_lines, rules)


def _last(stage: str) -> str | None:
    # The last stages are repeated until nothing changes, which the cleaner does when no stage is named.
    return None if stage == NAMES[-1] else stage


def _old_lines(document: Document, snapshot: Snapshot, stage: str) -> tuple[list[bytes], bool]:
    raw = document.raw
    if stage in UNTOUCHED and isinstance(raw, bytes) and not NOT_BY_LINES.match(document.encoding):
        lines = raw.split(b"\n")
        if not lines[-1]:
            lines.pop()
        if len(lines) == len(snapshot.lines):
            return lines, True
    return _encoded(snapshot), False


def _encoded(snapshot: Snapshot) -> list[bytes]:
    # A lone surrogate, which only JSON can bring, is shown as its escape.
    return [snapshot.text[start:end].encode("utf-8", "backslashreplace") for start, end in snapshot.lines]
