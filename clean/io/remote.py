"""Inputs and outputs that lie elsewhere: whatever fsspec opens, named by a URL such as s3://bucket/crawl/."""

from __future__ import annotations

import errno
import io
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from clean import extras
from clean.errors import ConfigError

URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|[A-Za-z][A-Za-z0-9+.-]+::")
PATTERN = re.compile(r"[*?\[]")


def is_url(name: str) -> bool:
    """Whether a name is for fsspec and not for this machine's file system."""
    return URL.match(name) is not None


def listed(url: str) -> Iterator[tuple[str, int, bool]]:
    """The files that a URL stands for: itself, those that its pattern matches, or those below it, hidden ones not.

    In the order of names, each with its size in bytes (0 where that is unknown), and whether it was found in a
    directory.

    Raises:
        OSError: there is no such thing, or it cannot be listed.
        ConfigError: fsspec, or the package that it needs for this protocol, is not installed.
    """
    filesystem, path = _resolved(url)
    chain = url.partition("::")[2]

    def named(found: str) -> str:
        full = filesystem.unstrip_protocol(found)
        return f"{full}::{chain}" if chain else full

    with _told(url):
        # A name with a question mark in it can also be the name of one file.
        if PATTERN.search(path) and not filesystem.exists(path):
            roots = sorted(filesystem.glob(path))
            if not roots:
                raise FileNotFoundError(errno.ENOENT, "no file matches the pattern")
        else:
            roots = [path]
        for root in roots:
            if not filesystem.isdir(root):
                yield (url if roots == [path] else named(root)), _size(filesystem, root), False
                continue
            below = filesystem.find(root, detail=True)
            for found in sorted(below):
                inside = found[len(root.rstrip("/")) + 1 :].split("/")
                if not any(part.startswith(".") for part in inside):
                    yield named(found), below[found].get("size") or 0, True


def open_url(url: str) -> IO[bytes]:
    """The bytes behind a URL, read as they are needed.

    Raises:
        OSError: there is no such thing, or it cannot be read; so does reading it.
        ConfigError: as `listed`.
    """
    filesystem, path = _resolved(url)
    with _told(url):
        return cast(IO[bytes], io.BufferedReader(_Told(filesystem.open(path, "rb"), url), 1 << 20))


def exists(url: str) -> bool:
    """Whether there is something at this URL.

    Raises:
        OSError, ConfigError: as `listed`.
    """
    filesystem, path = _resolved(url)
    with _told(url):
        return bool(filesystem.exists(path))


def remove(url: str) -> None:
    """Remove what is at this URL, if there is something.

    Raises:
        OSError, ConfigError: as `listed`.
    """
    filesystem, path = _resolved(url)
    with _told(url):
        if filesystem.exists(path):
            filesystem.rm_file(path)


def upload(file: Path, url: str) -> None:
    """Copy a local file to a URL, under another name first, so that nobody sees half of it there.

    Raises:
        OSError, ConfigError: as `listed`; what was there is still there.
    """
    filesystem, path = _resolved(url)
    parent, _, name = path.rpartition("/")
    temporary = f"{parent}/.{name}.{secrets.token_hex(4)}.tmp" if parent else f".{name}.{secrets.token_hex(4)}.tmp"
    with _told(url):
        try:
            if parent:
                filesystem.makedirs(parent, exist_ok=True)
            filesystem.put_file(str(file), temporary)
            filesystem.mv(temporary, path)
        finally:
            if filesystem.exists(temporary):
                filesystem.rm_file(temporary)


def _resolved(url: str) -> tuple[Any, str]:
    """The file system of a URL, and what the URL is called there."""
    fsspec = extras.load("fsspec", "remote", "A URL as input or output")
    try:
        filesystem, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        extra = "s3" if url.startswith(("s3:", "s3a:")) else None
        advice = f"pip install '{extras.PROJECT}[{extra}]'" if extra else "install it beside this one"
        raise ConfigError(f"{url}: needs another package: {advice} ({error})") from None
    except ValueError as error:
        raise ConfigError(f"{url}: {error}") from None
    return filesystem, str(path)


def _size(filesystem: Any, path: str) -> int:
    return int(filesystem.info(path).get("size") or 0)


@contextmanager
def _told(url: str) -> Iterator[None]:
    """File systems raise what their libraries raise: all of it is an input or output error here."""
    try:
        yield
    except ConfigError:
        raise
    except OSError as error:
        raise OSError(error.errno or errno.EIO, _reason(error), url) from error
    except Exception as error:
        raise OSError(errno.EIO, _reason(error), url) from error


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return (error.strerror if error.errno is not None else None) or "No such file"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


class _Told(io.RawIOBase):
    """A file of fsspec that raises nothing but OSError."""

    def __init__(self, file: Any, url: str) -> None:
        self._file = file
        self._url = url

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._file.seekable())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with _told(self._url):
            return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        with _told(self._url):
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
