"""The line model: how likely each line of a document is not of its content."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from clean.forest import Forest, sigmoid
from clean.lines import context, features
from clean.lines.decide import needed
from clean.lines.lexicon import Lexicon
from clean.lines.phrases import phrase
from clean.lines.reading import Reading

MARGIN = 1.6
"""By how much the gate may err, in log odds; chosen by what is lost, docs/models/lines.md."""
ROUNDING = 1e-6


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

    def probabilities(self, reading: Reading, ruled: Any, threshold: float | None = None) -> Any:
        """The probability that each line is not content.

        Args:
            ruled: of each line, 1 where a rule takes it out, else 0.
            threshold: of the decision that follows. With it, the answer is None where no line that is left can go.
        """
        seen, shared = self._seen(reading, ruled)
        left = ruled == 0
        if threshold is not None and not (left & self.passes(seen, threshold)).any():
            return None
        words = reading.words(self.lexicon, self.known)
        matrix = features.whole(seen, words.said, words.keys, shared)
        first = sigmoid(self.first.logits(matrix))
        # However sure the second stage is, it makes up half of the score.
        if threshold is not None and not (left & ((first + 1) / 2 > needed(words.counts, threshold) - ROUNDING)).any():
            return None
        return self._second(first, matrix, words.keys, shared)[0]

    def passes(self, seen: Any, threshold: float) -> Any:
        """Which columns of `features.seen` may turn out to be above the threshold."""
        threshold = min(max(threshold, ROUNDING), 1 - ROUNDING)
        return self.gate.logits(seen) + MARGIN > math.log(threshold / (1 - threshold))

    def judge(self, matrix: Any, keys: Any, shared: dict[str, Any]) -> tuple[Any, Any]:
        """The probability of each column of `features.whole`, and the matrix that the second stage saw."""
        return self._second(sigmoid(self.first.logits(matrix)), matrix, keys, shared)

    def reasons(self, reading: Reading, ruled: Any, place: int, count: int = 5) -> tuple[float, list[str]]:
        """The probability of one line, and the features that speak most for or against it, the strongest first."""
        seen, shared = self._seen(reading, ruled)
        words = reading.words(self.lexicon, self.known)
        probability, wider = self.judge(features.whole(seen, words.said, words.keys, shared), words.keys, shared)
        shares: dict[str, float] = {}
        for forest in (self.first, self.second):
            for name, share in forest.contributions(wider[: len(forest.names), place]).items():
                shares[name] = shares.get(name, 0.0) + share / 2
        strongest = sorted(shares, key=lambda name: (-abs(shares[name]), name))[:count]
        values = dict(zip(self.second.names, wider[:, place].tolist(), strict=True))
        return float(probability[place]), [phrase(name, values[name], shares[name]) for name in strongest]

    @staticmethod
    def _seen(reading: Reading, ruled: Any) -> tuple[Any, dict[str, Any]]:
        groups = [segment.group for segment in reading.segments]
        return features.seen(reading.shape, groups, reading.languages, reading.language, ruled)

    def _second(self, first: Any, matrix: Any, keys: Any, shared: dict[str, Any]) -> tuple[Any, Any]:
        import numpy as np

        wider = np.concatenate((matrix, context.surroundings(first, keys, shared)))
        return (first + sigmoid(self.second.logits(wider))) / 2, wider


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
