"""Verify: does each record of an output add up, against itself and against its source, read again?

Written from the description of the record alone. It shares no code with what writes records: not the offsets, not the
decoding, not the readers, so that a defect there shows here. Outputs and sources are read by `clean.verify_files`.
"""

from __future__ import annotations

import codecs
import hashlib
import html
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clean.verify_files import output_records
from clean.verify_removed import RemovedText
from clean.verify_shape import is_count, shape
from clean.verify_sources import NoSource, Source, Sources

MARKUP = ("text/html", "application/xhtml+xml")
TAGS = re.compile(r"(?s)<!--.*?-->|<[^>]*>")
MAX_PROBLEMS = 20
"""Problems told per record: one shifted offset can put a thousand others wrong."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one line of an output: no problems is good."""

    line: int
    id: str
    problems: tuple[str, ...]
    source_read: bool
    text_elsewhere: bool = False
    """Whether its removed text stands in another file, which was not given."""


def verify(
    output: Path, folder: Path | None = None, fields: tuple[str, str] = ("text", "html"), removed: Path | None = None
) -> Iterator[Result]:
    """Check every record of `output`; sources are looked for below `folder`, or where their paths point.

    Time is linear in output and sources: records that stand in the order of the file that they are from are checked as
    they come, all others in a second pass, sorted.

    Args:
        fields: what the fields of a source's records are called that hold a text and a page.
        removed: the file with the removed text, where the output does not have it.

    Raises:
        OSError: the output, or `removed`, cannot be opened.
    """
    sources = Sources(folder, fields)
    texts = RemovedText(removed)
    later: list[tuple[str, int, int, int]] = []
    number = 0
    with tempfile.TemporaryFile() as aside:
        for number, found in enumerate(output_records(output), 1):
            if isinstance(found, str):
                yield Result(number, "?", (found,), False)
                continue
            if wrong := list(_limited(shape(found))):
                yield Result(number, str(found.get("id", "?")), tuple(wrong), False)
                continue
            if wrong := list(texts.restore(found)):
                yield Result(number, found["id"], tuple(wrong), False)
                continue
            path, record = found["source"]["path"], found["source"]["record"]
            if path is not None and record is not None and not sources.ahead(path, record):
                later.append((path, record, aside.tell(), number))
                aside.write(json.dumps(found).encode() + b"\n")
            else:
                yield _result(number, found, sources, fields)
        for problem in texts.rest():
            yield Result(number, "?", (problem,), False)
        for _, _, offset, number in sorted(later):
            aside.seek(offset)
            yield _result(number, json.loads(aside.readline()), sources, fields, again=True)


def check(record: Json, source: Source | None) -> list[str]:
    """What is wrong with a record of the right shape; without a source, what it says of itself is all there is."""
    return list(_limited(_problems(record, source)))


def _result(number: int, record: Json, sources: Sources, fields: tuple[str, str], again: bool = False) -> Result:
    path, line = record["source"]["path"], record["source"]["record"]
    source: Source | None = None
    problems: list[str] = []
    if path is not None:
        digest = record["source"]["sha256"]
        try:
            if line is None:
                source = sources.file(path, digest)
            else:
                field = fields[record["source"]["media_type"] in MARKUP]
                source = sources.record(path, line, field, digest, again)
        except NoSource as error:
            problems.append(f"source: {error}")
    lacking = any("text" not in removal for removal in record["removed"])
    return Result(number, record["id"], (*problems, *check(record, source)), source is not None, lacking)


def _limited(problems: Iterator[str]) -> Iterator[str]:
    for count, problem in enumerate(problems):
        if count == MAX_PROBLEMS:
            yield "and more"
            return
        yield problem


# --- content -------------------------------------------------------------------------------------------------------


def _problems(record: Json, source: Source | None) -> Iterator[str]:
    text: str | None = None
    if source is not None:
        digest = hashlib.sha256(source.raw).hexdigest()
        if digest != record["source"]["sha256"]:
            yield f"source.sha256: {source.name} has {digest}"
            return
        if len(source.raw) != record["source"]["bytes"]:
            yield f"source.bytes: {source.name} has {len(source.raw)}"
        try:
            text = _decode(source, record["source"]["encoding"])
        except (LookupError, UnicodeError) as error:
            yield f"source.encoding: {source.name} does not decode: {error}"
            return
        if len(text) != record["stats"]["chars_in"]:
            yield f"stats.chars_in: {record['stats']['chars_in']!r}, but {source.name} has {len(text)}"
    yield from _joined(record)
    yield from _segments(record, text)
    yield from _accounted(record, text)
    yield from _removed(record, text)
    yield from _inside(record)
    yield from _stats(record)
    if source is not None and text is not None:
        yield from _byte_spans(record, source, text)


