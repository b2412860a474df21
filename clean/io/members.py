"""Members: compressed pieces that follow one another in a file, decompressed one by one.

Python's own classes for compressed files pass over whatever stands behind a bzip2 or xz stream without a word, keep
back what they have decompressed just before damage, and are at their end there. Here all bytes before damage in gzip
data come out, nothing is passed over, and reading can go on at a later member: crawls have one for each record.
"""

from __future__ import annotations

import bz2
import io
import lzma
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Protocol, cast

FEED = 1 << 13
"""Compressed bytes that a decompressor gets at once; what it loses in damaged data is less than it makes of them."""

MAX_HELD = 16 << 20
"""Compressed bytes of a member that are kept, to look in them for the next one if this is damaged. Damage that is found
after more of them is passed over from there on."""

PROBE = 1 << 12
"""Compressed bytes that show how a member begins."""


class Decompressor(Protocol):
    """What Python's decompressors have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Codec:
    """A way to compress.

    Args:
        magic: how each member begins.
        start: makes what decompresses one.
        damage: what that raises for damaged data.
    """

    name: str
    magic: re.Pattern[bytes]
    start: Callable[[], Decompressor]
    damage: tuple[type[Exception], ...]


class Damaged(OSError):
    """The data of a member are damaged; the bytes that came out of it before, `given` of them, need not be right."""

    given = 0


class Members(io.RawIOBase):
    """What is in all members of a stream, one after another. Zeros may stand between and after them.

    Reading raises OSError, and nothing else, when all bytes before the damage have been read: for data that break off,
    for a file without any, for something else behind a member; `Damaged` for data that are no good. Until `resume` it
    raises the same again.
    """

    def __init__(self, below: IO[bytes], codec: Codec) -> None:
        self._below = below
        self._codec = codec
        self._member: Decompressor | None = None
        self._pending = b""
        """Compressed bytes that have been read and not yet been given to a decompressor."""
        self._fed = 0
        """Where they begin in the stream."""
        self._began = 0
        """Where the member begins, or what is in its place."""
        self._given_out = 0
        """How many bytes have come out of it."""
        self._held = bytearray()
        """What has been fed of it; nothing any more once that is over `MAX_HELD` bytes."""
        self._ready = memoryview(b"")
        """What has come out of it before its damage, and has not been read."""
        self._failure: OSError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._given(len(buffer))
        while not data and self._failure is None:
            if self._member is None and not self._next():
                break
            data = memoryview(self._some(len(buffer))) or self._given(len(buffer))
        if not data and self._failure is not None:
            raise self._failure
        buffer[: len(data)] = data
        return len(data)

    def resume(self, begins: bytes) -> tuple[int, int] | None:
        """After damage, go on at the next member that holds `begins` at its beginning.

        Only gzip can: of others it depends on the sizes of reads how much comes out before damage, and with that how
        many records have been counted.

        Returns:
            The bytes of the stream that were passed over, as a half-open interval; None if there is no such member.
        """
        if self._codec is not GZIP:
            return None
        lost = self._began
        self._ready = memoryview(b"")
        window = bytes(self._held) + self._pending
        base = self._fed - len(self._held)
        at = 1 if base == lost else 0
        try:
            while True:
                more = self._below.read(1 << 16)
                window += more
                for found in self._codec.magic.finditer(window, at):
                    if more and found.start() + PROBE > len(window):
                        break
                    if self._begins(window[found.start() : found.start() + PROBE], begins):
                        self._member, self._failure = self._codec.start(), None
                        self._pending = window[found.start() :]
                        self._fed = self._began = base + found.start()
                        self._given_out = 0
                        self._held.clear()
                        return lost, self._began
                if not more:
                    return None
                kept = max(at, len(window) - PROBE)
                base, window, at = base + kept, window[kept:], 0
        except OSError as error:
            self._failure = error
            return None

    def _given(self, size: int) -> memoryview:
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def _some(self, size: int) -> bytes:
        """At most `size` bytes of the member, perhaps none yet; what kept it from giving more is in `_failure`."""
        member = cast(Decompressor, self._member)
        fed = b""
        if member.needs_input:
            fed = self._fill(FEED)[:FEED]
            if not fed:
                self._failure = self._failure or OSError("the compressed data break off before their end")
                return b""
            self._take(len(fed))
            if self._fed - self._began <= MAX_HELD:
                self._held += fed
            else:
                self._held.clear()
        before = member.copy() if isinstance(member, _Inflater) else None
        try:
            data = member.decompress(fed, size)
        except self._codec.damage as error:
            self._failure = damaged = Damaged(f"damaged {self._codec.name} data: {_told(error)}")
            if before is not None:
                self._ready = memoryview(before.all_but_damage(fed))
            damaged.given = self._given_out + len(self._ready)
            return b""
        self._given_out += len(data)
        if member.eof:
            self._give_back(member.unused_data)
            self._member = None
        return data

    def _next(self) -> bool:
        """Go to the next member; False at the end of the stream, or where `_failure` says what stands there."""
        first = not self._fed
        while True:
            head = self._fill(PROBE)
            rest = head.lstrip(b"\0")
            self._take(len(head) - len(rest))
            if rest or not head:
                break
        self._began = self._fed
        self._held.clear()
        if self._failure is None and (rest or first):
            name = self._codec.name
            if not rest:
                self._failure = OSError(f"there are no {name} data in the file")
            elif self._codec.magic.match(self._fill(PROBE)) is None:
                self._failure = OSError(f"what stands at byte {self._fed:,} of the file is no {name} data")
        if self._failure is not None or not rest:
            return False
        self._member = self._codec.start()
        self._given_out = 0
        return True

    def _begins(self, data: bytes, begins: bytes) -> bool:
        out = b""
        member = self._codec.start()
        try:
            for at in range(0, len(data), 64):
                out += member.decompress(data[at : at + 64], len(begins) - len(out))
                while not (member.needs_input or member.eof) and len(out) < len(begins):
                    out += member.decompress(b"", len(begins) - len(out))
                if member.eof or len(out) == len(begins):
                    break
        except self._codec.damage:
            return False
        return out == begins

    def _fill(self, size: int) -> bytes:
        """Pending bytes, at least `size` of them if there are so many."""
        try:
            while len(self._pending) < size and (more := self._below.read(1 << 16)):
                self._pending += more
        except OSError as error:
            if not self._pending:
                self._failure = error
        return self._pending

    def _take(self, size: int) -> None:
        self._pending = self._pending[size:]
        self._fed += size

    def _give_back(self, unused: bytes) -> None:
        self._pending = unused + self._pending
        self._fed -= len(unused)


class _Inflater:
    """zlib's decompressor in the manner of the others."""

    def __init__(self, inner: Any = None) -> None:
        self._inner = inner or zlib.decompressobj(31)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return cast(bytes, self._inner.unused_data)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out: bytes = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        # With all it was given behind it, it may still hold something back.
        self.needs_input = not self._inner.unconsumed_tail and len(out) < max_length
        return out

    def copy(self) -> _Inflater:
        return _Inflater(self._inner.copy())

    def all_but_damage(self, data: bytes) -> bytes:
        """All that stands before the damage in these bytes; a call that meets it gives nothing."""
        data = self._inner.unconsumed_tail + data
        out = bytearray()
        try:
            for at in range(len(data)):
                out += self._inner.decompress(data[at : at + 1])
        except zlib.error:
            pass
        return bytes(out)


def _told(error: Exception) -> str:
    return re.sub(r"^Error -\d+ while decompressing data: ", "", str(error))


GZIP = Codec("gzip", re.compile(rb"\x1f\x8b\x08[\x00-\x1f]"), _Inflater, (zlib.error,))
BZIP2 = Codec("bzip2", re.compile(rb"BZh[1-9](?=1AY&SY|\x17rE8P\x90)"), bz2.BZ2Decompressor, (OSError, ValueError))
XZ = Codec("xz", re.compile(rb"\xfd7zXZ\x00|\x5d\x00\x00"), lzma.LZMADecompressor, (lzma.LZMAError, EOFError))
ZSTD_MAGIC = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
"""Of frames, and of frames that are to be skipped."""
