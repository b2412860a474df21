"""A rule as data: what it looks for, where, what it does, and the examples that prove it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

SCOPES = ("line", "span", "block")
"""`line`: a match takes the whole segment; `span`: just what matched; `block`: the block that holds the matches."""

BLOCKS = ("paragraph", "language-run", "document")
"""What a block is: adjacent lines, adjacent segments in one language other than the document's, or everything."""

ACTIONS = ("drop", "replace", "capture", "flag")

POSITIONS = ("head", "tail", "edge", "inside")
"""Relative to the document's prose: before its first prose segment, after its last, either, or between them. In a
document without prose no place is any of these: there is nothing to tell chrome from content by."""


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions that must all hold. For scope `block`, word and character counts are the whole block's."""

    min_words: int | None = None
    max_words: int | None = None
    min_chars: int | None = None
    max_chars: int | None = None
    position: str | None = None
    first: bool | None = None
    """It is (or is not) the document's first segment."""
    alone: bool | None = None
    """The segment is (or is not) a paragraph of its own."""
    next_to: str | None = None
    """`removed`: a segment beside it has been removed by another rule."""
    language: tuple[str, ...] = ()
    """The segment's language is one of these."""
    foreign: bool | None = None
    """The segment's language is (or is not) another than the document's, both known."""
    language_run: str | None = None
    """`foreign`: it lies in a run of adjacent segments in one language other than the document's."""
    min_repeats: int | None = None
    """The same line, apart from case and punctuation, stands in the document at least this often."""
    min_hits: int | None = None
    """For scope `block`: the block holds at least this many matching segments."""
    max_hits: int | None = None
    """For other scopes: the rule matches at most so often in the document; what stands on it more often is a list."""

    CHOICES: ClassVar[dict[str, tuple[str, ...]]] = {
        "position": POSITIONS,
        "next_to": ("removed",),
        "language_run": ("foreign",),
    }


@dataclass(frozen=True, slots=True)
class Example:
    """A text, and what cleaning it with this one rule must do.

    A bare string among `drop` must go whole (scope `span`: at least lose something); among `keep` it must stay as it
    is. The fields say more where that is not enough.
    """

    text: str
    removes: tuple[str, ...] | None = None
    """The removed pieces, exactly these, in order."""
    becomes: str | None = None
    """The text that is left."""
    value: str | None = None
    """The captured value."""
    others: tuple[str, ...] = ()
    """Ids of rules that must work beside this one, for conditions such as `next_to`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack. Exactly one of `match`, `phrases` and `detector` says what it looks for."""

    id: str
    name: str
    summary: str
    scope: str
    action: str
    drop: tuple[Example, ...]
    keep: tuple[Example, ...]
    languages: tuple[str, ...] = ()
    """Languages of the rule's words; empty for any."""
    match: str | None = None
    phrases: tuple[str, ...] = ()
    detector: str | None = None
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    block: str = "paragraph"
    where: Where = dataclasses.field(default_factory=Where)
    replacement: str = ""
    field: str | None = None
    """The metadata field that `capture` fills."""
    keep_text: bool = False
    """Capture without removing."""
    safe: bool = True
    """Only safe rules are on without being named."""
    why: str = ""
    """The rationale, for people."""
    pack: str = ""
    line: int = 0