def _decode(source: Source, encoding: str) -> str:
    raw = source.raw
    if source.is_value:
        return raw.decode("utf-8", "surrogatepass")
    return raw[_mark(raw, encoding) :].decode(encoding, "replace")


def _mark(raw: bytes, encoding: str) -> int:
    """Length of the byte order mark, which is no part of the source."""
    marks = {
        "utf-8": codecs.BOM_UTF8,
        "utf-16-le": codecs.BOM_UTF16_LE,
        "utf-16-be": codecs.BOM_UTF16_BE,
        "utf-32-le": codecs.BOM_UTF32_LE,
        "utf-32-be": codecs.BOM_UTF32_BE,
    }
    mark = marks.get(encoding, b"")
    return len(mark) if mark and raw.startswith(mark) else 0


def _joined(record: Json) -> Iterator[str]:
    """`text` is the segments and, between them, nothing, a line break, or two."""
    text = record["text"]
    at = 0
    for i, segment in enumerate(record["segments"]):
        start, end = segment["span"]
        between = text[at:start] if start >= at else None
        if between not in (("",) if i == 0 else ("", "\n", "\n\n")):
            yield f"segments[{i}].span: begins at {start}, not where the one before ends ({at}) and a line break or two"
        if end > len(text):
            yield f"segments[{i}].span: ends at {end}, beyond the text ({len(text)})"
        at = end
    if at != len(text):
        yield f"text: goes on to {len(text)}, but the last segment ends at {at}"


def _segments(record: Json, source: str | None) -> Iterator[str]:
    """Each piece of each map is the source's own text or a listed edit, and each edit is a piece of a map."""
    text, edits = record["text"], record["edits"]
    markup = record["source"]["media_type"] in MARKUP
    used = 0
    for i, segment in enumerate(record["segments"]):
        (start, end), (src_start, src_end) = segment["span"], segment["source"]
        pieces = segment.get("map", [[end - start, src_start, src_end - src_start]])
        at, src_at = start, src_start
        for out_len, piece_start, piece_len in pieces:
            span, origin = [at, at + out_len], [piece_start, piece_start + piece_len]
            if piece_start != src_at:
                yield f"segments[{i}].map: source {src_at} to {piece_start} is left out or taken twice"
            edit = edits[used] if "map" in segment and used < len(edits) else None
            if edit is not None and edit["span"] == span and edit["source"] == origin:
                yield from _edit(used, edit, text, source)
                used += 1
            elif markup and (source is None or _rendered(source[slice(*origin)]) == _solid(text[slice(*span)])):
                pass  # what reading a page does to its text can be derived, and is not listed
            elif out_len != piece_len:
                yield f"segments[{i}]: text {_at(span)} is {out_len} long, its source {piece_len}, and no edit says why"
            elif source is not None and text[slice(*span)] != source[slice(*origin)]:
                yield f"segments[{i}]: text {_at(span)} differs from source {_at(origin)}, and no edit says why"
            at, src_at = span[1], origin[1]
        if [at, src_at] != [end, src_end]:
            yield f"segments[{i}].map: ends at {at} and source {src_at}, not at {end} and {src_end}"
    if used < len(edits):
        yield f"edits[{used}]: {_at(edits[used]['span'])} is in no map"


def _rendered(markup: str) -> str:
    """What a reader sees of a stretch of markup, without blanks: no tag, comment or NUL, entities as characters."""
    return _solid(html.unescape(TAGS.sub("", markup).replace("\0", "")))


def _solid(text: str) -> str:
    return "".join(text.split())


def _edit(i: int, edit: Json, text: str, source: str | None) -> Iterator[str]:
    if edit["after"] != text[slice(*edit["span"])]:
        yield f"edits[{i}].after: is not what text has at {_at(edit['span'])}"
    before = edit["before"]
    length = edit["source"][1] - edit["source"][0]
    if len(before) != length or (source is not None and before != source[slice(*edit["source"])]):
        yield f"edits[{i}].before: is not what the source has at {_at(edit['source'])}"


