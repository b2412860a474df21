"""What a rule may see of a document: its segments, their neighbours, and where they stand. Read only, computed once."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from clean.document import UNDETERMINED, Segment

UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Scripts written without spaces; two characters count as a word there."""

WORD = re.compile(r"\w+")

PROSE_WORDS = 20
PROSE_CHARS = 40
"""No text shorter than this has twenty words, in any script."""
PROSE_SHARE = 0.75
"""Share of letters and spaces in prose; data dumps have less."""
PROSE_SAMPLE = 400


def count_words(text: str) -> int:
    """Words between blanks; of scripts without spaces, two characters make one."""
    words = len(text.split())
    if not text.isascii():
        words += len(UNSPACED.findall(text)) // 2
    return words


def is_prose(text: str) -> bool:
    """Long enough and wordy enough to be a paragraph of running text."""
    if len(text) < PROSE_CHARS or count_words(text) < PROSE_WORDS:
        return False
    sample = text[:PROSE_SAMPLE]
    return sum(c.isalpha() or c.isspace() for c in sample) >= PROSE_SHARE * len(sample)


def normalised(line: str) -> str:
    """A line's letters and digits in lower case, single spaces between: what counts when lines are compared."""
    return " ".join(WORD.findall(line.casefold()))


class View:
    """A document's segments as rules see them."""

    def __init__(self, segments: Sequence[Segment], language: str = UNDETERMINED, chosen: bool = False) -> None:
        self.segments = segments
        self.language = language
        self.chosen = chosen
        """Whether a model of pages chose the segments by their markup."""

    def __len__(self) -> int:
        return len(self.segments)

    @cached_property
    def text(self) -> str:
        """All segments' texts, joined by line breaks; detectors that look across lines count positions in it."""
        return "\n".join(segment.text for segment in self.segments)

    @cached_property
    def starts(self) -> list[int]:
        """Where each segment begins in `text`."""
        starts, at = [], 0
        for segment in self.segments:
            starts.append(at)
            at += len(segment.text) + 1
        return starts

    def index(self, position: int) -> int:
        """The segment that holds `position` of `text`."""
        return bisect_right(self.starts, position) - 1

    @cached_property
    def first_prose(self) -> int | None:
        """The first segment of prose, or None."""
        return next((i for i, segment in enumerate(self.segments) if is_prose(segment.text)), None)

    @cached_property
    def last_prose(self) -> int | None:
        """The last segment of prose, or None."""
        return next((i for i in range(len(self) - 1, -1, -1) if is_prose(self.segments[i].text)), None)

    def before_prose(self, i: int) -> bool:
        return self.first_prose is not None and i < self.first_prose

    def after_prose(self, i: int) -> bool:
        return self.last_prose is not None and i > self.last_prose

    def alone(self, i: int) -> bool:
        """Whether the segment is a paragraph of its own."""
        group = self.segments[i].group
        return not (
            (i > 0 and self.segments[i - 1].group == group)
            or (i + 1 < len(self) and self.segments[i + 1].group == group)
        )

    @cached_property
    def line_counts(self) -> Counter[str]:
        """How often each normalised line stands in the document."""
        return Counter(normalised(segment.text) for segment in self.segments)
