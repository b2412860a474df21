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

    __slots__ = ("_alignment", "_first", "original", "text")

    def __init__(self, text: str) -> None:
        self.original = text
        self.text = text
        # What a single fixer did needs no map: most texts have one thing wrong with them.
        self._first: list[Replacement] = []
        self._alignment: Alignment | None = None

    def copy(self) -> Tracked:
        """An independent text in the same state: what is tried on it costs nothing to drop."""
        other = Tracked(self.original)
        other.text, other._first, other._alignment = self.text, self._first, self._alignment
        return other

    def apply(self, replacements: Iterable[Replacement]) -> None:
        """Make `replacements`, which are in order and free of overlap; what they leave as it was is no change."""
        done = [change for change in replacements if self.text[change.start : change.end] != change.text]
        if not done:
            return
        if self._first or self._alignment is not None:
            self._alignment = self._map().edit(_changes(done))
        else:
            self._first = done
        out: list[str] = []
        at = 0
        for start, end, text, _ in done:
            out.append(self.text[at:start])
            out.append(text)
            at = end
        out.append(self.text[at:])
        self.text = "".join(out)

    def replacements(self) -> list[Replacement]:
        """All that was changed, as replacements in the original text."""
        if self._alignment is None:
            return self._first
        out: list[Replacement] = []
        at = 0
        for piece in self._alignment.pieces:
            text = self.text[at : at + piece.out_len]
            at += piece.out_len
            if piece.rule is not None and text != self.original[piece.src_start : piece.src_end]:
                out.append(Replacement(piece.src_start, piece.src_end, text, piece.rule))
        return out

    def changes(self) -> list[Change]:
        """All that was changed, as changes of the original text."""
        return _changes(self.replacements())

    def _map(self) -> Alignment:
        if self._alignment is not None:
            return self._alignment
        return Alignment.identity(0, len(self.original)).edit(_changes(self._first))


def _changes(replacements: Iterable[Replacement]) -> list[Change]:
    return [Change(start, end, len(text), rule) for start, end, text, rule in replacements]


def shrunk(replacement: Replacement, source: str) -> Replacement:
    """The replacement without what `source` and the new text have in common at either end."""
    start, end, text, rule = replacement
    before = source[start:end]
    limit = min(len(before), len(text))
    head = 0
    while head < limit and before[head] == text[head]:
        head += 1
    tail = 0
    while tail < limit - head and before[-1 - tail] == text[-1 - tail]:
        tail += 1
    return Replacement(start + head, end - tail, text[head : len(text) - tail], rule)
