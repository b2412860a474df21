"""Lines of two snapshots in rows: the same, gone, new, or changed, and by which rules."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from clean.diffs.align import Link, Mark
from clean.diffs.snapshot import Snapshot
from clean.offsets import Span


@dataclass(frozen=True, slots=True)
class Row:
    """Old lines and the new lines that they became; either may be none, and mostly it is one of each."""

    old: range
    new: range
    alike: bool = False
    """A person sees no difference: at most the line end or the encoding is another."""
    exact: bool = False
    """Not a byte is different."""
    rules: tuple[str, ...] = ()


class Part(NamedTuple):
    """A stretch of a row: `old` became `new`; where not `changed`, they are the same."""

    old: str
    new: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two snapshots, the rows of their lines in order, and what of one stands in the other."""

    old: Snapshot
    new: Snapshot
    links: Sequence[Link]
    rows: Sequence[Row]
    old_bytes: Sequence[bytes]
    """The old lines as they stand in the file, line breaks excluded."""
    new_bytes: Sequence[bytes]
    numbers: Sequence[int] | None = None
    """For each old line the line of the markup that it begins on, where the old lines are a page's blocks."""

    def number(self, line: int) -> int:
        """The number that people know an old line by, from 1."""
        return line + 1 if self.numbers is None else self.numbers[line]

    def parts(self, row: Row) -> list[Part]:
        """A changed row in stretches, without its last line's end."""
        (a, b), (c, d) = _extent(self.old, row.old), _extent(self.new, row.new)
        if b > a and self.old.text[b - 1] == "\r":
            b -= 1
        parts: list[Part] = []
        if not row.new or not row.old:
            return [Part(self.old.text[a:b], self.new.text[c:d], True)]
        first = bisect_right(self.links, a, key=lambda link: link.old_end)
        for link in self.links[first : bisect_left(self.links, b, lo=first, key=lambda link: link.old_start)]:
            if link.rule is not None:
                continue
            lo, hi = max(link.old_start, a), min(link.old_end, b)
            by = link.new_start - link.old_start
            lo, hi = max(lo, c - by), min(hi, d - by)
            if lo < hi:
                if a < lo or c < lo + by:
                    parts.append(Part(self.old.text[a:lo], self.new.text[c : lo + by], True))
                parts.append(Part(self.old.text[lo:hi], self.new.text[lo + by : hi + by], False))
                a, c = hi, hi + by
        if a < b or c < d:
            parts.append(Part(self.old.text[a:b], self.new.text[c:d], True))
        return parts

    def has_text(self, row: Row) -> bool:
        """Whether there is more to a row than blank lines."""
        return any(self.old_text(i).strip() for i in row.old) or any(self.new_text(j).strip() for j in row.new)

    def old_text(self, line: int) -> str:
        start, end = self.old.lines[line]
        return self.old.text[start:end].removesuffix("\r")

    def new_text(self, line: int) -> str:
        start, end = self.new.lines[line]
        return self.new.text[start:end]


def compare(
    old: Snapshot,
    new: Snapshot,
    links: Sequence[Link],
    marks: Sequence[Mark],
    old_bytes: Sequence[bytes],
    new_bytes: Sequence[bytes],
) -> Comparison:
    """All rows, from the top to the bottom of both texts."""
    plain = Comparison(old, new, links, (), old_bytes, new_bytes)
    rows = [_looked_at(plain, row) for row in _paired(old, new, links)]
    return replace(plain, rows=tuple(_inherited(plain, list(_ruled(old, rows, marks)))))


def _extent(snapshot: Snapshot, lines: range) -> Span:
    if not lines:
        return 0, 0
    return snapshot.lines[lines.start][0], snapshot.lines[lines.stop - 1][1]


def _paired(old: Snapshot, new: Snapshot, links: Sequence[Link]) -> Iterator[Row]:
    i = j = 0
    for block in _blocks(old, new, links):
        yield from _gap(old, new, range(i, block.old.start), range(j, block.new.start))
        yield block
        i, j = block.old.stop, block.new.stop
    yield from _gap(old, new, range(i, len(old.lines)), range(j, len(new.lines)))


