"""WARC records and HTTP responses, read for `clean.verify`; independent of the readers on purpose."""

from __future__ import annotations

import io
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message
from email.parser import BytesHeaderParser
from itertools import chain
from math import inf
from typing import IO, Any

from clean import extras
from clean.errors import ConfigError
from clean.verify_gzip import Unzipped

MOST = 1 << 28
"""Bytes of the largest record that is looked into; no page has so many."""
UNKNOWN = 1 << 62

WITHIN = re.compile(rb"(?<=\n)WARC/\d+\.\d+[ \t]*\r?\n(?=[A-Za-z-]+:|\Z)")
VERSION = re.compile(rb"WARC/\d+\.\d+\s*$")


def warc_records(file: IO[bytes]) -> Iterator[tuple[bool, bytes]]:
    """The content of each record, and whether it is what a server answered; lines between records are passed over.

    A record that is damaged counts, with any content. After a length that leads to no record, the next is looked for
    in what it leads past; after damage in a gzip file, in the next member that begins with one.

    Raises:
        OSError: the file breaks off.
    """
    stream = _Stream(file)
    while True:
        inside = False
        try:
            line = stream.readline()
            while line:
                if not VERSION.match(line):
                    line = stream.readline()
                    continue
                inside = True
                headers = _headers(stream)
                length = headers.get("Content-Length", "")
                size = int(length) if length.isdecimal() else inf
                block = stream.read(int(size)) if size <= stream.room() else b""
                inside = False
                yield headers.get("WARC-Type", "").lower() == "response", block
                line = stream.readline()
                astray = line.strip(b"\r\n\0 ") and not VERSION.match(line)
                if (astray or len(block) < size) and (found := WITHIN.search(block + line)):
                    stream.back((block + line)[found.start() :])
                    line = stream.readline()
            return
        except OSError:
            if not stream.go_behind():
                raise
            if inside:
                yield False, b""


class _Stream:
    """A WARC file that takes back what was read, and goes on behind damage where it can."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._files: list[IO[bytes]] = []
        """Those that are not read any more: they would close what is below them when they go."""
        self._again = io.BytesIO()

    def readline(self) -> bytes:
        line = self._again.readline()
        return line if line.endswith(b"\n") else line + self._file.readline()

    def read(self, size: int) -> bytes:
        """At most `size` bytes; nothing where these are more than `MOST`."""
        parts = [self._again.read(size)]
        found = len(parts[0])
        while part := self._file.read(min(size - found, 1 << 20)):
            found += len(part)
            if found <= MOST:
                parts.append(part)
        return b"".join(parts) if found <= MOST else b""

    def back(self, data: bytes) -> None:
        self._again = io.BytesIO(data + self._again.read())

    def room(self) -> int:
        """The bytes that are left, where that is known; a length that is none leads beyond all."""
        if not isinstance(getattr(self._file, "raw", None), io.FileIO):
            return UNKNOWN
        here = self._file.tell()
        end = self._file.seek(0, io.SEEK_END)
        self._file.seek(here)
        return end - here + len(self._again.getbuffer()) - self._again.tell()

    def go_behind(self) -> bool:
        raw = getattr(self._file, "raw", None)
        if not (isinstance(raw, Unzipped) and raw.behind(b"WARC/")):
            return False
        self._files.append(self._file)
        self._file, self._again = io.BufferedReader(raw), io.BytesIO()
        return True


def payloads(block: bytes) -> Iterator[bytes]:
    """The ways to read the page in an HTTP response, from as its headers say to as it stands."""
    stream = io.BytesIO(block)
    stream.readline()
    headers = _headers(stream)
    body = stream.read()
    codings = [coding.strip().lower() for coding in headers.get("Content-Encoding", "").split(",")]
    for stored in (_dechunked(body), body):
        decoded = stored
        for coding in reversed(codings):
            decoded = _unpacked(decoded, coding)
        yield decoded
        yield stored


def _headers(stream: IO[bytes] | _Stream) -> Message:
    """Headers up to the blank line after them."""
    lines = []
    while (line := stream.readline()).strip(b"\r\n"):
        # A carriage return within a line ends none; the parser would take it for an end.
        lines.append(line.rstrip(b"\r\n").replace(b"\r", b" ") + b"\n")
    return BytesHeaderParser().parsebytes(b"".join(lines))


def _dechunked(body: bytes) -> bytes:
    stream, out = io.BytesIO(body), bytearray()
    with suppress(ValueError):
        while size := int(stream.readline().split(b";")[0], 16):
            out += stream.read(size)
            stream.readline()
    return bytes(out)


def _unpacked(body: bytes, coding: str) -> bytes:
    """As much of a body as can be decompressed; the body itself where nothing can."""
    try:
        if coding in ("gzip", "x-gzip"):
            return _unzipped(body)
        if coding == "deflate":
            try:
                return zlib.decompressobj().decompress(body)
            except zlib.error:
                return zlib.decompressobj(-15).decompress(body)
        if coding == "br":
            decoder = extras.load("brotli", "warc", "A page in brotli compression").Decompressor()
            return b"".join(iter(chain([decoder.process(body)], iter(lambda: decoder.process(b""), b""))))
        if coding == "zstd":
            unpacked: bytes = zstd_module().ZstdDecompressor().decompress(body)
            return unpacked
    except ConfigError:
        raise
    except Exception:  # whatever the libraries raise, these bytes are not in that coding
        return body
    return body


def _unzipped(body: bytes) -> bytes:
    parts = []
    while body:
        unpacker = zlib.decompressobj(31)
        parts.append(unpacker.decompress(body))
        body = unpacker.unused_data
        if not body.startswith(b"\x1f\x8b"):
            break
    return b"".join(parts)


def zstd_module() -> Any:
    """Python's zstd, or its twin for Pythons before 3.14."""
    module = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    return extras.load(module, "zstd", "zstd")
