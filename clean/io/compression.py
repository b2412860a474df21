"""Compressed streams, read and written: gzip, bzip2, xz and zstd."""

from __future__ import annotations

import sys
from functools import partial
from typing import IO, Any, cast

from clean import extras
from clean.io.members import BZIP2, GZIP, XZ, ZSTD_MAGIC, Codec, Members

GZIP_LEVEL = 6
ZSTD_LEVEL = 3
"""The levels that both tools take by default: more costs time, and wins a few per cent."""

ZSTD_WINDOW = 31
"""The largest window, as a power of two, that `zstd --long` can have asked for."""

CODECS = {codec.name: codec for codec in (GZIP, BZIP2, XZ)}


def decompressed(stream: IO[bytes], compression: str) -> Members:
    """What is in a stream, decompressed.

    Raises:
        ConfigError: a package is missing.
    """
    return Members(stream, _zstd() if compression == "zstd" else CODECS[compression])


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


def _zstd() -> Codec:
    zstd = zstd_module()
    options = {zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW}
    return Codec("zstd", ZSTD_MAGIC, partial(zstd.ZstdDecompressor, options=options), (zstd.ZstdError,))
