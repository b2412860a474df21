"""WARC and WET: the pages and texts in what a crawler kept.

Framing is read here and not by a library: those that there are pass over some damage without a word, and stop at other.
Here each stretch of damage is an item with an error, and reading goes on at the next record.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BufferedReader, RawIOBase
from math import inf
from typing import cast

from clean.errors import DocumentError
from clean.io import http, media
from clean.io.item import Item
from clean.io.members import Damaged
from clean.io.opened import LeftOut, Opened, unreadable
from clean.io.streams import BUFFER, Pushback, buffered, read_line, read_upto

VERSION = re.compile(rb"WARC/[0-9]+\.[0-9]+[ \t]*\r?\n?\Z")
START = b"WARC/"
WITHIN = re.compile(rb"(?<=\n)WARC/[0-9]+\.[0-9]+[ \t]*\r?\n(?=[A-Za-z-]+:|\Z)")
"""A record that begins where another should go on."""
HEAD_END = re.compile(rb"\r?\n\r?\n")
FILLING = b"\r\n\0 "
"""What may stand between records: line breaks, and the zeros of a disk that was preallocated."""

MAX_DAMAGE = 16 << 20
"""About as much of a stretch of damage goes to the quarantine file: a whole crawl can be one."""

REREAD, REREAD_SHARE = 1 << 30, 4
"""How much is read again after wrong lengths: bytes, and as a share of what has been read for the first time."""

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
        self._source = Pushback(stream)
        self._stream = buffered(self._source)
        self._line = b""
        self._failure: OSError | None = None
        """Why there is nothing after `_line`."""
        self._blank = 0
        """Bytes of blank lines before it."""
        self._number = 0
        self._read = 0
        self._read_again = 0
        self._left_out: Counter[str] = Counter()

    def items(self) -> Iterator[Item]:
        self._next()
        while self._line or self._failure is not None:
            if self._failure is not None:
                yield self._broken(self._failure, original=self._line)
            elif _begins(self._line):
                self._number += 1
                yield from self._record()
            else:
                damage = DocumentError("malformed-warc", "what stands here is no WARC record")
                yield self._opened.failed(damage, self._number + 1, self._skip_damage(self._line))
        if self._left_out:
            counts = ", ".join(f"{count:,} {what}" for what, count in sorted(self._left_out.items()))
            name, total = self._opened.entry.name, self._left_out.total()
            told = f"{name}: {total:,} record{'s'[: total != 1]} left out: {counts}"
            self._opened.note(LeftOut(told, dict(self._left_out)))

    def _record(self) -> Iterator[Item]:
        """The document in the record that begins here, if it holds one; then the line of the next is there."""
        head, complete, failure = self._head()
        if failure is not None:
            yield self._broken(failure, "; the record breaks off in its head", self._line + head, self._number)
            return
        headers = http.parse_headers(head)
        length = headers.get("content-length", "")
        if not (complete and length.isascii() and length.isdigit()):
            reason = "has no Content-Length" if complete else "breaks off in its head"
            stretch = self._skip_damage(self._line + head + b"\r\n" * complete)
            yield self._failed(DocumentError("malformed-warc", f"the record {reason}"), stretch)
            return
        if int(length) > self._room():
            reason = f"the record's Content-Length of {int(length):,} leads beyond the end of the file"
            yield self._failed(DocumentError("malformed-warc", reason), self._skip_damage(self._line + head + b"\r\n"))
            return
        record = _Record(headers, int(length))
        block, why_not, size, failure = self._block(record)
        if failure is not None:
            reason = f"; the record breaks off after {size:,} of {record.length:,} bytes"
            yield self._broken(failure, reason, block, self._number)
            return
        separated = self._next()
        if size < record.length:
            reason = f"the record breaks off after {size:,} of {record.length:,} bytes"
            yield self._failed(DocumentError("unreadable", reason), self._go_back(block))
        elif self._line and self._failure is None and not (separated or _begins(self._line)):
            reason = "the record's Content-Length does not lead to another record"
            stretch = self._go_back(block, self._line) or self._skip_damage((block or b"") + self._line)
            yield self._failed(DocumentError("malformed-warc", reason), stretch)
        elif isinstance(self._failure, Damaged) and self._failure.given > self._blank and not self._line:
            # It could be read to its end, and belongs to what is damaged.
            yield self._broken(self._failure, "; it ends with this record", block, self._number)
        elif why_not:
            self._left_out[why_not] += 1
        elif block is None:
            reason = f"the record is larger than {http.MAX_PAYLOAD >> 20} MB"
            yield self._failed(DocumentError("too-large", reason))
        else:
            yield self._document(record, block)

    def _head(self) -> tuple[bytes, bool, OSError | None]:
        """The headers, whether the blank line after them has come, and what kept it from coming."""
        head = bytearray()
        while len(head) < http.MAX_HEAD:
            line, failure = read_line(self._stream, BUFFER)
            if failure is None and line in (b"\r\n", b"\n"):
                return bytes(head), True, None
            head += line
            if failure is not None or not line:
                return bytes(head), False, failure
        return bytes(head), False, None

    def _block(self, record: _Record) -> tuple[bytes | None, str, int, OSError | None]:
        """The content of a record, why it is left out, the bytes read of it, and what kept it from being read.

        The content is None if it is too large to be held.
        """
        block, failure = read_upto(self._stream, min(record.length, BUFFER))
        why_not = _why_not(record, block)
        held = MAX_DAMAGE if why_not else http.MAX_PAYLOAD
        parts = [block]
        size = len(block)
        while size < record.length and failure is None:
            part, failure = read_upto(self._stream, min(record.length - size, BUFFER))
            if not part:
                break
            size += len(part)
            if size <= held:
                parts.append(part)
            else:
                parts.clear()
        self._read += size
        return b"".join(parts) if size <= held else None, why_not, size, failure

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
        self._blank = 0
        while True:
            self._line, self._failure = read_line(self._stream, BUFFER)
            if not self._line or self._line.strip(FILLING):
                return not self._line or self._blank > 0
            self._blank += len(self._line)
            if self._failure is not None:
                self._line = b""
                return True

    def _skip_damage(self, begun: bytes) -> bytes:
        """Go to the next line that begins a record; what was passed over after `begun`, with it."""
        passed = bytearray(begun)
        begins = not begun or begun.endswith(b"\n")
        while self._failure is None:
            self._line, self._failure = read_line(self._stream, BUFFER)
            if not self._line or (begins and _begins(self._line)):
                break
            if len(passed) < MAX_DAMAGE:
                passed += self._line
            begins = self._line.endswith(b"\n")
            self._line = b""
        return bytes(passed)

    def _go_back(self, block: bytes | None, line: bytes = b"") -> bytes:
        """Go to the record that begins within a block whose length was wrong, if there is one; what stands before it.

        `line` is what came after the block, and has to come again. Empty where there is none. Records without end that
        claim to hold all the others would have the file read for each of them: what is read again is bounded.
        """
        window = (block or b"") + line
        found = WITHIN.search(window)
        allowed = REREAD + REREAD_SHARE * (self._read - self._read_again)
        if block is None or found is None or self._read_again + len(block) > allowed:
            return (block or b"") if not line else b""
        self._read_again += len(window) - found.start()
        window = window[found.start() :]
        with suppress(OSError):
            window += self._stream.peek(1)
        self._stream.detach()  # or it would close the source when it goes
        self._source.push(window)
        self._stream = buffered(self._source)
        self._next()
        return block[: found.start()]

    def _room(self) -> float:
        """Hardly more than the bytes that are left in the file, where that is known."""
        if not self._opened.seekable or self._opened.file is None:
            return inf
        # The file has been read somewhat further than the records in it.
        return self._opened.entry.size - self._opened.file.tell() + 4 * BUFFER + self._read_again

    def _broken(
        self, failure: OSError, what: str = "", original: bytes | None = None, number: int | None = None
    ) -> Item:
        """An item for the place where the stream breaks; then the line of the next record that can be read is there."""
        members = self._opened.members
        lost = None if members is None else members.resume(START)
        self._line, self._failure = b"", None
        if lost is not None:
            what += f"; bytes {lost[0]:,} to {lost[1]:,} of the file are passed over"
            self._source = Pushback(cast(RawIOBase, members))
            self._stream = buffered(self._source)
            self._next()
        item = self._opened.failed(unreadable(failure, what), number or self._number + 1, original or None)
        return item if lost is not None else self._opened.ended(item)


def _begins(line: bytes) -> bool:
    """Whether a line begins a record, or is the last of the file and could have become one that does."""
    return VERSION.match(line) is not None or (not line.endswith(b"\n") and START.startswith(line[:5]))


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
