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
from typing import IO, Any

from clean import extras
from clean.errors import ConfigError

VERSION = re.compile(rb"WARC/\d+\.\d+\s*$")


def warc_records(stream: IO[bytes]) -> Iterator[tuple[bool, bytes]]:
    """The content of each record, and whether it is what a server answered; lines between records are passed over."""
    while line := stream.readline():
        if VERSION.match(line):
            headers = _headers(stream)
            length = headers.get("Content-Length", "")
            block = stream.read(int(length)) if length.isdecimal() else b""
            yield headers.get("WARC-Type", "").lower() == "response", block


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


def _headers(stream: IO[bytes]) -> Message:
    """Headers up to the blank line after them."""
    lines = []
    while (line := stream.readline()).strip(b"\r\n"):
        lines.append(line)
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