def _blocks(old: Snapshot, new: Snapshot, links: Sequence[Link]) -> Iterator[Row]:
    """Lines that share text, the smallest groups of them."""
    last: Row | None = None
    for pair in _pairs(old, new, links):
        if last is not None and (pair.old.start < last.old.stop or pair.new.start < last.new.stop):
            last = Row(
                range(last.old.start, max(last.old.stop, pair.old.stop)),
                range(last.new.start, max(last.new.stop, pair.new.stop)),
            )
            continue
        if last is not None:
            yield last
        last = pair
    if last is not None:
        yield last


def _pairs(old: Snapshot, new: Snapshot, links: Sequence[Link]) -> Iterator[Row]:
    starts_old, starts_new = [s for s, _ in old.lines], [s for s, _ in new.lines]
    i = j = 0
    for link in links:
        if link.old_start == link.old_end or link.new_start == link.new_end:
            continue
        i = bisect_right(starts_old, link.old_start, lo=i) - 1
        j = bisect_right(starts_new, link.new_start, lo=j) - 1
        last_old = bisect_right(starts_old, link.old_end - 1, lo=i) - 1
        last_new = bisect_right(starts_new, link.new_end - 1, lo=j) - 1
        if link.rule is None:
            # The same text on both sides breaks into the same lines.
            for k in range(last_old - i + 1):
                yield Row(range(i + k, i + k + 1), range(j + k, j + k + 1))
        else:
            yield Row(range(i, last_old + 1), range(j, last_new + 1))
        i, j = last_old, last_new


def _gap(old: Snapshot, new: Snapshot, old_lines: range, new_lines: range) -> Iterator[Row]:
    """Lines that have no text in common with the other side: what is gone, and the blank lines around it."""
    blank = [i for i in old_lines if not old.text[slice(*old.lines[i])].strip()] if new_lines else []
    empty = [i for i in blank if old.lines[i][0] == old.lines[i][1]]
    stand_ins = empty if len(empty) >= len(new_lines) else blank
    at = old_lines.start
    for k, j in enumerate(new_lines):
        stop = stand_ins[k] if k < len(stand_ins) else at
        for i in range(at, stop):
            yield Row(range(i, i + 1), range(j, j))
        at = stop
        if k < len(stand_ins):
            at += 1
        yield Row(range(stop, at), range(j, j + 1))
    for i in range(at, old_lines.stop):
        yield Row(range(i, i + 1), range(new_lines.stop, new_lines.stop))


def _looked_at(comparison: Comparison, row: Row) -> Row:
    if len(row.old) != 1 or len(row.new) != 1:
        return row
    i, j = row.old.start, row.new.start
    alike = comparison.old_text(i) == comparison.new_text(j)
    if not alike:
        return row
    exact = comparison.old_bytes[i] == comparison.new_bytes[j] and (
        comparison.old.terminated or i < len(comparison.old.lines) - 1
    )
    return replace(row, alike=True, exact=exact)


def _ruled(old: Snapshot, rows: Sequence[Row], marks: Sequence[Mark]) -> Iterator[Row]:
    """Each row that is not alike, with the rules that were at work in it."""
    first = 0
    for row in rows:
        if row.alike or not row.old:
            yield row
            continue
        start, end = _extent(old, row.old)
        while first < len(marks) and marks[first].end < start:
            first += 1
        rules: dict[str, None] = {}
        i = first
        while i < len(marks) and marks[i].start <= end:
            if marks[i].end > start or marks[i].start == marks[i].end:
                rules.update(dict.fromkeys(marks[i].rule.split("; ")))
            i += 1
        yield replace(row, rules=tuple(rules))


def _inherited(comparison: Comparison, rows: list[Row]) -> Iterator[Row]:
    """A blank line that goes with a removed one goes by the same rule: the one above it, or else the one below."""
    out = list(rows)
    for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
        rules: tuple[str, ...] = ()
        for i in order:
            row = out[i]
            if row.new or not row.old:
                rules = ()
            elif row.rules:
                rules = row.rules
            elif rules and not comparison.old_text(row.old.start).strip():
                out[i] = replace(row, rules=rules)
    return iter(out)
