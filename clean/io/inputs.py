"""Inputs: the files that the paths on a command line stand for."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from clean.errors import InputError
from clean.io import remote

STDIN = "-"
STDIN_NAME = "standard input"


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read, or the reason why it cannot be.

    Args:
        path: where it lies, as the user gave it; None for standard input and for a URL.
        label: what standard input is called instead: its type and its record follow that name.
        folder: the directory it was found in, as the user gave it; None for a file that was named itself.
        size: bytes on the disk; 0 where that is unknown.
        regular: whether it can be read again; not so for a pipe.
        url: where it lies, for fsspec to open.
        left_out: why it is not to be read, for what lies in a directory and is no file.
    """

    path: Path | None
    folder: Path | None = None
    size: int = 0
    regular: bool = True
    error: InputError | None = None
    label: str | None = None
    url: str | None = None
    left_out: str | None = None

    @property
    def readable(self) -> bool:
        """Whether there is something to read."""
        return self.error is None and self.left_out is None

    @property
    def lasting(self) -> bool:
        """Whether there is something to read, and the same every time."""
        return self.regular and self.readable

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return self.url or self.label or (STDIN_NAME if self.path is None else self.path.as_posix())

    @property
    def origin_path(self) -> str | None:
        """What records call it; None for a pipe, to which nobody can go back: /dev/fd/63 in a record would mislead."""
        if self.url is not None:
            return self.url
        return self.path.as_posix() if self.path is not None and self.regular else self.label


def find(paths: Iterable[str | PathLike[str]], stdin_label: str | None = None) -> Iterator[Input]:
    """The files behind `paths`.

    A path is a file; a directory, for all below it but what is hidden; a pattern with `*`, `?`, `[...]` or `**`, where
    there is no file of that name; a URL of any of these, for fsspec; or "-" for standard input. Directories and
    patterns give their files in the order of names. Links to files are followed, links to directories are not: they
    can make a loop. Whatever cannot be read is an `Input` with an error, in its place.

    Raises:
        ConfigError: a URL needs a package that is not installed.
    """
    for given in paths:
        if given == STDIN:
            yield Input(None, regular=False, label=stdin_label)
        elif isinstance(given, str) and remote.is_url(given):
            yield from _remote(given)
        elif isinstance(given, str) and glob.has_magic(given) and not os.path.lexists(given):
            matches = sorted(glob.glob(given, recursive=True))
            if "**" in given:  # it matches directories and, one by one, all that is in them
                matches = [match for match in matches if not os.path.isdir(match)]
            for match in matches:
                yield from _local(Path(match))
            if not matches:
                yield Input(Path(given), error=InputError("no file matches the pattern"))
        else:
            yield from _local(Path(given))


def _local(path: Path) -> Iterator[Input]:
    found = _stat(path)
    if isinstance(found, InputError):
        yield Input(path, error=found)
    elif stat.S_ISDIR(found.st_mode):
        empty = True
        for entry in _walk(path):
            empty = empty and entry.left_out is not None
            yield entry
        if empty:
            yield Input(path, error=InputError("the directory holds no documents"))
    else:
        yield _input(path, found, None)


def _remote(url: str) -> Iterator[Input]:
    empty = True
    try:
        for name, size, in_folder in remote.listed(url):
            empty = False
            yield Input(None, Path(url) if in_folder else None, size, url=name)
    except OSError as error:
        yield Input(None, url=url, error=InputError(error.strerror or str(error)))
    else:
        if empty:
            yield Input(None, url=url, error=InputError("the directory holds no documents"))


def _walk(folder: Path) -> Iterator[Input]:
    pending = [folder]
    while pending:
        path = pending.pop()
        if path == folder or (path.is_dir() and not path.is_symlink()):
            try:
                names = sorted(os.listdir(path), reverse=True)
            except OSError as error:
                yield Input(path, folder, error=InputError(error.strerror or str(error)))
                continue
            pending += [path / name for name in names if not name.startswith(".")]
            continue
        found = _stat(path)
        if isinstance(found, InputError):
            yield Input(path, folder, error=found)
        elif stat.S_ISREG(found.st_mode):
            yield _input(path, found, folder)
        else:
            what = "a link to a directory" if stat.S_ISDIR(found.st_mode) else "neither a file nor a directory"
            yield Input(path, folder, left_out=what)


def _input(path: Path, found: os.stat_result, folder: Path | None) -> Input:
    regular = stat.S_ISREG(found.st_mode)
    return Input(path, folder, found.st_size if regular else 0, regular)


def _stat(path: Path) -> os.stat_result | InputError:
    try:
        return path.stat()
    except (OSError, ValueError) as error:
        return InputError(getattr(error, "strerror", None) or str(error))
