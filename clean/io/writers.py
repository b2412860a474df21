"""Writers: output files that appear whole or not at all."""

from __future__ import annotations

import base64
import errno
import json
import os
import secrets
import stat
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from clean.io.item import Item
from clean.io.media import JSON_LINES


def quarantine_path(out: Path) -> Path:
    """Where documents that could not be cleaned go: beside the output, `clean.jsonl` to `clean.quarantine.jsonl`."""
    return out.with_name(out.name.removesuffix(".jsonl") + ".quarantine.jsonl")


class AtomicFile:
    """A file under a temporary name in the same directory, renamed by `commit` when everything is safely on the disk.

    Leaving the `with` block without `commit`, by an error or by Ctrl-C, leaves nothing behind. A path that is not a
    regular file, such as /dev/null or a pipe, is written directly, for nothing else makes sense.

    Args:
        temporary: the temporary name, on the same file system; it may be there, from a process that was killed.

    Raises:
        OSError: as `open` and `write` do; its `filename` is the path that the user gave.
    """

    def __init__(self, path: Path, temporary: Path | None = None) -> None:
        self.path = path
        self._target = Path(os.path.realpath(path))
        self._temporary: Path | None = None
        try:
            special = not stat.S_ISREG(os.stat(self._target).st_mode)
        except FileNotFoundError:
            special = False
        try:
            if special:
                self._file: IO[bytes] = open(self._target, "wb")  # noqa: SIM115 - closed by __exit__
                return
            name = f".{self._target.name[:200]}.{secrets.token_hex(4)}.tmp"
            self._temporary = temporary or self._target.with_name(name)
            self._file = open(self._temporary, "wb" if temporary else "xb")  # noqa: SIM115 - closed by __exit__
        except OSError as error:
            raise self._named(error) from None

    def write(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            raise self._named(error) from None

    def commit(self) -> None:
        """Put the file in its place, durably."""
        try:
            self._file.flush()
            if self._temporary is None:
                self._file.close()
                return
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._temporary, self._target)
            self._temporary = None
            sync_directory(self._target.parent)
        except OSError as error:
            raise self._named(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing flushes, which fails again on a full disk; the error that brought us here is the one to tell.
        with suppress(OSError):
            self._file.close()
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)

    def _named(self, error: OSError) -> OSError:
        return OSError(error.errno, error.strerror or str(error), str(self.path))


class Stdout:
    """Standard output with the methods of `AtomicFile`; what has gone out cannot be taken back."""

    def write(self, data: bytes) -> None:
        try:
            sys.stdout.buffer.write(data)
        except OSError as error:
            raise self._named(error) from None

    def commit(self) -> None:
        try:
            sys.stdout.buffer.flush()
        except OSError as error:
            raise self._named(error) from None

    def _named(self, error: OSError) -> OSError:
        return OSError(error.errno, error.strerror or str(error), "standard output")


class Quarantine:
    """The documents that could not be cleaned, one JSON object a line; the file appears with the first of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: AtomicFile | None = None

    def add(self, item: Item, kind: str, message: str) -> None:
        """Write what is known of `item`: where it stood, what was wrong, and its bytes."""
        if self._file is None:
            self._file = AtomicFile(self.path)
        self._file.write(quarantine_line(item, kind, message))

    def commit(self) -> None:
        """Put the file in its place; without quarantined documents, remove what an earlier run left there."""
        if self._file is not None:
            self._file.commit()
        else:
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.__exit__(kind, error, trace)


def quarantine_line(item: Item, kind: str, message: str) -> bytes:
    """One line of the quarantine file, which `clean run` reads like any input.

    `raw` is null where the input could not be read; `media_type` says what it is, `encoding` the charset that came
    with it.
    """
    raw = None if item.original is None else base64.b64encode(item.original).decode("ascii")
    entry = {
        "id": item.origin.id,
        "path": item.origin.path or item.name,
        "record": item.origin.record,
        "url": item.origin.url,
        "media_type": JSON_LINES if item.is_line else item.origin.media_type,
        "encoding": item.origin.encoding,
        "error": {"kind": kind, "message": message},
        "raw": raw,
    }
    line = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    return line.encode("utf-8", "backslashreplace") + b"\n"


def sync_directory(folder: Path) -> None:
    """Make a rename in `folder` survive a power failure, where the file system can."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EACCES):
            raise
    finally:
        os.close(handle)
