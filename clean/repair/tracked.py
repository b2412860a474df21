"""A text under repair, and the map that keeps up with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from clean.offsets import Alignment, Change


class Replacement(NamedTuple):
    """Put `text` in the place of `[start, end)`, in the name of `rule`."""

    start: int
    end: int
    text: str
    rule: str


class Tracked:
    """A text that fixers change one after another, and where each of its characters stood at first."""

    __slots__ = ("alignment", "original", "text")

    def __init__(self, text: str) -> None:
        self.original = text
        self.text = text
        self.alignment = Alignment.identity(0, len(text))

    def copy(self) -> Tracked:
        """An independent text in the same state: what is tried on it costs nothing to drop."""
        other = Tracked(self.original)
        other.text, other.alignment = self.text, self.alignment
        return other

    def apply(self, replacements: Iterable[Replacement]) -> None:
        """Make `replacements`, which are in order and free of overlap; what they leave as it was is no change."""
        out: list[str] = []
        changes: list[Change] = []
        at = 0
        for replacement in replacements:
            start, end, text, rule = shrunk(replacement, self.text)
            if start == end and not text:
                continue
            out.append(self.text[at:start])
            out.append(text)
            at = end
            changes.append(Change(start, end, len(text), rule))
        if changes:
            out.append(self.text[at:])
            self.text = "".join(out)
            self.alignment = self.alignment.edit(changes)

    def replacements(self) -> list[Replacement]:
        """All that was changed, as replacements in the original text."""
        out: list[Replacement] = []
        at = 0
        for piece in self.alignment.pieces:
            text = self.text[at : at + piece.out_len]
            at += piece.out_len
            if piece.rule is not None and text != self.original[piece.src_start : piece.src_end]:
                out.append(Replacement(piece.src_start, piece.src_end, text, piece.rule))
        return out

    def changes(self) -> list[Change]:
        """All that was changed, as changes of the original text."""
        return [Change(start, end, len(text), rule) for start, end, text, rule in self.replacements()]


def shrunk(replacement: Replacement, source: str) -> Replacement:
    """The replacement without what `source` and the new text have in common at either end."""
    start, end, text, rule = replacement
    before = source[start:end]
    if before == text:
        return Replacement(start, start, "", rule)
    limit = min(len(before), len(text))
    head = 0
    while head < limit and before[head] == text[head]:
        head += 1
    tail = 0
    while tail < limit - head and before[-1 - tail] == text[-1 - tail]:
        tail += 1
    if head or tail:
        return Replacement(start + head, end - tail, text[head : len(text) - tail], rule)
    return replacement
