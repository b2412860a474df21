"""The document on its way through the pipeline.

A stage takes a `Document` and returns it. What is kept stands in `segments`, each with its own map to the source; what
was taken out stands in `removals`; together they account for every character that is not blank.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from clean.offsets import Alignment, ByteOffsets, Span

HTML_TYPES = ("text/html", "application/xhtml+xml")

UNDETERMINED = "und"
"""The language code of text that carries no evidence of a language (ISO 639-2)."""


@dataclass(slots=True, frozen=True)
class Origin:
    """What the caller knows of a document before it is read. `record` is the line of a JSONL file, from 1."""

    id: str | None = None
    path: str | None = None
    record: int | None = None
    url: str | None = None
    media_type: str | None = None
    encoding: str | None = None
    """A charset that came with the document (HTTP header, metadata field); the decode stage weighs it."""


@dataclass(slots=True, eq=False)
class Segment:
    """A line or block of kept text. Segments of one `group` form a paragraph: a single line break joins them."""

    text: str
    alignment: Alignment
    group: int
    kind: str = "line"
    language: str = UNDETERMINED
    score: float = 0.0
    """The probability of `language`, 0 where it is undetermined."""
    foreign_run: int | None = None
    """The number of the run of adjacent segments in one language other than the document's, if it lies in one."""
    after_removal: bool = False
    before_removal: bool = False
    evidence: Any = None
    """What the language stage keeps of this text between passes; None when the text has changed since."""
    hits: Any = None
    """What the rule matcher keeps of this text between passes; None when the text has changed since."""
    features: Any = None
    """What the line model keeps of this text between passes; None when the text has changed since."""


class Removal(NamedTuple):
    """A source span that a rule took out, whole; it may hold blanks, and never overlaps a segment."""

    source: Span
    rule: str
    kind: str = "line"
    language: str = UNDETERMINED
    score: float | None = None
    """The model's score, where a model decided."""
    path: str | None = None
    """Where in the markup it stood, for HTML."""


class Flag(NamedTuple):
    """A source span that somebody should look at; the text stays."""

    source: Span
    rule: str


@dataclass(slots=True, frozen=True)
class Captured:
    """A metadata value, normalised, the source span it was read from, and the rule that captured it, if one did."""

    value: str
    source: Span
    rule: str | None = None


@dataclass(slots=True, eq=False)
class Document:
    """A document between two stages. `source` and `offsets` are empty until the decode stage has run."""

    raw: bytes | str
    """The raw input, or text that never was bytes; then bytes are counted in its UTF-8 form."""
    origin: Origin = field(default_factory=Origin)
    source: str = ""
    encoding: str = "utf-8"
    offsets: ByteOffsets = field(default_factory=lambda: ByteOffsets.of_text(""))
    segments: list[Segment] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    metadata: dict[str, Captured] = field(default_factory=dict)
    chosen: bool = False
    """Whether a model of pages chose the segments by their markup."""
    language: str = UNDETERMINED
    changed: bool = False
    """Whether the last strip pass changed anything; the pipeline repeats language and strip until it did not."""

    def placed(self) -> Iterator[tuple[int, Segment]]:
        """Each segment with the place in `text` where it begins."""
        at = 0
        group: int | None = None
        for segment in self.segments:
            if group is not None:
                at += 1 if segment.group == group else 2
            group = segment.group
            yield at, segment
            at += len(segment.text)

    @property
    def text(self) -> str:
        """The kept text: one line break within a paragraph, two between paragraphs."""
        parts: list[str] = []
        group: int | None = None
        for segment in self.segments:
            if group is not None:
                parts.append("\n" if segment.group == group else "\n\n")
            parts.append(segment.text)
            group = segment.group
        return "".join(parts)
