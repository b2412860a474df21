"""A document as the line model reads it: what its lines say for themselves, whatever stands around them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from clean.document import Segment
from clean.lines import features
from clean.lines.lexicon import Lexicon
from clean.lines.shape import shapes
from clean.lines.wording import Key, keys, numbered
from clean.ruleset.view import count_words


@dataclass(slots=True, eq=False)
class Line:
    """What a text says for itself, kept in `segment.features`."""

    shape: Any
    said: Any = None
    language: str | None = None
    """That `said` was computed in."""
    key: Key | None = None
    words: int = 0
    settled: Any = None
    """What was asked about this line and all around it when the answer was that all of them stay."""


@dataclass(slots=True, eq=False)
class Words:
    """What is looked at in a document that passes the gate."""

    said: Any
    """What `features.said` makes."""
    keys: Any
    """What `wording.numbered` makes."""
    counts: Any
    """How many words each line has."""

    def only(self, kept: Any) -> Words:
        """Those of some lines."""
        return Words(self.said.take(kept, axis=1), self.keys.take(kept, axis=1), self.counts[kept])


class Reading:
    """The lines of a document.

    Args:
        language: the document's.
    """

    def __init__(self, segments: Sequence[Segment], language: str) -> None:
        self.segments = segments
        self.language = language
        self.languages = [segment.language for segment in segments]
        self._shape: Any = None
        self._words: Words | None = None

    @property
    def shape(self) -> Any:
        """What `shape.shapes` makes."""
        if self._shape is None:
            self._shape = _shapes(self.segments)
        return self._shape

    def only(self, kept: Any) -> Reading:
        """Some of the lines, by number, as if there were no others; what is known of them is not found out again."""
        rest = Reading([self.segments[i] for i in kept.tolist()], self.language)
        rest._shape = None if self._shape is None else self._shape.take(kept, axis=1)
        rest._words = None if self._words is None else self._words.only(kept)
        return rest

    def words(self, lexicon: Lexicon, known: Collection[str]) -> Words:
        """What the words of the lines say.

        Args:
            known: the languages that the lexicon was learned in.
        """
        if self._words is None:
            self._words = self._read(lexicon, known)
        return self._words

    def _read(self, lexicon: Lexicon, known: Collection[str]) -> Words:
        import numpy as np

        lines: list[Line] = [segment.features for segment in self.segments]
        codes = features.effective(self.languages, self.language)
        new = [i for i, (line, code) in enumerate(zip(lines, codes, strict=True)) if line.language != code]
        said = None
        if new:
            texts = [self.segments[i].text for i in new]
            said = features.said(texts, [codes[i] for i in new], self.shape[:, new], lexicon, known)
            for i, text, column, key in zip(new, texts, np.ascontiguousarray(said.T), keys(texts), strict=True):
                line = lines[i]
                line.language, line.said, line.key, line.words = codes[i], column, key, count_words(text)
        if said is None or len(new) < len(lines):
            said = np.ascontiguousarray(np.array([line.said for line in lines]).T)
        known_keys = [line.key for line in lines if line.key is not None]
        return Words(said, numbered(known_keys), np.array([line.words for line in lines]))


def _shapes(segments: Sequence[Segment]) -> Any:
    import numpy as np

    new = [segment for segment in segments if segment.features is None]
    columns = None
    if new:
        columns = shapes([segment.text for segment in new])
        for segment, column in zip(new, np.ascontiguousarray(columns.T), strict=True):
            segment.features = Line(column)
    if columns is None or len(new) < len(segments):
        columns = np.ascontiguousarray(np.array([segment.features.shape for segment in segments]).T)
    return columns
