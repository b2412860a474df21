"""Readers: from a file to documents. A file of text or HTML is one document, each line of JSON Lines is one.

JSON Lines are read a line at a time, so that memory holds one document whatever the size of the file. Nothing here
raises for bad input: what cannot be read is an item with an error, and the rest goes on.
"""

from __future__ import annotations

import codecs
import io
import json
import lzma
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from os import PathLike
from typing import IO, Any, cast

from clean.document import Origin
from clean.errors import CleanError, DocumentError, InputError
from clean.io import media
from clean.io.inputs import Input, find
from clean.io.item import Item

UNREADABLE = (OSError, EOFError, zlib.error, lzma.LZMAError)
"""What opening, reading and decompressing a damaged or forbidden file raise."""

Note = Callable[[str], None]


def read_paths(paths: Iterable[str | PathLike[str]]) -> Iterator[Item]:
    """The documents in files and directories, in order; see `find` for what a path may be."""
    return read(find(paths))


def read(inputs: Iterable[Input], note: Note = lambda message: None) -> Iterator[Item]:
    """The documents in `inputs`, in order.

    Of a directory, its README and binary files of the kinds that lie beside documents (images, archives) are left out,
    and `note` is told of each; a file that was named itself is read, or an error.
    """
    done = 0
    for entry in inputs:
        if entry.error is not None:
            yield Item(entry.name, _origin(entry), error=entry.error, position=done)
        else:
            yield from _read(entry, done, note)
        done += entry.size


def _read(entry: Input, done: int, note: Note) -> Iterator[Item]:
    """The documents of one file."""

    def failed(error: CleanError, record: int | None = None, original: bytes | None = None) -> Item:
        origin = _origin(entry, record)
        return Item(entry.name, origin, original=original, error=error, position=done + entry.size)

    if entry.folder is not None and entry.path is not None and media.DESCRIBES_FOLDER.fullmatch(entry.path.name):
        note(f"{entry.name}: left out: it describes its folder; name the file itself to have it cleaned")
        return
    compression, suffix = media.split_name(entry.name) if entry.regular or entry.label else (None, "")
    if suffix in media.UNSUPPORTED:
        kind = media.UNSUPPORTED[suffix]
        yield failed(DocumentError("unsupported", f"this version cannot read {kind} files; convert it to JSON Lines"))
        return
    record: int | None = None
    with ExitStack() as stack:
        try:
            file = _open(entry, stack)
            head, stream = _peek(file)
            if not entry.regular:
                compression = media.compression_of(head)
            if compression is not None:
                stream = stack.enter_context(_decompressed(stream, compression))
                head, stream = _peek(stream)
            kind = media.TYPES.get(suffix) or media.sniff_stream(head)
            if kind == media.JSON_LINES:
                for record, line in enumerate(stream, 1):
                    if item := _json_item(entry, record, line, done + _tell(file, entry)):
                        yield item
                return
            if media.is_binary(head):
                if entry.folder is not None and suffix in media.NOT_DOCUMENTS:
                    note(f"{entry.name}: left out: not text")
                else:
                    yield failed(DocumentError("binary", "a binary file, not text"), original=stream.read())
                return
            if suffix == ".json":
                error = DocumentError("unsupported", "one JSON value, not JSON Lines: write an object a line")
                yield failed(error, original=stream.read())
                return
            raw = stream.read()
        except UNREADABLE as failure:
            where = None if record is None else record + 1
            yield failed(DocumentError("unreadable", getattr(failure, "strerror", None) or str(failure)), where)
            return
        except CleanError as refusal:
            yield failed(refusal)
            return
    yield Item(entry.name, _origin(entry, media_type=kind), raw, raw, position=done + entry.size)


def _json_item(entry: Input, record: int, line: bytes, position: int) -> Item | None:
    """The document in one line of JSON Lines, or None for a blank line."""
    text = line.removeprefix(codecs.BOM_UTF8) if record == 1 else line
    if not text.strip():
        return None
    try:
        raw, origin = _from_json(text, entry, record)
    except DocumentError as error:
        return Item(entry.name, _origin(entry, record), original=line, error=error, position=position)
    return Item(entry.name, origin, raw, line, position=position)


def _from_json(line: bytes, entry: Input, record: int) -> tuple[str, Origin]:
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise DocumentError("undecodable", f"not UTF-8 at byte {error.start} of the line") from None
    except json.JSONDecodeError as error:
        raise DocumentError("malformed-json", f"malformed JSON: {error.msg} at column {error.pos + 1}") from None
    except (ValueError, RecursionError) as error:
        raise DocumentError("malformed-json", f"malformed JSON: {error}") from None
    if not isinstance(found, dict):
        raise DocumentError("no-text", f"{_json_type(found)}, where an object with a 'text' is needed")
    field = "text" if found.get("text") is not None or found.get("html") is None else "html"
    if found.get(field) is None:
        raise DocumentError("no-text", "the object has neither 'text' nor 'html'")
    raw = found[field]
    if not isinstance(raw, str):
        raise DocumentError("no-text", f"'{field}' is {_json_type(raw)}, not a string")
    kind = media.TEXT if field == "text" else media.HTML
    return raw, _origin(entry, record, _identifier(found), _url(found), kind)


def _identifier(found: dict[str, Any]) -> str | None:
    value = found.get("id")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return json.dumps(value)
    if value is not None and not isinstance(value, str):
        raise DocumentError("bad-field", f"'id' is {_json_type(value)}, not a string or a number")
    return value or None


def _url(found: dict[str, Any]) -> str | None:
    value = found.get("url")
    if value is not None and not isinstance(value, str):
        raise DocumentError("bad-field", f"'url' is {_json_type(value)}, not a string")
    return value or None


def _json_type(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _origin(
    entry: Input,
    record: int | None = None,
    id: str | None = None,
    url: str | None = None,
    media_type: str | None = None,
) -> Origin:
    # A pipe has a name, but nobody can go back to it: /dev/fd/63 in a record would mislead.
    path = entry.path.as_posix() if entry.path is not None and entry.regular else entry.label
    return Origin(id=id, path=path, record=record, url=url, media_type=media_type)


def _open(entry: Input, stack: ExitStack) -> IO[bytes]:
    if entry.path is None:
        return sys.stdin.buffer
    return stack.enter_context(open(entry.path, "rb"))


def _decompressed(stream: IO[bytes], compression: str) -> IO[bytes]:
    if compression == "gzip":
        import gzip

        return cast(IO[bytes], gzip.open(stream))
    if compression == "bzip2":
        import bz2

        return cast(IO[bytes], bz2.open(stream))
    if compression == "xz":
        return cast(IO[bytes], lzma.open(stream))
    raise InputError(f"this version cannot read {compression} compression; decompress the file first")


class _Rewound(io.RawIOBase):
    """A stream with the bytes that were read ahead put back in front; works for pipes, which cannot seek."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._head:
            data: Any = self._rest.read(len(buffer))
        else:
            data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _peek(stream: IO[bytes]) -> tuple[bytes, IO[bytes]]:
    head = stream.read(media.HEAD)
    return head, io.BufferedReader(_Rewound(head, stream), media.HEAD)


def _tell(file: IO[bytes], entry: Input) -> int:
    return min(file.tell(), entry.size) if entry.regular else 0
