"""The line model: how likely each line of a document is not of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from clean.document import Segment
from clean.forest import Forest, sigmoid
from clean.lines.context import surroundings
from clean.lines.features import describe, effective, own
from clean.lines.layout import key
from clean.lines.phrases import phrase


@dataclass(frozen=True, slots=True)
class LineModel:
    """Two stages of trees. The first sees the lines, the second also what the first said of the lines around.

    Args:
        weights: of words and pairs of words, as `words.grams` names them; above 0 speaks for chrome.
        known: the languages that they were learned in.
    """

    weights: Mapping[str, float]
    known: frozenset[str]
    first: Forest
    second: Forest

    def features(self, segments: Sequence[Segment], language: str, ruled: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The named columns of a document's segments, and the arrays that `surroundings` needs.

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
            columns = own([segments[i].text for i in new], [languages[i] for i in new], self.weights, self.known)
            for i, column in zip(new, np.ascontiguousarray(columns.T), strict=True):
                segments[i].features = (languages[i], column, key(segments[i].text))
        return describe(
            [segment.features[2] for segment in segments],
            [segment.group for segment in segments],
            [segment.language for segment in segments],
            language,
            ruled,
            np.stack([segment.features[1] for segment in segments], axis=1),
        )

    def probabilities(self, segments: Sequence[Segment], language: str, ruled: Any) -> Any:
        """The probability that each segment is not content."""
        columns, shared = self.features(segments, language, ruled)
        return self.judge(columns, shared)[0]

    def judge(self, columns: Mapping[str, Any], shared: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The probability of each column, and the columns that the second stage saw."""
        first = sigmoid(self.first.logits(matrix(columns, self.first.names)))
        around = surroundings(first, shared)
        wider = {**columns, **around}
        return (first + sigmoid(self.second.logits(matrix(wider, self.second.names)))) / 2, wider

    def reasons(
        self, segments: Sequence[Segment], language: str, ruled: Any, place: int, count: int = 5
    ) -> tuple[float, list[str]]:
        """The probability of one segment, and the features that speak most for or against it, the strongest first."""
        columns, shared = self.features(segments, language, ruled)
        probability, wider = self.judge(columns, shared)
        shares: dict[str, float] = {}
        for forest in (self.first, self.second):
            for name, share in forest.contributions(matrix(wider, forest.names)[:, place]).items():
                shares[name] = shares.get(name, 0.0) + share / 2
        strongest = sorted(shares, key=lambda name: (-abs(shares[name]), name))[:count]
        return float(probability[place]), [phrase(name, float(wider[name][place]), shares[name]) for name in strongest]


def matrix(columns: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The named columns as rows."""
    import numpy as np

    return np.stack([columns[name] for name in names]).astype(np.float32)


@lru_cache(maxsize=1)
def model() -> LineModel:
    """The shipped model."""
    import numpy as np

    with files("clean.lines").joinpath("model.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        grams = bytes(stored["grams"]).decode().split("\n")
        weights = (stored["weights"].astype(np.float32) * float(stored["scale"])).tolist()
        return LineModel(
            dict(zip(grams, weights, strict=True)),
            frozenset(stored["languages"].tolist()),
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
