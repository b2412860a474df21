"""The life of a line: its bytes, its repairs, what each pass of the strip stage made of it, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from clean.cleaner import Cleaner
from clean.diffs.snapshot import Snapshot
from clean.document import HTML_TYPES, Captured, Document, Flag, Origin, Removal
from clean.explain.place import Place, overlap
from clean.explain.witness import Sight, Witness
from clean.offsets import Span
from clean.record import Edit, KeptSegment, Record, build


@dataclass(frozen=True, slots=True)
class Life:
    """What there is to tell of one line of the source; spans count code points of the source unless they say bytes."""

    line: int
    """From 1."""
    lines: int
    span: Span
    in_bytes: Span
    text: str
    raw: bytes
    """Its bytes in the input."""
    encoding: str
    bom: int
    """Bytes of the byte order mark before the text."""
    position: int | None
    """The character that was asked for."""
    decoding: tuple[Flag, ...]
    """What the decode stage found wrong."""
    left_out: tuple[Removal, ...]
    """Blocks of a page that the extract stage takes for no content."""
    is_markup: bool
    """Whether the document is a page, of which the line is markup."""
    repairs: tuple[Edit, ...]
    repaired_away: tuple[Removal, ...]
    """What the repair stage left nothing of."""
    sights: tuple[Sight, ...]
    passes: int
    kept: tuple[tuple[KeptSegment, str], ...]
    """The line's part of the result, and its text."""
    removed: tuple[Removal, ...]
    flags: tuple[Flag, ...]
    captured: tuple[tuple[str, Captured], ...]


def life(cleaner: Cleaner, raw: bytes | str, origin: Origin, place: Place) -> Life:
    """Follow the line at `place` through the pipeline.

    Raises:
        InputError: there is no such place.
        DocumentError: the document cannot be cleaned.
    """
    decoded = cleaner.run(Document(raw, origin), to="decode")
    source = Snapshot.of(decoded, "decode")
    number, position = place.located(source)
    span = source.lines[number] if source.lines else (0, 0)
    start, end = decoded.offsets.at(span)
    data = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass")

    extracted = set(cleaner.run(Document(raw, origin), to="extract").removals)
    mended = cleaner.run(Document(raw, origin), to="repair")
    edits = build(mended, {}).edits
    witness = Witness(cleaner, span)
    final = witness.watched().run(Document(raw, origin))
    record = build(final, {})
    gone = [removal for removal in final.removals if overlap(removal.source, span)]
    repaired = set(mended.removals) - extracted
    return Life(
        line=number + 1,
        lines=len(source.lines),
        span=span,
        in_bytes=(start, end),
        text=decoded.source[slice(*span)],
        raw=data[start:end],
        encoding=decoded.encoding,
        bom=decoded.offsets.at([0])[0],
        position=position,
        decoding=tuple(flag for flag in decoded.flags if overlap(flag.source, span)),
        left_out=tuple(removal for removal in gone if removal in extracted),
        is_markup=final.origin.media_type in HTML_TYPES,
        repairs=tuple(edit for edit in edits if overlap(edit.source, span)),
        repaired_away=tuple(removal for removal in gone if removal in repaired),
        sights=tuple(witness.sights),
        passes=witness.passes,
        kept=tuple(_kept(record, span)),
        removed=tuple(removal for removal in sorted(gone, key=lambda r: r.source)),
        flags=tuple(flag for flag in final.flags if overlap(flag.source, span) and flag not in decoded.flags),
        captured=tuple((name, found) for name, found in final.metadata.items() if overlap(found.source, span)),
    )


def _kept(record: Record, span: Span) -> list[tuple[KeptSegment, str]]:
    found = [(one, record.text[slice(*one.span)]) for one in record.segments if overlap(one.source, span)]
    return [(one, text) for one, text in found if text]
