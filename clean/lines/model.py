"""The line model: how likely each line of a document is not of its content."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from clean.document import Segment
from clean.forest import Forest, sigmoid
from clean.lines import context, features
from clean.lines.decide import needed
from clean.lines.lexicon import Lexicon
from clean.lines.phrases import phrase
from clean.lines.shape import shapes
from clean.lines.wording import Key, keys
from clean.ruleset.view import count_words

MARGIN = 1.6
"""By how much the gate may err, in log odds; chosen by what is lost, docs/models/lines.md."""
ROUNDING = 1e-6


@dataclass(slots=True, eq=False)
class Line:
    """What a text says for itself, kept in `segment.features`."""

    shape: Any
    said: Any = None
    language: str | None = None
    """That `said` was computed in."""
    key: Key | None = None
    settled: Any = None
    """What was asked about this line and all around it when the answer was that all of them stay."""


@dataclass(frozen=True, slots=True)
class LineModel:
    """Two stages of trees. The first sees the lines, the second also what the first said of the lines around.

    Before them stands a gate: fewer trees, that see all but the lines' words and guess what odds both stages will give,
    by the root of the line's words. Most documents need no closer look.

    Args:
        known: the languages that the lexicon was learned in.
    """

    lexicon: Lexicon
    known: frozenset[str]
    gate: Forest
    first: Forest
    second: Forest

    @classmethod
    def of(cls, lexicon: Lexicon, known: Iterable[str], gate: Forest, first: Forest, second: Forest) -> LineModel:
        """The model of these trees, whatever the order of their features."""
        every = features.names()
        return cls(
            lexicon,
            frozenset(known),
            gate.over(features.SEEN),
            first.over(every),
            second.over((*every, *context.NAMES)),
        )

    def probabilities(
        self, segments: Sequence[Segment], language: str, ruled: Any, threshold: float | None = None
    ) -> Any:
        """The probability that each segment is not content.

        Args:
            language: the document's.
            ruled: of each segment, 1 where a rule takes it out, else 0.
            threshold: of the decision that follows. With it, the answer is None where no segment that is left can go.
        """
        import numpy as np

        shape = self._shapes(segments)
        groups = [segment.group for segment in segments]
        seen, shared = features.seen(shape, groups, [segment.language for segment in segments], language, ruled)
        left = ruled == 0
        if threshold is not None and not (left & self.passes(seen, threshold)).any():
            return None
        said, keys = self._said(segments, language, shape)
        matrix = features.whole(seen, said, keys, shared)
        first = sigmoid(self.first.logits(matrix))
        if threshold is not None:
            words = np.array([count_words(segment.text) for segment in segments])
            # However sure the second stage is, it makes up half of the score.
            if not (left & ((first + 1) / 2 > needed(words, threshold) - ROUNDING)).any():
                return None
        return self._second(first, matrix, keys, shared)[0]

    def passes(self, seen: Any, threshold: float) -> Any:
        """Which columns of `features.seen` may turn out to be above the threshold."""
        threshold = min(max(threshold, ROUNDING), 1 - ROUNDING)
        return self.gate.logits(seen) + MARGIN > math.log(threshold / (1 - threshold))

    def judge(self, matrix: Any, keys: Sequence[Key], shared: dict[str, Any]) -> tuple[Any, Any]:
        """The probability of each column of `features.whole`, and the matrix that the second stage saw."""
        return self._second(sigmoid(self.first.logits(matrix)), matrix, keys, shared)

    def reasons(
        self, segments: Sequence[Segment], language: str, ruled: Any, place: int, count: int = 5
    ) -> tuple[float, list[str]]:
        """The probability of one segment, and the features that speak most for or against it, the strongest first."""
        shape = self._shapes(segments)
        groups = [segment.group for segment in segments]
        seen, shared = features.seen(shape, groups, [segment.language for segment in segments], language, ruled)
        said, keys = self._said(segments, language, shape)
        probability, wider = self.judge(features.whole(seen, said, keys, shared), keys, shared)
        shares: dict[str, float] = {}
        for forest in (self.first, self.second):
            for name, share in forest.contributions(wider[: len(forest.names), place]).items():
                shares[name] = shares.get(name, 0.0) + share / 2
        strongest = sorted(shares, key=lambda name: (-abs(shares[name]), name))[:count]
        values = dict(zip(self.second.names, wider[:, place].tolist(), strict=True))
        return float(probability[place]), [phrase(name, values[name], shares[name]) for name in strongest]

    def _second(self, first: Any, matrix: Any, keys: Sequence[Key], shared: dict[str, Any]) -> tuple[Any, Any]:
        import numpy as np

        wider = np.concatenate((matrix, context.surroundings(first, keys, shared)))
        return (first + sigmoid(self.second.logits(wider))) / 2, wider

    @staticmethod
    def _shapes(segments: Sequence[Segment]) -> Any:
        import numpy as np

        new = [segment for segment in segments if segment.features is None]
        if new:
            columns = shapes([segment.text for segment in new])
            for segment, column in zip(new, np.ascontiguousarray(columns.T), strict=True):
                segment.features = Line(column)
        return np.ascontiguousarray(np.array([segment.features.shape for segment in segments]).T)

    def _said(self, segments: Sequence[Segment], language: str, shape: Any) -> tuple[Any, list[Key]]:
        import numpy as np

        lines: list[Line] = [segment.features for segment in segments]
        codes = features.effective([segment.language for segment in segments], language)
        new = [i for i, (line, code) in enumerate(zip(lines, codes, strict=True)) if line.language != code]
        if new:
            texts = [segments[i].text for i in new]
            columns = features.said(texts, [codes[i] for i in new], shape[:, new], self.lexicon, self.known)
            for i, column, key in zip(new, np.ascontiguousarray(columns.T), keys(texts), strict=True):
                lines[i].language, lines[i].said, lines[i].key = codes[i], column, key
        said = np.ascontiguousarray(np.array([line.said for line in lines]).T)
        return said, [line.key for line in lines if line.key is not None]


@lru_cache(maxsize=1)
def model() -> LineModel:
    """The shipped model."""
    import numpy as np

    with files("clean.lines").joinpath("model.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        grams = bytes(stored["grams"]).decode().split("\n")
        weights = (stored["weights"].astype(np.float32) * float(stored["scale"])).tolist()
        return LineModel.of(
            Lexicon(dict(zip(grams, weights, strict=True))),
            stored["languages"].tolist(),
            *(Forest.load(stored, name) for name in ("gate", "first", "second")),
        )


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """sha256, in hex, of the files that decide what the model says."""
    digest = hashlib.sha256()
    for name in ("model.npz", "vocabulary.toml"):
        digest.update(files("clean.lines").joinpath(name).read_bytes())
    return digest.hexdigest()
