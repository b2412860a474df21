"""The line model: how likely each line of a document is not of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from clean.document import Segment
from clean.forest import Forest, sigmoid
from clean.lines import context
from clean.lines.context import surroundings
from clean.lines.features import describe, effective, names, own
from clean.lines.layout import keys
from clean.lines.lexicon import Lexicon
from clean.lines.phrases import phrase


@dataclass(frozen=True, slots=True)
class LineModel:
    """Two stages of trees. The first sees the lines, the second also what the first said of the lines around.

    Args:
        known: the languages that the lexicon was learned in.
    """

    lexicon: Lexicon
    known: frozenset[str]
    first: Forest
    second: Forest

    @classmethod
    def of(cls, lexicon: Lexicon, known: Iterable[str], first: Forest, second: Forest) -> LineModel:
        """The model of these trees, whatever the order of their features."""
        seen = names()
        return cls(lexicon, frozenset(known), first.over(seen), second.over((*seen, *context.NAMES)))

    def features(self, segments: Sequence[Segment], language: str, ruled: Any) -> tuple[Any, dict[str, Any]]:
        """A row for each of `features.names`, a column for each segment, and the arrays that `surroundings` needs.

        What a line says for itself is kept in `segment.features`.

        Args:
            language: the document's.
            ruled: of each segment, 1 where a rule takes it out, else 0.
        """
        import numpy as np

        languages = effective([segment.language for segment in segments], language)
        new = [
            i
            for i, (segment, code) in enumerate(zip(segments, languages, strict=True))
            if segment.features is None or segment.features[0] != code
        ]
        if new:
            texts = [segments[i].text for i in new]
            columns = own(texts, [languages[i] for i in new], self.lexicon, self.known)
            for i, column, key in zip(new, np.ascontiguousarray(columns.T), keys(texts), strict=True):
                segments[i].features = (languages[i], column, key)
        return describe(
            [segment.features[2] for segment in segments],
            [segment.group for segment in segments],
            [segment.language for segment in segments],
            language,
            ruled,
            np.ascontiguousarray(np.array([segment.features[1] for segment in segments]).T),
        )

    def probabilities(self, segments: Sequence[Segment], language: str, ruled: Any) -> Any:
        """The probability that each segment is not content."""
        matrix, shared = self.features(segments, language, ruled)
        return self.judge(matrix, shared)[0]

    def judge(self, matrix: Any, shared: dict[str, Any]) -> tuple[Any, Any]:
        """The probability of each column, and the matrix that the second stage saw."""
        import numpy as np

        first = sigmoid(self.first.logits(matrix))
        wider = np.concatenate((matrix, surroundings(first, shared)))
        return (first + sigmoid(self.second.logits(wider))) / 2, wider

    def reasons(
        self, segments: Sequence[Segment], language: str, ruled: Any, place: int, count: int = 5
    ) -> tuple[float, list[str]]:
        """The probability of one segment, and the features that speak most for or against it, the strongest first."""
        matrix, shared = self.features(segments, language, ruled)
        probability, wider = self.judge(matrix, shared)
        shares: dict[str, float] = {}
        for forest in (self.first, self.second):
            for name, share in forest.contributions(wider[: len(forest.names), place]).items():
                shares[name] = shares.get(name, 0.0) + share / 2
        strongest = sorted(shares, key=lambda name: (-abs(shares[name]), name))[:count]
        values = dict(zip(self.second.names, wider[:, place].tolist(), strict=True))
        return float(probability[place]), [phrase(name, values[name], shares[name]) for name in strongest]


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
            Forest.load(stored, "first"),
            Forest.load(stored, "second"),
        )


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """sha256, in hex, of the files that decide what the model says."""
    digest = hashlib.sha256()
    for name in ("model.npz", "vocabulary.toml"):
        digest.update(files("clean.lines").joinpath(name).read_bytes())
    return digest.hexdigest()
