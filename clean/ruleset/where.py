"""Whether a rule's conditions hold at a place of a document."""

from __future__ import annotations

from collections.abc import Sequence

from clean.document import UNDETERMINED
from clean.ruleset.rule import Where
from clean.ruleset.view import View, count_words, normalised


def holds(where: Where, view: View, members: Sequence[int], hits: int = 1) -> bool:
    """Whether all conditions but `next_to` hold for the segments `members`: one of them, or those of a block.

    `next_to` depends on what other rules decide, and is left to whoever decides.
    """
    texts = [view.segments[i].text for i in members]
    if where.min_hits is not None and hits < where.min_hits:
        return False
    return (
        _size_fits(where, texts)
        and _position_fits(where, view, members)
        and _language_fits(where, view, members)
        and (where.first is None or where.first == (members[0] == 0))
        and (where.alone is None or where.alone == (len(members) == 1 and view.alone(members[0])))
        and (
            where.min_repeats is None or all(view.line_counts[normalised(text)] >= where.min_repeats for text in texts)
        )
    )


def _size_fits(where: Where, texts: Sequence[str]) -> bool:
    if where.min_chars is not None or where.max_chars is not None:
        chars = sum(map(len, texts))
        if chars < (where.min_chars or 0) or (where.max_chars is not None and chars > where.max_chars):
            return False
    if where.min_words is not None or where.max_words is not None:
        words = sum(map(count_words, texts))
        if words < (where.min_words or 0) or (where.max_words is not None and words > where.max_words):
            return False
    return True


def _position_fits(where: Where, view: View, members: Sequence[int]) -> bool:
    if where.position is None:
        return True
    head = view.before_prose(members[-1])
    tail = view.after_prose(members[0])
    return {
        "head": head,
        "tail": tail,
        "edge": head or tail,
        "inside": view.first_prose is not None and not (head or tail),
    }[where.position]


def _language_fits(where: Where, view: View, members: Sequence[int]) -> bool:
    segments = [view.segments[i] for i in members]
    if where.language and not all(segment.language in where.language for segment in segments):
        return False
    if where.foreign is not None:
        known = view.language != UNDETERMINED
        for segment in segments:
            other = known and segment.language not in (view.language, UNDETERMINED)
            if other != where.foreign:
                return False
    if where.language_run is None:
        return True
    in_run = [segment.foreign_run is not None for segment in segments]
    return any(in_run) and all(
        run or segment.language == UNDETERMINED for run, segment in zip(in_run, segments, strict=True)
    )
