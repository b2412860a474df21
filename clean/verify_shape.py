"""The shape of a record: keys, their order and their types, as `clean.verify` wants them before it looks inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

KEYS: dict[str, tuple[str, ...]] = {
    "record": (
        *("id", "source", "text", "language", "metadata"),
        *("segments", "removed", "edits", "flags", "stats", "tool"),
    ),
    "source": ("path", "record", "sha256", "bytes", "encoding", "media_type", "url"),
    "metadata": ("title", "author", "date"),
    "captured": ("value", "source"),
    "segments": ("span", "source", "bytes", "kind", "language", "score"),
    "removed": ("source", "bytes", "rule", "kind", "language"),
    "edits": ("span", "source", "rule", "before", "after"),
    "flags": ("source", "rule"),
    "stats": ("chars_in", "chars_kept", "chars_removed", "removed_ratio", "languages"),
    "tool": ("version", "ruleset"),
}
OPTIONAL: dict[str, tuple[str, ...]] = {"segments": ("map",), "removed": ("text", "score", "path")}
OPEN = ("metadata", "stats")
"""Objects that may have more keys, after those listed."""

STRINGS = ("id", "text", "language", "kind", "rule", "before", "after", "value", "sha256", "encoding", "version")
SPANS = ("span", "source", "bytes")


def shape(record: Json) -> Iterator[str]:
    """What is wrong with keys, their order and their types; nothing else can be checked before this is right."""
    wrong = list(_keys(record, "record", "record"))
    if wrong:
        yield from wrong
        return
    for name in ("source", "metadata", "stats", "tool"):
        yield from _object(record[name], name, name)
    for name in ("segments", "removed", "edits", "flags"):
        if not isinstance(record[name], list):
            yield f"{name}: not a list"
            continue
        for i, entry in enumerate(record[name]):
            yield from _object(entry, name, f"{name}[{i}]")
    for name in ("id", "text", "language"):
        if not isinstance(record[name], str):
            yield f"{name}: not a string"
    if isinstance(record["metadata"], dict):
        for name, captured in record["metadata"].items():
            if captured is not None:
                yield from _object(captured, "captured", f"metadata.{name}")


def _object(value: Any, kind: str, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: not an object"
        return
    yield from _keys(value, kind, where)
    for key, content in value.items():
        if key in STRINGS and not isinstance(content, str):
            yield f"{where}.{key}: not a string"
        elif kind not in ("source", "metadata") and key in SPANS and not _is_span(content):
            yield f"{where}.{key}: not a span"
    if kind == "source":
        if not is_count(value.get("bytes")):
            yield "source.bytes: not a count"
        for key in ("path", "media_type", "url"):
            if not isinstance(value.get(key), str | None):
                yield f"source.{key}: neither a string nor null"
        if value.get("record") is not None and not (is_count(value["record"]) and value["record"] > 0):
            yield "source.record: neither a line number nor null"
    if kind == "segments" and "map" in value and not _is_map(value["map"]):
        yield f"{where}.map: not a list of [out_len, src_start, src_len]"


def _keys(value: Json, kind: str, where: str) -> Iterator[str]:
    wanted = KEYS[kind]
    if missing := [key for key in wanted if key not in value]:
        yield f"{where}: lacks {', '.join(missing)}"
        return
    more = [key for key in value if key not in wanted]
    if tuple(value)[: len(wanted)] != wanted:
        yield f"{where}: keys are not in the order of the schema"
    elif kind not in OPEN and more != [key for key in OPTIONAL.get(kind, ()) if key in value]:
        yield f"{where}: unexpected {', '.join(more)}"


def is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_span(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(is_count, value)) and value[0] <= value[1]


def _is_map(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(piece, list) and len(piece) == 3 and all(map(is_count, piece)) for piece in value
    )
