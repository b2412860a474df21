"""WARC and WET: the pages and texts in what a crawler kept.

Framing is read here and not by a library: those that there are pass over some damage without a word, and stop at other.
Here each stretch of damage is an item with an error, and reading goes on at the next record.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BufferedReader

from clean.errors import DocumentError
from clean.io import http, media
from clean.io.item import Item
from clean.io.opened import Opened, unreadable
from clean.io.streams import BUFFER, read_upto

VERSION = re.compile(rb"WARC/[0-9]+\.[0-9]+[ \t]*\r?\n?\Z")
HEAD_END = re.compile(rb"\r?\n\r?\n")
FILLING = b"\r\n\0 "
"""What may stand between records: line breaks, and the zeros of a disk that was preallocated."""

MAX_DAMAGE = 16 << 20
"""About as much of a stretch of damage goes to the quarantine file: a whole crawl can be one."""

PAGES = ("text/html", "application/xhtml+xml")
TEXTS = ("text/plain", "text/markdown")


def read(opened: Opened, stream: BufferedReader) -> Iterator[Item]:
    """The documents of a WARC file, one record at a time; numbers of records count all records, from 1.

    Documents are pages that a server answered with (`response`, status 2xx, HTML), pages and texts kept as they are
    (`resource`), and texts made of pages (`conversion`, as in WET files). Other records are left out; `note` is told
    how many, when the file has been read.
    """
    return _Reading(opened, stream).items()


@dataclass(frozen=True, slots=True)
class _Record:
    headers: dict[str, str]
    length: int

    @property
    def kind(self) -> str:
        return self.headers.get("warc-type", "").lower()

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def whole(self) -> bool:
        """Whether the crawler kept all that it got, in this one record."""
        return "warc-truncated" not in self.headers and "warc-segment-number" not in self.headers


class _Reading:
    """One WARC file: what comes next in the stream, and what was left out."""

    def __init__(self, opened: Opened, stream: BufferedReader) -> None:
        self._opened = opened
        self._stream = stream
        self._line = b""
        self._number = 0
        self._failure: OSError | None = None
        self._left_out: Counter[str] = Counter()

    def items(self) -> Iterator[Item]:
        try:
            self._next()
            while self._line:
                if _begins(self._line):
                    self._number += 1
                    yield from self._record()
                else:
                    damage = DocumentError("malformed-warc", "what stands here is no WARC record")
                    yield self._opened.failed(damage, self._number + 1, self._skip_damage(self._line))
            if self._failure is not None:
                raise self._failure
        except OSError as error:
            yield self._opened.ended(self._opened.failed(unreadable(error), self._number + 1))
        if self._left_out:
            counts = ", ".join(f"{count:,} {what}" for what, count in sorted(self._left_out.items()))
            name, total = self._opened.entry.name, self._left_out.total()
            self._opened.note(f"{name}: {total:,} record{'s'[: total != 1]} left out: {counts}")

    def _record(self) -> Iterator[Item]:
        """The document in the record that begins here, if it holds one; then the line of the next is there."""
        head, complete, failure = self._head()
        headers = http.parse_headers(head)
        length = headers.get("content-length", "")
        if failure is not None:
            damage = unreadable(failure, "; the record breaks off in its head")
            yield self._opened.ended(self._failed(damage, self._line + head))
            self._line = b""
            return
        if not (complete and length.isascii() and length.isdigit()):
            reason = "has no Content-Length" if complete else "breaks off in its head"
            stretch = self._skip_damage(self._line + head + b"\r\n" * complete)
            yield self._failed(DocumentError("malformed-warc", f"the record {reason}"), stretch)
            return
        record = _Record(headers, int(length))
        block, why_not, size, failure = self._block(record)
        if size < record.length:
            reason = f"the record breaks off after {size:,} of {record.length:,} bytes"
            damage = unreadable(failure, f"; {reason}") if failure else DocumentError("unreadable", reason)
            yield self._opened.ended(self._failed(damage, block))
            self._line = b""
            return
        separated = False
        try:
            separated = self._next()
        except OSError as error:
            failure, self._line = error, b""
        if self._line and not (separated or _begins(self._line)):
            reason = "the record's Content-Length does not lead to another record"
            stretch = self._skip_damage((block or b"") + self._line)
            yield self._failed(DocumentError("malformed-warc", reason), stretch)
        elif why_not:
            self._left_out[why_not] += 1
        elif block is None:
            reason = f"the record is larger than {http.MAX_PAYLOAD >> 20} MB"
            yield self._failed(DocumentError("too-large", reason))
        else:
            yield self._document(record, block)
        if failure is not None:
            raise failure

    def _head(self) -> tuple[bytes, bool, OSError | None]:
        """The headers, whether the blank line after them has come, and what kept it from coming."""
        head = bytearray()
        try:
            while len(head) < http.MAX_HEAD and (line := self._stream.readline(BUFFER)):
                if line in (b"\r\n", b"\n"):
                    return bytes(head), True, None
                head += line
        except OSError as error:
            return bytes(head), False, error
        return bytes(head), False, None

    def _block(self, record: _Record) -> tuple[bytes | None, str, int, OSError | None]:
        """The content of a record, why it is left out, the bytes read of it, and what kept it from being read.

        The content is None if it is left out, or too large, and was not held.
        """
        block, failure = read_upto(self._stream, min(record.length, BUFFER))
        why_not = _why_not(record, block)
        size = len(block)
        held = not why_not and record.length <= http.MAX_PAYLOAD
        if held and failure is None:
            rest, failure = read_upto(self._stream, record.length - size)
            return block + rest, why_not, size + len(rest), failure
        while size < record.length and failure is None:
            part, failure = read_upto(self._stream, min(record.length - size, BUFFER))
            size += len(part)
            if not part:
                break
        return block if size <= BUFFER else None, why_not, size, failure

    def _document(self, record: _Record, block: bytes) -> Item:
        origin = replace(
            self._opened.origin(self._number),
            id=record.headers.get("warc-record-id"),
            url=record.headers.get("warc-target-uri", "").strip("<>") or None,
        )
        body = block
        try:
            if record.kind == "response":
                head, body = _split(block)
                origin = replace(origin, media_type=_page_type(record, head, body), encoding=head.charset)
                body = http.payload(head, body, record.whole)
            else:
                origin = replace(origin, media_type=record.content_type or media.sniff(block))
                charset = http.CHARSET.search(record.headers.get("content-type", ""))
                origin = replace(origin, encoding=charset.group(1) if charset else None)
        except DocumentError as error:
            return self._opened.failed(error, original=body, origin=replace(origin, media_type=None))
        return self._opened.item(origin, body, body)

    def _failed(self, error: DocumentError, original: bytes | None = None) -> Item:
        return self._opened.failed(error, self._number, original)

    def _next(self) -> bool:
        """Go to the next line that is not blank; whether a blank one came first."""
        self._line = self._stream.readline(BUFFER)
        separated = not self._line.strip(FILLING)
        while self._line and not self._line.strip(FILLING):
            self._line = self._stream.readline(BUFFER)
        return separated

    def _skip_damage(self, begun: bytes) -> bytes:
        """Go to the next line that begins a record; what was passed over after `begun`, with it."""
        passed = bytearray(begun)
        try:
            while self._line:
                begins = self._line.endswith(b"\n")
                self._line = self._stream.readline(BUFFER)
                if begins and _begins(self._line):
                    break
                if len(passed) < MAX_DAMAGE:
                    passed += self._line
        except OSError as error:
            self._failure, self._line = error, b""
        return bytes(passed)


def _begins(line: bytes) -> bool:
    """Whether a line begins a record, or is the last of the file and could have become one that does."""
    return VERSION.match(line) is not None or (not line.endswith(b"\n") and b"WARC/".startswith(line[:5]))


def _why_not(record: _Record, start: bytes) -> str:
    """Why a record is left out, from its headers and how it starts; empty for a document."""
    if record.kind == "conversion":
        return "" if record.content_type in ("", *TEXTS) else "not text"
    if record.kind == "resource":
        return "" if record.content_type in (*PAGES, *TEXTS) else "not text"
    if record.kind != "response":
        return record.kind or "without a type"
    if record.content_type not in ("application/http", ""):
        return "not HTTP"
    try:
        head, body = _split(start)
    except DocumentError:
        return ""  # it will be told when the record is read
    if not 200 <= head.status < 300:
        return "with a status other than 2xx"
    return "" if _page_type(record, head, body) in PAGES else "not HTML"


def _page_type(record: _Record, head: http.Head, body: bytes) -> str:
    """The type that the server gave, else the one that the crawler found, else what the page looks like."""
    return head.media_type or record.headers.get("warc-identified-payload-type", "").lower() or media.sniff(body)


def _split(block: bytes) -> tuple[http.Head, bytes]:
    """Head and body of an HTTP response.

    Raises:
        DocumentError: it is none.
    """
    end = HEAD_END.search(block, 0, BUFFER)
    at = end.end() if end else len(block)
    return http.parse_head(block[:at]), block[at:]
