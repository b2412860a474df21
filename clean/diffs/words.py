"""Changes grown to whole words, so that a reader sees words and not letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clean.diffs.rows import Part

WORD = 40
"""Longer runs without a blank are no words, and a change in them is shown as it is."""


def widened(parts: Sequence[Part]) -> list[Part]:
    """The parts with the rest of a word taken into the change that cuts through it."""
    return [part for part in _joined(_split(parts)) if part.old or part.new]


def _split(parts: Sequence[Part]) -> Iterator[Part]:
    """The unchanged parts in up to three: what belongs to the change before, the rest, what belongs to the next."""
    for i, part in enumerate(parts):
        if part.changed:
            yield part
            continue
        text = part.old
        head = _word(text) if i and _cut(parts[i - 1], text[:1], -1) else 0
        tail = _word(text[: -WORD - 1 : -1]) if i + 1 < len(parts) and _cut(parts[i + 1], text[-1:], 0) else 0
        stop = max(len(text) - tail, head)
        for start, end, changed in ((0, head, True), (head, stop, False), (stop, len(text), True)):
            if start < end:
                yield Part(text[start:end], text[start:end], changed)


def _joined(parts: Iterator[Part]) -> Iterator[Part]:
    run: list[Part] = []
    for part in parts:
        if part.changed:
            run.append(part)
            continue
        if run:
            yield Part("".join(one.old for one in run), "".join(one.new for one in run), True)
            run = []
        yield part
    if run:
        yield Part("".join(one.old for one in run), "".join(one.new for one in run), True)


def _cut(change: Part, neighbour: str, index: int) -> bool:
    """Whether a change cuts through a word that goes on in the unchanged text beside it."""
    touching = [text[index] for text in (change.old, change.new) if text]
    return bool(neighbour) and not neighbour.isspace() and not all(char.isspace() for char in touching)


def _word(text: str) -> int:
    """The length of the word that a text begins with; 0 when it is too long to be one."""
    for i, char in enumerate(text[:WORD]):
        if char.isspace():
            return i
    return len(text) if len(text) < WORD else 0
