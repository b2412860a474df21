"""Readers and writers: where documents come from and where records go. Nothing here knows a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike

from clean.config import Config
from clean.document import Document


class Item:
    """One document's input, or the reason why there is none."""

    def document(self) -> Document:
        raise NotImplementedError


def read_paths(paths: Iterable[str | PathLike[str]], config: Config) -> Iterator[Item]:
    raise NotImplementedError
