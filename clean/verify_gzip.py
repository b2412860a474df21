"""gzip files that may be damaged, read for `clean.verify`; independent of the readers on purpose."""

from __future__ import annotations

import io
import re
import zlib
from contextlib import suppress
from typing import IO, Any

MEMBER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
STEP = 1 << 15


class Unzipped(io.RawIOBase):
    """The content of a gzip file, to the last byte before damage, where reading raises OSError.

    Args:
        file: the file, which can seek.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._begin(0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._out and not self._over:
            self._step()
        if not self._out and self._error:
            raise OSError(self._error)
        data = self._out[: len(buffer)]
        del self._out[: len(data)]
        buffer[: len(data)] = data
        return len(data)

    def behind(self, start: bytes) -> bool:
        """After damage, go to the next member whose content begins with `start`; False if there is none."""
        at = self._member + 1
        while True:
            self._file.seek(at)
            part = self._file.read(1 << 20)
            for found in MEMBER.finditer(part):
                self._begin(at + found.start())
                while len(self._out) < len(start) and not self._over:
                    self._step()
                if self._out.startswith(start):
                    return True
            if len(part) < 4:
                return False
            at += max(1, len(part) - 3)

    def _begin(self, at: int) -> None:
        self._file.seek(at)
        self._member = at
        self._unpacker = zlib.decompressobj(31)
        self._out = bytearray()
        self._over = False
        self._error = ""

    def _step(self) -> None:
        data = self._file.read(STEP)
        before = self._unpacker.copy()
        try:
            self._out += self._unpacker.decompress(data)
        except zlib.error as error:
            # A call that fails gives nothing; a byte at a time, only the last one does.
            self._over, self._error = True, str(error)
            with suppress(zlib.error):
                for byte in data:
                    self._out += before.decompress(bytes((byte,)))
            return
        if self._unpacker.eof:
            self._after(self._unpacker.unused_data)
        elif not data:
            self._over, self._error = True, "breaks off"

    def _after(self, rest: bytes) -> None:
        """Go to the next member, which may stand behind zeros."""
        at = self._file.tell() - len(rest)
        while not rest.strip(b"\0"):
            at += len(rest)
            rest = self._file.read(STEP)
            if not rest:
                self._over = True
                return
        at += len(rest) - len(rest.lstrip(b"\0"))
        out = self._out
        self._begin(at)
        self._out = out
        if not MEMBER.match(self._file.read(4)):
            self._over, self._error = True, "something else stands behind the data"
        self._file.seek(at)
