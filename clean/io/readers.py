"""Readers: from a file to documents. A file of text or HTML is one document; others hold many, one a record.

Records are read one at a time, so that memory holds one document whatever the size of the file. Nothing here raises for
bad input: what cannot be read is an item with an error, and the rest goes on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from io import BufferedReader
from os import PathLike
from pathlib import PurePosixPath
from typing import IO

from clean.config import InputConfig
from clean.errors import CleanError, DocumentError
from clean.io import json_lines, media, parquet, remote, warc
from clean.io.compression import decompressed, zstd_module
from clean.io.inputs import Input, find
from clean.io.item import Item
from clean.io.opened import LeftOut, Note, Opened, unreadable
from clean.io.streams import Ahead, buffered, read_upto

RECORDS: dict[str, Callable[[Opened, BufferedReader], Iterator[Item]]] = {
    media.JSON_LINES: json_lines.read,
    media.PARQUET: parquet.read,
    media.WARC: warc.read,
}
"""Readers of files that hold many documents. What they raise is an OSError, for a file that breaks off unforeseen."""


def read_paths(paths: Iterable[str | PathLike[str]], fields: InputConfig | None = None) -> Iterator[Item]:
    """The documents in files and directories, in order; see `find` for what a path may be."""
    return read(find(paths), fields=fields)


def read(inputs: Iterable[Input], note: Note = lambda found: None, fields: InputConfig | None = None) -> Iterator[Item]:
    """The documents in `inputs`, in order.

    Of a directory, its README, binary files of the kinds that lie beside documents (images, archives), links to
    directories and what is no file are left out, and `note` is told of each; a file that was named itself is read, or
    an error. `note` also hears what records of WARC files are left out.

    Args:
        fields: what the fields of records are called; the defaults when None.

    Raises:
        ConfigError: an input needs a package that is not installed; see `check_packages`.
    """
    done = 0
    for entry in inputs:
        opened = Opened(entry, fields or InputConfig(), note, done)
        if entry.error is not None:
            yield opened.failed(entry.error)
        elif entry.left_out is not None:
            note(LeftOut(f"{entry.name}: left out: {entry.left_out}", {entry.left_out: 1}))
        else:
            yield from _read(opened)
        done += entry.size


def check_packages(inputs: Iterable[Input]) -> None:
    """Raise ConfigError if one of these inputs, by its name, needs a package that is not installed.

    It opens nothing. Called before a run, it keeps the run from ending at the first such file.
    """
    needed = set()
    for entry in inputs:
        compression, suffix = media.split_name(entry.name)
        needed |= {compression, media.TYPES.get(suffix)}
    if media.PARQUET in needed:
        parquet.module()
    if "zstd" in needed:
        zstd_module()


def _read(opened: Opened) -> Iterator[Item]:
    """The documents of one file."""
    entry = opened.entry
    if entry.folder is not None and media.DESCRIBES_FOLDER.fullmatch(PurePosixPath(entry.name).name):
        told = f"{entry.name}: left out: it describes its folder; name the file itself to have it cleaned"
        opened.note(LeftOut(told, {"describes its folder": 1}))
        return
    compression, suffix = media.split_name(entry.name) if entry.regular or entry.label else (None, "")
    if suffix in media.UNSUPPORTED:
        kind = media.UNSUPPORTED[suffix]
        error = DocumentError("unsupported", f"this version cannot read {kind} files; convert it to JSON Lines")
        yield opened.ended(opened.failed(error))
        return
    with ExitStack() as stack:
        try:
            file = _open(entry, stack)
        except OSError as failure:
            yield opened.ended(opened.failed(unreadable(failure)))
            return
        ahead = Ahead(file)
        if not entry.regular or not suffix:
            compression = media.compression_of(ahead.head) or (compression if entry.regular else None)
        opened = replace(opened, file=file, seekable=entry.regular and compression is None)
        if compression is not None:
            members = decompressed(buffered(ahead), compression)
            opened = replace(opened, members=members)
            ahead = Ahead(members)
        stream = buffered(ahead)
        kind = media.TYPES.get(suffix) or media.sniff_stream(ahead.head)
        if kind in RECORDS:
            yield from RECORDS[kind](opened, stream)
        else:
            yield from _document(opened, stream, ahead.head, kind, suffix)


def _document(opened: Opened, stream: BufferedReader, head: bytes, kind: str, suffix: str) -> Iterator[Item]:
    """The document that a file is as a whole; none if it is something that lies beside documents."""
    entry = opened.entry
    binary = media.is_binary(head)
    if binary and entry.folder is not None and suffix in media.NOT_DOCUMENTS:
        opened.note(LeftOut(f"{entry.name}: left out: not text", {"not text": 1}))
        return
    raw, failure = read_upto(stream)
    error: CleanError | None = None
    if failure is not None:
        error = unreadable(failure)
    elif binary:
        error = DocumentError("binary", "a binary file, not text")
    elif suffix == ".json":
        error = DocumentError("unsupported", "one JSON value, not JSON Lines: write an object a line")
    if error is not None:
        yield opened.ended(opened.failed(error, original=raw))
    else:
        yield opened.ended(opened.item(replace(opened.origin(), media_type=kind), raw, raw))


def _open(entry: Input, stack: ExitStack) -> IO[bytes]:
    if entry.url is not None:
        return stack.enter_context(remote.open_url(entry.url))
    if entry.path is None:
        return sys.stdin.buffer
    return stack.enter_context(open(entry.path, "rb"))
