"""Cleaner: a configuration and a rule set, ready to turn documents into records."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from os import PathLike
from typing import Any

from clean import stages
from clean._version import __version__
from clean.config import Config
from clean.document import Document, Origin
from clean.errors import DocumentError, InputError
from clean.record import Record, build
from clean.ruleset import Ruleset

FEWEST_PASSES, MOST_PASSES = 16, 64
"""Strip passes over one document at most. Real documents need two or three; a few, of which the line model takes little
at a time, need more."""
LINES_AGAIN = 200_000
"""Lines that all passes over a document may look at before the lower bound holds: it keeps a hostile one linear."""


class Cleaner:
    """Cleans documents by one configuration.

    Deterministic: no record depends on what was cleaned before. It pickles as its configuration alone, and two cleaners
    are equal, and hash equally in every process, when they would do the same.

    Args:
        config: the configuration; the defaults when None. Files are not looked for: that is `Config.load`.
        overrides: fields of `Config` to replace, such as `select=["ALL"], ignore=["MET"]`.

    Raises:
        ConfigError: an unknown field, or a rule id that no pack has.
        RuleError: a rule pack that cannot be used.
    """

    def __init__(self, config: Config | None = None, **overrides: Any) -> None:
        self.config = (config or Config()).with_overrides(**overrides)
        self.ruleset = Ruleset.load(self.config)

    def __reduce__(self) -> tuple[type[Cleaner], tuple[Config]]:
        return type(self), (self.config,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cleaner) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return int(self.fingerprint[:15], 16)

    @property
    def fingerprint(self) -> str:
        """sha256, in hex, of the effective rules and configuration."""
        return self.ruleset.fingerprint

    def restricted_to(self, ids: Iterable[str]) -> Cleaner:
        """A cleaner like this one with just these rules on; it shares the loaded models. For testing rules."""
        other = object.__new__(type(self))
        other.config = self.config
        other.ruleset = self.ruleset.only(tuple(ids))
        # Only the strip stage depends on the rules.
        other.__dict__["stages"] = {**self.stages, "strip": stages.build(self.config, other.ruleset)["strip"]}
        return other

    @cached_property
    def stages(self) -> dict[str, stages.Stage]:
        """The configured stages by name, in order."""
        return stages.build(self.config, self.ruleset)

    def clean_text(self, text: str, id: str | None = None, url: str | None = None) -> Record:
        """Clean text that is already decoded; `bytes` spans then count its UTF-8 form."""
        return self.clean_document(Document(text, Origin(id=id, url=url, media_type="text/plain")))

    def clean_html(self, html: str | bytes, id: str | None = None, url: str | None = None) -> Record:
        """Clean a page; spans point into its markup."""
        return self.clean_document(Document(html, Origin(id=id, url=url, media_type="text/html")))

    def clean_bytes(
        self, raw: bytes, media_type: str | None = None, id: str | None = None, url: str | None = None
    ) -> Record:
        """Clean raw bytes; without a media type they are taken for what they look like.

        Raises:
            DocumentError: the bytes are not text.
        """
        from clean.io.media import sniff

        return self.clean_document(Document(raw, Origin(id=id, url=url, media_type=media_type or sniff(raw))))

    def clean_file(self, path: str | PathLike[str]) -> Record:
        """Clean a file that holds one document.

        Raises:
            InputError: the path cannot be read, or holds no document or several.
            DocumentError: its document cannot be cleaned.
        """
        records = list(islice(self.clean_files([path]), 2))
        if len(records) != 1:
            raise InputError(f"{path}: {'several documents' if records else 'no document'}; use clean_files")
        return records[0]

    def clean_files(self, paths: Iterable[str | PathLike[str]]) -> Iterator[Record]:
        """Clean files and directories, one record after another, in order.

        Raises:
            InputError: a path that cannot be read.
            DocumentError: a document that cannot be cleaned; its message names file and record.
        """
        from clean.io import read_paths

        for item in read_paths(paths, self.config.input):
            document = item.document()
            try:
                record = self.clean_document(document)
            except DocumentError as error:
                raise item.located(error) from None
            yield record

    def clean_document(self, document: Document) -> Record:
        """Take a document through all stages."""
        with _no_collection():
            return build(self.run(document), {"version": __version__, "ruleset": self.fingerprint})

    def run(self, document: Document, to: str | None = None) -> Document:
        """Take a document through the stages, up to and including `to`."""
        for name, stage in self.stages.items():
            document = stage(document)
            if name == to:
                return document
        repeated = [self.stages[name] for name in stages.REPEATED]
        passes = max(FEWEST_PASSES, min(MOST_PASSES, LINES_AGAIN // max(len(document.segments), 1)))
        for _ in range(passes):
            if not document.changed:
                break
            for stage in repeated:
                document = stage(document)
        return document


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from looking for cycles of objects meanwhile.

    A page makes tens of thousands of objects, which all end with it and hold no cycles. To look through them, and
    through all that the program holds, took an eighth of a page's time. Threads that end here in any order leave
    collection on if it was on.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
