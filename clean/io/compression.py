"""Compressed streams, read and written: gzip, bzip2, xz and zstd."""

from __future__ import annotations

import io
import lzma
import sys
import zlib
from typing import IO, Any, cast

from clean import extras

GZIP_LEVEL = 6
ZSTD_LEVEL = 3
"""The levels that both tools take by default: more costs time, and wins a few per cent."""

ZSTD_WINDOW = 31
"""The largest window, as a power of two, that `zstd --long` can have asked for."""


def decompressed(stream: IO[bytes], compression: str) -> IO[bytes]:
    """What is in a stream, decompressed; damage raises OSError when what stands before it has been read.

    Raises:
        ConfigError: a package is missing.
    """
    file, damage = _opened(stream, compression)
    return cast(IO[bytes], _Decompressed(file, (EOFError, damage)))


def gzip_writer(file: Any) -> IO[bytes]:
    """A gzip file around a binary one: neither a name nor a time stands in it, so that equal content is equal bytes."""
    import gzip

    return cast(IO[bytes], gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0))


def zstd_writer(file: Any) -> IO[bytes]:
    """A zstd file around a binary one, with a checksum."""
    zstd = zstd_module()
    options = {zstd.CompressionParameter.compression_level: ZSTD_LEVEL, zstd.CompressionParameter.checksum_flag: 1}
    packed = zstd.ZstdFile(file, "wb", options=options)
    packed.write(b"")  # or nothing at all would be written for no content, which no tool reads
    return cast(IO[bytes], packed)


def zstd_module() -> Any:
    """Python's own zstd module, or its twin for Pythons before 3.14.

    Raises:
        ConfigError: there is neither.
    """
    return extras.load("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd", "zstd", "zstd")


def _opened(stream: IO[bytes], compression: str) -> tuple[Any, type[Exception]]:
    """The decompressor, and what it raises for damaged data besides EOFError and OSError."""
    if compression == "gzip":
        import gzip

        return gzip.open(stream), zlib.error
    if compression == "bzip2":
        import bz2

        return bz2.open(stream), ValueError
    if compression == "xz":
        return lzma.open(stream), lzma.LZMAError
    zstd = zstd_module()
    options = {zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW}
    return zstd.ZstdFile(stream, options=options), zstd.ZstdError


class _Decompressed(io.RawIOBase):
    """Gives each byte that the decompressor gave, and raises nothing but OSError."""

    def __init__(self, file: Any, damage: tuple[type[Exception], ...]) -> None:
        self._file = file
        self._damage = damage

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._file.read1(len(buffer))
        except self._damage as error:
            raise OSError(str(error)) from None
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
