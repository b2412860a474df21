"""HTTP responses, as crawlers keep them: from the bytes of a message to those of the page it brought."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clean import extras
from clean.errors import DocumentError
from clean.io import media
from clean.io.compression import zstd_module

MAX_HEAD = 1 << 20
"""Bytes of status line and headers. Servers send 8 to 64 KB at most."""

MAX_PAYLOAD = 1 << 28
"""Bytes of a page when it is decompressed. A few bytes can stand for terabytes; no page has so many."""

STATUS = re.compile(rb"HTTP/[0-9.]+[ \t]+([0-9]{3})\b[^\r\n]*\r?\n", re.I)
HEADER = re.compile(rb"([^\s:]+)[ \t]*:[ \t]*(.*(?:\r?\n[ \t].*)*)\r?\n?")
CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([^\s"';,]+)""", re.I)
CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the body: the status, 0 where there is none, and the headers by their lower-case names."""

    status: int
    headers: dict[str, str]

    @property
    def media_type(self) -> str | None:
        """The type of the body, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() or None

    @property
    def charset(self) -> str | None:
        """The label of the charset that the server named."""
        found = CHARSET.search(self.headers.get("content-type", ""))
        return found.group(1) if found else None


def parse_head(raw: bytes) -> Head:
    """The head of a response from its bytes, up to and including the blank line.

    Raises:
        DocumentError: it does not begin with a status line.
    """
    status = STATUS.match(raw)
    if status is None:
        raise DocumentError("malformed-http", "the record holds no HTTP response: no status line")
    return Head(int(status.group(1)), parse_headers(raw[status.end() :]))


def parse_headers(raw: bytes) -> dict[str, str]:
    """Headers by their lower-case names; of a name that comes twice, what both say, with a comma."""
    headers: dict[str, str] = {}
    for name, value in HEADER.findall(raw):
        key = name.decode("latin-1").lower()
        text = " ".join(_decoded(value).split())
        headers[key] = f"{headers[key]}, {text}" if headers.get(key) else text
    return headers


def payload(head: Head, body: bytes, whole: bool = True) -> bytes:
    """The page in the body of a response: without the chunks of its transfer, decompressed.

    Many crawlers decode bodies and leave the headers as they were: a body that is not what its headers say, and is
    text, is taken for the page itself.

    Args:
        whole: False if the crawler cut the body off; then the page is as much of it as can be decoded.

    Raises:
        DocumentError: it cannot be decoded.
        ConfigError: a package is missing that decodes it.
    """
    if "chunked" in head.headers.get("transfer-encoding", "").lower():
        body = _unchunked(body, whole)
    codings = [coding.strip().lower() for coding in head.headers.get("content-encoding", "").split(",")]
    for coding in reversed(codings):
        decode = DECODERS.get(coding)
        if decode is not None:
            body = _decompressed(body, coding, decode, whole)
    return body


def _unchunked(body: bytes, whole: bool) -> bytes:
    parts: list[bytes] = []
    at = 0
    while found := CHUNK.match(body, at):
        size = int(found.group(1), 16)
        at = found.end()
        if size == 0:
            return b"".join(parts)
        part = body[at : at + size]
        parts.append(part)
        at += len(part)
        end = re.compile(rb"\r?\n").match(body, at)
        if len(part) < size or end is None:
            break
        at = end.end()
    if not parts:
        return body  # its crawler has put the chunks together
    if whole:
        raise DocumentError("malformed-http", f"the chunks of the HTTP response break off at byte {at} of {len(body)}")
    return b"".join(parts)


def _decompressed(body: bytes, coding: str, decode: Callable[[bytes], tuple[bytes, bool]], whole: bool) -> bytes:
    if not body:
        return body
    try:
        page, complete = decode(body)
    except ValueError as error:
        if not media.is_binary(body[: media.HEAD]):
            return body  # its crawler has decompressed it
        raise DocumentError("malformed-http", f"the HTTP response is no good {coding} data: {error}") from None
    if len(page) > MAX_PAYLOAD:
        raise DocumentError("too-large", f"the page is larger than {MAX_PAYLOAD >> 20} MB when it is decompressed")
    if whole and not complete:
        raise DocumentError("malformed-http", f"the {coding} data of the HTTP response breaks off")
    return page


def _gzip(body: bytes) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    size = 0
    while True:
        page, complete, rest = _inflated(body, 31, MAX_PAYLOAD + 1 - size)
        parts.append(page)
        size += len(page)
        # Members may follow one another; anything else that follows is no part of the page.
        if not complete or not rest.startswith(b"\x1f\x8b") or size > MAX_PAYLOAD:
            return b"".join(parts), complete
        body = rest


def _deflate(body: bytes) -> tuple[bytes, bool]:
    """What HTTP calls deflate: zlib's format by the standard, bare deflate by the habit of many servers."""
    try:
        return _inflated(body, 15, MAX_PAYLOAD + 1)[:2]
    except ValueError:
        return _inflated(body, -15, MAX_PAYLOAD + 1)[:2]


def _inflated(body: bytes, window: int, limit: int) -> tuple[bytes, bool, bytes]:
    inflater = zlib.decompressobj(window)
    try:
        page = inflater.decompress(body, limit)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    return page, inflater.eof, inflater.unused_data


def _brotli(body: bytes) -> tuple[bytes, bool]:
    brotli = extras.load("brotli", "warc", "A page in brotli compression")
    decoder = brotli.Decompressor()
    page = bytearray()
    try:
        # Of data that breaks off, it says that it needs more while it still has some to give.
        while part := decoder.process(body, output_buffer_limit=1 << 20):
            page += part
            body = b""
            if decoder.is_finished() or len(page) > MAX_PAYLOAD:
                break
    except brotli.error as error:
        raise ValueError(str(error)) from None
    return bytes(page), decoder.is_finished()


def _zstd(body: bytes) -> tuple[bytes, bool]:
    zstd: Any = zstd_module()
    decoder = zstd.ZstdDecompressor()
    try:
        return decoder.decompress(body, MAX_PAYLOAD + 1), decoder.eof
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from None


DECODERS: dict[str, Callable[[bytes], tuple[bytes, bool]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
