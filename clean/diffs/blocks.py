"""A page as people read it: all its blocks as lines of text, whether they stay or go, each pointing into the markup."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from clean.diffs.snapshot import Snapshot
from clean.document import Document


def whole_page(document: Document) -> Snapshot:
    """The lines of every block of a page, which the decode stage was the last to see."""
    from clean.html.blocks import read
    from clean.html.segments import places, segments

    page = read(document.source)
    return Snapshot.of_segments(segments(page, zip(page.blocks, places(page), strict=True)))


def line_numbers(snapshot: Snapshot, source: str) -> Sequence[int]:
    """For each line of a snapshot the line of the markup that it begins on, from 1."""
    breaks = [i for i, char in enumerate(source) if char == "\n"]
    return [bisect_left(breaks, snapshot.source_of(*line)[0]) + 1 for line in snapshot.lines]
