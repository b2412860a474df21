"""The record: what one document became, as the JSON object that is one line of the output.

`build` turns a finished `Document` into a `Record`; `Record.to_dict` has the keys of schema version 1 in their order.
Spans are half-open: `span` counts code points of `text`, `source` code points of the decoded source, `bytes` bytes of
the raw input.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from clean.document import HTML_TYPES, Captured, Document, Segment
from clean.offsets import Piece, Span

METADATA = ("title", "author", "date")
"""The metadata fields that every record has, null where nothing was captured."""

RENDERING = frozenset(("html_markup", "html_whitespace", "html_entity", "html_cell"))
"""What reading markup does to text. It changes nothing that a reader of the page would see and can be derived from the
source, so it stands in the segment's `map` and is not listed as an edit."""

_TAGS = re.compile(r"(?s)<!--.*?-->|<[^>]*>")


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What the record was made from. `bytes` is the size of the raw input, `record` the line of a JSONL file from 1."""

    path: str | None
    record: int | None
    sha256: str
    bytes: int
    encoding: str
    media_type: str | None
    url: str | None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


class KeptSegment(NamedTuple):
    """A run of kept text. `map` lists `(out_len, src_start, src_len)`, and is None where text equals source."""

    span: Span
    source: Span
    bytes: Span
    kind: str
    language: str
    score: float
    map: tuple[tuple[int, int, int], ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "span": list(self.span),
            "source": list(self.source),
            "bytes": list(self.bytes),
            "kind": self.kind,
            "language": self.language,
            "score": self.score,
        }
        if self.map is not None:
            out["map"] = [list(piece) for piece in self.map]
        return out


class RemovedSpan(NamedTuple):
    """A removed source span with the rule that removed it; `text` is the source's own text."""

    source: Span
    bytes: Span
    rule: str
    kind: str
    language: str
    text: str
    score: float | None = None
    path: str | None = None

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "source": list(self.source),
            "bytes": list(self.bytes),
            "rule": self.rule,
            "kind": self.kind,
            "language": self.language,
            "text": self.text,
        }
        if self.score is not None:
            out["score"] = self.score
        if self.path is not None:
            out["path"] = self.path
        return out


class Edit(NamedTuple):
    """A change inside kept text: source `before` became `after`, either of which may be empty."""

    span: Span
    source: Span
    rule: str
    before: str
    after: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "span": list(self.span),
            "source": list(self.source),
            "rule": self.rule,
            "before": self.before,
            "after": self.after,
        }


class FlaggedSpan(NamedTuple):
    """A source span that a rule marked and left in place."""

    source: Span
    rule: str

    def to_dict(self) -> dict[str, Any]:
        return {"source": list(self.source), "rule": self.rule}


@dataclass(frozen=True, slots=True)
class Record:
    """One cleaned document; `to_dict()` is exactly the JSON object of the output."""

    id: str
    source: SourceInfo
    text: str
    language: str
    metadata: dict[str, Captured | None]
    segments: tuple[KeptSegment, ...]
    removed: tuple[RemovedSpan, ...]
    edits: tuple[Edit, ...]
    flags: tuple[FlaggedSpan, ...]
    stats: dict[str, Any]
    tool: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """The record as plain data, keys in the order of the schema."""
        return {
            "id": self.id,
            "source": self.source.to_dict(),
            "text": self.text,
            "language": self.language,
            "metadata": {
                name: None if found is None else {"value": found.value, "source": list(found.source)}
                for name, found in self.metadata.items()
            },
            "segments": [segment.to_dict() for segment in self.segments],
            "removed": [removal.to_dict() for removal in self.removed],
            "edits": [edit.to_dict() for edit in self.edits],
            "flags": [flag.to_dict() for flag in self.flags],
            "stats": dict(self.stats),
            "tool": dict(self.tool),
        }

    def to_json(self) -> bytes:
        """One line of JSON in UTF-8, without the line break. A lone surrogate is written as its JSON escape."""
        line = json.dumps(self.to_dict(), ensure_ascii=False, check_circular=False, separators=(",", ":"))
        # Outside strings there is only ASCII, and inside them Python's escape for a surrogate is JSON's.
        return line.encode("utf-8", "backslashreplace")


