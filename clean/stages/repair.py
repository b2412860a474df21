"""Repair: what is broken in a segment's characters is put right, and the map shows where."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from clean.config import RepairConfig
from clean.document import Document, Removal, Segment
from clean.offsets import Change, Span
from clean.repair.text import TextRepair
from clean.repair.tracked import Replacement
from clean.stages.decode import MIXED

BLOCK = 64
"""Segments that are looked at together; most blocks hold nothing to repair."""


class Repair:
    """Repairs each segment on its own, so that one bad line never decides for its neighbours.

    A segment of which nothing is left becomes a removal.
    """

    def __init__(self, config: RepairConfig) -> None:
        self.config = config.resolved()
        idle = self.config == replace(RepairConfig("off").resolved(), profile=self.config.profile)
        self._repair = None if idle else TextRepair(self.config)
        self._code: TextRepair | None = None

    def __call__(self, document: Document) -> Document:
        if self._repair is None:
            return document
        kept: list[Segment] = []
        misread = sorted(flag.source for flag in document.flags if flag.rule == MIXED)
        for first in range(0, len(document.segments), BLOCK):
            block = document.segments[first : first + BLOCK]
            texts = [segment.text for segment in block]
            if not misread and self._repair.gate.all_pass(texts) and not any(map(_is_blank, texts)):
                kept += block
            else:
                kept += [segment for segment in block if self._keeps(segment, document, misread)]
        document.segments = kept
        return document

    def text(self, text: str) -> tuple[str, list[Change]]:
        """`text` repaired, and what was changed; no change when there is nothing to repair.

        Applied to its own result it changes nothing.
        """
        return self._repaired(text, [], self._repair)

    def _repaired(self, text: str, first: list[Replacement], repair: TextRepair | None) -> tuple[str, list[Change]]:
        tracked = repair(text, first) if repair is not None else None
        return (text, []) if tracked is None else (tracked.text, tracked.changes())

    def _keeps(self, segment: Segment, document: Document, misread: list[Span]) -> bool:
        """Repair `segment`; False when nothing of it is left, which is then noted in `document`.

        Args:
            misread: where the decode stage saw UTF-8 in a document of another charset.
        """
        known = self._reread(segment, document.encoding) if _lies_in(segment, misread) else []
        repair = self._repair
        if segment.kind == "code":
            repair = self._code = self._code or TextRepair(self.config, blanks=False)
        text, changes = self._repaired(segment.text, known, repair)
        if _is_blank(text):
            start, end = segment.alignment.source_span
            if start < end:
                rule = changes[0].rule if changes else "whitespace"
                document.removals.append(Removal((start, end), rule, segment.kind))
            return False
        if changes:
            _edit(segment, text, changes)
        return True

    def _reread(self, segment: Segment, encoding: str) -> list[Replacement]:
        if not self.config.fix_encoding:
            return []
        from clean.repair.mojibake import reread

        return reread(segment.text, encoding)


def _lies_in(segment: Segment, spans: list[Span]) -> bool:
    """Whether a segment lies in one of `spans`, which are in order and free of overlap."""
    start, end = segment.alignment.source_span
    i = bisect_right(spans, start, key=lambda span: span[0]) - 1
    return i >= 0 and end <= spans[i][1]


def _edit(segment: Segment, text: str, changes: list[Change]) -> None:
    """Put repaired text in place. Blanks that are cut off at an end are no edit: they lie between the segments."""
    source, alignment = segment.text, segment.alignment
    start, end = 0, len(source)
    if _cuts_blanks(changes[-1], source) and changes[-1].end == end and _exact(segment, changes[-1].start, end):
        end = changes.pop().start
    if changes and _cuts_blanks(changes[0], source) and changes[0].start == 0 and _exact(segment, 0, changes[0].end):
        start = changes.pop(0).end
    if (start, end) != (0, len(source)):
        alignment = alignment.slice(start, end)
        changes = [Change(c.start - start, c.end - start, c.length, c.rule) for c in changes]
    segment.alignment = alignment.edit(changes)
    segment.text = text


def _is_blank(text: str) -> bool:
    return not text or text.isspace()


def _cuts_blanks(change: Change, source: str) -> bool:
    return not change.length and source[change.start : change.end].isspace()


def _exact(segment: Segment, start: int, end: int) -> bool:
    """Whether `[start, end)` of the segment's text is unchanged source."""
    at = 0
    for piece in segment.alignment.pieces:
        if piece.rule is not None and at <= end and at + piece.out_len >= start:
            return False
        at += piece.out_len
    return True
