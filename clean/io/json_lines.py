"""JSON Lines: an object with a text or a page on each line. A quarantine file gives back what was set aside in it."""

from __future__ import annotations

import base64
import binascii
import codecs
import json
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader
from typing import Any

from clean.config import InputConfig
from clean.document import Origin
from clean.errors import DocumentError
from clean.io import media
from clean.io.inputs import STDIN_NAME
from clean.io.item import Item
from clean.io.opened import Opened, unreadable
from clean.io.streams import lines

Json = dict[str, Any]

QUARANTINE = frozenset(("path", "record", "error", "raw"))
"""The keys by which a line of a quarantine file is known."""


def read(opened: Opened, stream: BufferedReader) -> Iterator[Item]:
    """The documents of a file of JSON Lines, a line at a time; numbers of records are numbers of lines, from 1."""
    for number, (line, error) in enumerate(lines(stream), 1):
        text = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        if error is not None:
            yield opened.ended(opened.failed(unreadable(error), number, line or None))
        elif text.strip():
            yield _item(opened, opened.origin(number), text, line)


def document_of(found: Json, origin: Origin, fields: InputConfig) -> tuple[str | bytes, Origin]:
    """The text of an object, or its page where it has no text, with what else the object says of it.

    Raises:
        DocumentError: it has neither, or a field is of the wrong type.
    """
    field = fields.text_field if found.get(fields.text_field) is not None else fields.html_field
    raw = found.get(field)
    if raw is None:
        raise DocumentError("no-text", f"the object has neither '{fields.text_field}' nor '{fields.html_field}'")
    if not isinstance(raw, str | bytes):
        raise DocumentError("no-text", f"'{field}' is {_json_type(raw)}, not a string")
    identifier = _identifier(found, fields.id_field)
    kind = media.TEXT if field == fields.text_field else media.HTML
    return raw, replace(origin, id=identifier, url=_url(found, fields.url_field), media_type=kind)


def _item(opened: Opened, origin: Origin, text: bytes, line: bytes) -> Item:
    try:
        found = _parsed(text)
        if found.keys() >= QUARANTINE and isinstance(found["error"], dict):
            return _replayed(opened, found)
        raw, origin = document_of(found, origin, opened.fields)
    except DocumentError as error:
        return opened.failed(error, original=line, origin=origin, is_line=True)
    return opened.item(origin, raw, line, is_line=True)


def _parsed(line: bytes) -> Json:
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise DocumentError("undecodable", f"not UTF-8 at byte {error.start} of the line") from None
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        raise DocumentError("malformed-json", f"malformed JSON: {what} at column {error.pos + 1}") from None
    except (ValueError, RecursionError) as error:
        raise DocumentError("malformed-json", f"malformed JSON: {error}") from None
    if not isinstance(found, dict):
        raise DocumentError("no-text", f"{_json_type(found)}, where an object with a text is needed")
    return found


def _replayed(opened: Opened, entry: Json) -> Item:
    """The item that a line of a quarantine file was made of: what it holds, where that stood.

    What was no document for a reader has no media type, and is none now.
    """
    name, record, packed = entry["path"], entry["record"], entry["raw"]
    identifier, url, kind, encoding = (entry.get(key) for key in ("id", "url", "media_type", "encoding"))
    texts = (identifier, url, kind, encoding, packed)
    if not (isinstance(name, str) and isinstance(record, int | None) and all(isinstance(t, str | None) for t in texts)):
        raise DocumentError("malformed-quarantine", "not as a run writes a quarantine file")
    is_line = kind == media.JSON_LINES
    path = None if name == STDIN_NAME else name
    origin = Origin(identifier, path, record, url, None if is_line else kind, encoding)
    try:
        raw = None if packed is None else base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise DocumentError("malformed-quarantine", "'raw' is not base64") from None
    if raw is None or kind is None:
        error = DocumentError(str(entry["error"].get("kind")), f"again: {entry['error'].get('message')}")
        item = opened.failed(error, original=raw, origin=origin)
    elif is_line:
        item = _item(opened, origin, raw.removeprefix(codecs.BOM_UTF8) if record == 1 else raw, raw)
    else:
        item = opened.item(origin, raw, raw)
    return replace(item, name=name)


def _identifier(found: Json, field: str) -> str | None:
    value = found.get(field)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return json.dumps(value)
    if value is not None and not isinstance(value, str):
        raise DocumentError("bad-field", f"'{field}' is {_json_type(value)}, not a string or a number")
    return value or None


def _url(found: Json, field: str) -> str | None:
    value = found.get(field)
    if value is not None and not isinstance(value, str):
        raise DocumentError("bad-field", f"'{field}' is {_json_type(value)}, not a string")
    return value or None


def _json_type(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