def build(document: Document, tool: dict[str, str]) -> Record:
    """The record of a document that has gone through all stages."""
    raw = document.raw if isinstance(document.raw, bytes) else document.raw.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(raw).hexdigest()
    origin = document.origin
    source, text = document.source, document.text
    parts = _parts(document)
    removals = sorted(document.removals, key=lambda removal: removal.source)
    sources = [part.source for part in parts]
    byte_of = _byte_offsets(document, sources + [r.source for r in removals])
    kept = sum(end - start for start, end in sources)
    gone = sum(end - start for start, end in (removal.source for removal in removals))
    return Record(
        id=_identifier(document, digest),
        source=SourceInfo(
            origin.path, origin.record, digest, len(raw), document.encoding, origin.media_type, origin.url
        ),
        text=text,
        language=document.language,
        metadata={name: document.metadata.get(name) for name in dict.fromkeys((*METADATA, *document.metadata))},
        segments=tuple(part.kept(byte_of) for part in parts),
        removed=tuple(
            RemovedSpan(
                (start, end), (byte_of[start], byte_of[end]), rule, kind, language, source[start:end], score, path
            )
            for (start, end), rule, kind, language, score, path in removals
        ),
        edits=tuple(edit for part in parts if not part.is_identity for edit in part.edits(source, text)),
        flags=tuple(FlaggedSpan(flag.source, flag.rule) for flag in sorted(document.flags, key=lambda f: f.source)),
        stats={
            "chars_in": len(source),
            "chars_kept": kept,
            "chars_removed": gone,
            "removed_ratio": round(gone / (kept + gone), 4) if gone else 0.0,
            "languages": _language_shares(parts),
        },
        tool=tool,
    )


class _Part(NamedTuple):
    """A stretch of one segment without a gap in its source: `[start, end)` of the record's text."""

    segment: Segment
    start: int
    end: int
    pieces: tuple[Piece, ...]

    @property
    def source(self) -> Span:
        return self.pieces[0].src_start, self.pieces[-1].src_end

    @property
    def is_identity(self) -> bool:
        return len(self.pieces) == 1 and self.pieces[0].rule is None

    def kept(self, byte_of: dict[int, int]) -> KeptSegment:
        source = self.source
        return KeptSegment(
            (self.start, self.end),
            source,
            (byte_of[source[0]], byte_of[source[1]]),
            self.segment.kind,
            self.segment.language,
            round(self.segment.score, 4),
            None if self.is_identity else tuple(piece[:3] for piece in self.pieces),
        )

    def edits(self, source: str, text: str) -> list[Edit]:
        out: list[Edit] = []
        at = self.start
        for piece in self.pieces:
            if piece.rule is not None and piece.rule not in RENDERING:
                span, origin = (at, at + piece.out_len), (piece.src_start, piece.src_end)
                out.append(Edit(span, origin, piece.rule, source[slice(*origin)], text[slice(*span)]))
            at += piece.out_len
        return out


def _parts(document: Document) -> list[_Part]:
    """The segments, cut where their source has a gap; in a page, also around what was repaired.

    So a segment's markup, read alone, gives its text, and what a repair made of it stands by itself.
    """
    is_page = document.origin.media_type in HTML_TYPES
    parts: list[_Part] = []
    for start, segment in document.placed():
        pieces = segment.alignment.pieces
        if len(pieces) == 1:
            parts.append(_Part(segment, start, start + pieces[0].out_len, pieces))
            continue
        repaired = _repaired(segment, document.source) if is_page else [False] * len(pieces)
        first = 0
        at = start
        for i, piece in enumerate(pieces):
            if i > first and (piece.src_start > pieces[i - 1].src_end or repaired[i] != repaired[i - 1]):
                parts.append(_Part(segment, start, at, pieces[first:i]))
                first, start = i, at
            at += piece.out_len
        parts.append(_Part(segment, start, at, pieces[first:]))
    return parts


def _repaired(segment: Segment, source: str) -> list[bool]:
    """Of each piece, whether it has other characters than its markup shows. Blanks do not count."""
    out: list[bool] = []
    at = 0
    for piece in segment.alignment.pieces:
        end = at + piece.out_len
        out.append(
            piece.rule is not None
            and piece.rule not in RENDERING
            and _shown(source[piece.src_start : piece.src_end]) != "".join(segment.text[at:end].split())
        )
        at = end
    return out


def _shown(markup: str) -> str:
    return "".join(html.unescape(_TAGS.sub("", markup)).split())


def _byte_offsets(document: Document, spans: list[Span]) -> dict[int, int]:
    positions = sorted({border for span in spans for border in span})
    return dict(zip(positions, document.offsets.at(positions), strict=True))


def _identifier(document: Document, digest: str) -> str:
    origin = document.origin
    if origin.id is not None:
        return origin.id
    if origin.path is not None:
        return origin.path if origin.record is None else f"{origin.path}:{origin.record}"
    return origin.url or f"sha256:{digest[:16]}"


def _language_shares(parts: list[_Part]) -> dict[str, float]:
    size: Counter[str] = Counter()
    for part in parts:
        size[part.segment.language] += part.end - part.start
    total = size.total()
    return {language: round(n / total, 4) for language, n in sorted(size.items(), key=lambda x: (-x[1], x[0])) if n}
