"""Inputs: the files that the paths on a command line stand for."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from clean.errors import InputError

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read, or the reason why it cannot be.

    Args:
        path: where it lies, as the user gave it; None for standard input.
        label: what standard input is called instead: its type and its record follow that name.
        folder: the directory it was found in, as the user gave it; None for a file that was named itself.
        size: bytes on the disk; 0 where that is unknown.
        regular: whether it can be read again; not so for a pipe.
    """

    path: Path | None
    folder: Path | None = None
    size: int = 0
    regular: bool = True
    error: InputError | None = None
    label: str | None = None

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return self.label or ("standard input" if self.path is None else self.path.as_posix())


def find(paths: Iterable[str | PathLike[str]], stdin_label: str | None = None) -> Iterator[Input]:
    """The files behind `paths`: files themselves, directories with all below but what is hidden, "-" for stdin.

    Directories are walked in the order of names. Links to files are followed, links to directories are not: they can
    make a loop. Whatever cannot be read is an `Input` with an error, in its place.
    """
    for given in paths:
        if given == STDIN:
            yield Input(None, regular=False, label=stdin_label)
            continue
        path = Path(given)
        found = _stat(path)
        if isinstance(found, InputError):
            yield Input(path, error=found)
        elif stat.S_ISDIR(found.st_mode):
            empty = True
            for entry in _walk(path):
                empty = False
                yield entry
            if empty:
                yield Input(path, error=InputError("the directory holds no documents"))
        else:
            yield _input(path, found, None)


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


def _input(path: Path, found: os.stat_result, folder: Path | None) -> Input:
    regular = stat.S_ISREG(found.st_mode)
    return Input(path, folder, found.st_size if regular else 0, regular)


def _stat(path: Path) -> os.stat_result | InputError:
    try:
        return path.stat()
    except (OSError, ValueError) as error:
        return InputError(getattr(error, "strerror", None) or str(error))