def _accounted(record: Json, source: str | None) -> Iterator[str]:
    """Segments and removals are in order and never overlap, and only blanks lie outside of them."""
    for name in ("segments", "removed"):
        starts = [entry["source"] for entry in record[name]]
        for i in range(1, len(starts)):
            if starts[i][0] < starts[i - 1][1]:
                yield f"{name}[{i}].source: {_at(starts[i])} is out of order or overlaps {_at(starts[i - 1])}"
    spans = sorted(
        (*entry["source"], f"{name}[{i}]")
        for name in ("segments", "removed")
        for i, entry in enumerate(record[name])
        if entry["source"][0] < entry["source"][1]
    )
    at = 0
    owner = ""
    media_type = record["source"]["media_type"]
    for start, end, name in spans:
        if start < at:
            yield f"{name}.source: {_at([start, end])} overlaps {owner}"
        elif source is not None and not _may_lie_outside(source[at:start], media_type):
            yield f"source {_at([at, start])} is neither kept nor removed"
        if end > at:
            at, owner = end, name
    if source is not None and not _may_lie_outside(source[at:], media_type):
        yield f"source {_at([at, len(source)])} is neither kept nor removed"


def _may_lie_outside(between: str, media_type: str | None) -> bool:
    """Whether source text may be neither kept nor removed: blanks, and in a page also markup."""
    return media_type in MARKUP or not between or between.isspace()


def _removed(record: Json, source: str | None) -> Iterator[str]:
    for i, removal in enumerate(record["removed"]):
        start, end = removal["source"]
        text = removal.get("text")
        if text is None:
            continue  # it stands in another file, and follows from the source
        if len(text) != end - start or (source is not None and text != source[start:end]):
            yield f"removed[{i}].text: is not what the source has at {_at(removal['source'])}"


def _inside(record: Json) -> Iterator[str]:
    """No span ends beyond the source."""
    size = record["stats"]["chars_in"]
    named = [(f"metadata.{name}", found) for name, found in record["metadata"].items() if found is not None]
    for kind in ("segments", "removed", "edits", "flags"):
        named += [(f"{kind}[{i}]", entry) for i, entry in enumerate(record[kind])]
    for name, entry in named:
        if is_count(size) and entry["source"][1] > size:
            yield f"{name}.source: {_at(entry['source'])} ends beyond the source ({size})"


def _stats(record: Json) -> Iterator[str]:
    stats = record["stats"]
    kept = sum(end - start for start, end in (segment["source"] for segment in record["segments"]))
    gone = sum(end - start for start, end in (removal["source"] for removal in record["removed"]))
    sizes: dict[str, int] = {}
    for segment in record["segments"]:
        start, end = segment["span"]
        sizes[segment["language"]] = sizes.get(segment["language"], 0) + end - start
    total = sum(sizes.values())
    expected = {
        "chars_kept": kept,
        "chars_removed": gone,
        "removed_ratio": round(gone / (kept + gone), 4) if gone else 0.0,
        "languages": {language: round(size / total, 4) for language, size in sizes.items() if size},
    }
    if not is_count(stats["chars_in"]):
        yield "stats.chars_in: not a count"
    for name, value in expected.items():
        if stats[name] != value:
            yield f"stats.{name}: {json.dumps(stats[name])}, but the record adds up to {json.dumps(value)}"


def _byte_spans(record: Json, source: Source, text: str) -> Iterator[str]:
    """The bytes of each `bytes` span, decoded on their own, are the characters of the `source` span."""
    encoding = "utf-8" if source.is_value else record["source"]["encoding"]
    errors = "surrogatepass" if source.is_value else "replace"
    mark = 0 if source.is_value else _mark(source.raw, encoding)
    for kind in ("segments", "removed"):
        for i, entry in enumerate(record[kind]):
            start, end = entry["bytes"]
            wanted = text[slice(*entry["source"])]
            try:
                right = (
                    mark <= start
                    and end <= len(source.raw)
                    and source.raw[start:end].decode(encoding, errors) == wanted
                )
            except UnicodeDecodeError:
                right = False
            if not right:
                yield f"{kind}[{i}].bytes: {_at([start, end])} does not decode to source {_at(entry['source'])}"


def _at(span: list[int]) -> str:
    return f"[{span[0]}, {span[1]})"
