"""Two snapshots of a document side by side: which characters are the same, and which became others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clean.diffs.snapshot import Run, Snapshot
from clean.offsets import Span


class Link(NamedTuple):
    """`[old_start, old_end)` of the old text became `[new_start, new_end)` of the new one.

    With `rule` None both are the same text, character for character.
    """

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    rule: str | None = None


class Mark(NamedTuple):
    """A rule at work on `[start, end)` of the old text; empty where it put something in."""

    start: int
    end: int
    rule: str


def align(old: Snapshot, new: Snapshot) -> list[Link]:
    """What of `old` stands in `new`, in order; each is a snapshot of the same document, `new` the later one."""
    links: list[Link] = []
    i = 0
    for run in new.runs:
        while i < len(old.runs) and old.runs[i].src_end <= run.src_start and old.runs[i][2:] != run[2:]:
            i += 1
        touched = list(_touched(old.runs, i, run.src_start, run.src_end))
        if run.rule is None:
            for o in touched:
                lo, hi = max(o.src_start, run.src_start), min(o.src_end, run.src_end)
                if o.rule is None and lo < hi:
                    by, to = o.start - o.src_start, run.start - run.src_start
                    links.append(Link(lo + by, hi + by, lo + to, hi + to))
        elif i < len(old.runs) and _same(old, old.runs[i], new, run):
            links.append(Link(old.runs[i].start, old.runs[i].end, run.start, run.end))
        else:
            start, end = _place(old.runs, i, touched, run)
            links.append(Link(start, end, run.start, run.end, run.rule))
        i = max(i, i + len(touched) - 1)
    return links


def marks(old: Snapshot, links: Iterable[Link], removed: Iterable[tuple[Span, str]]) -> list[Mark]:
    """Where in the old text which rule was at work, in order.

    Args:
        removed: source spans that were removed between the two, in order and free of overlap, with their rules.
    """
    found = [Mark(link.old_start, link.old_end, link.rule) for link in links if link.rule is not None]
    i = 0
    for (start, end), rule in removed:
        while i < len(old.runs) and old.runs[i].src_end <= start:
            i += 1
        touched = list(_touched(old.runs, i, start, end))
        if touched:
            found.append(Mark(_inside(touched[0], start)[0], _inside(touched[-1], end)[1], rule))
            i += len(touched) - 1
    return sorted(found)


def _touched(runs: tuple[Run, ...], first: int, start: int, end: int) -> Iterator[Run]:
    for i in range(first, len(runs)):
        if runs[i].src_start >= end:
            return
        yield runs[i]


def _same(old: Snapshot, o: Run, new: Snapshot, n: Run) -> bool:
    return o[2:] == n[2:] and old.text[o.start : o.end] == new.text[n.start : n.end]


def _place(runs: tuple[Run, ...], i: int, touched: list[Run], run: Run) -> Span:
    """Where in the old text stood what became `run`."""
    if touched:
        return _inside(touched[0], run.src_start)[0], _inside(touched[-1], run.src_end)[1]
    at = runs[i].start if i < len(runs) else (runs[-1].end if runs else 0)
    return at, at


def _inside(run: Run, position: int) -> Span:
    """The old text's border for a source position in `run`: as a start, and as an end. An edited run counts whole."""
    if run.rule is not None:
        return run.start, run.end
    at = run.start + min(max(position - run.src_start, 0), run.end - run.start)
    return at, at
