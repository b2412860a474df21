"""The block model: oblivious trees in two stages, evaluated with numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from clean.forest import Forest, sigmoid
from clean.html.context import surroundings


@dataclass(frozen=True, slots=True)
class Model:
    """Both stages. The first sees the page's features, the second also what the first said of the neighbours."""

    first: Forest
    second: Forest

    def probabilities(self, features: Any, names: list[str], shared: dict[str, Any]) -> Any:
        """The probability that each block is content; `features` has a row for each of `names`."""
        rows = {name: i for i, name in enumerate(names)}
        first = sigmoid(self.first.logits(features, [rows[name] for name in self.first.names]))
        context = surroundings(first, shared)
        columns = [context[name] if name in context else features[rows[name]] for name in self.second.names]
        second = sigmoid(self.second.logits(_stack(columns)))
        return (first + second) / 2


def best_threshold(probability: Any, words: Any) -> float:
    """The probability from which to keep blocks, for the highest word F1 that the probabilities let expect.

    A page of uncertain blocks (a listing) is worth a lower threshold than one of clear ones (an article).
    """
    import numpy as np

    words = np.maximum(words, 0.5)
    order = np.argsort(-probability, kind="stable")
    expected = np.cumsum((probability * words)[order])
    score = 2 * expected / (np.cumsum(words[order]) + expected[-1])
    return float(probability[order[int(np.argmax(score))]])


def _stack(columns: list[Any]) -> Any:
    import numpy as np

    return np.stack(columns, dtype=np.float32, casting="same_kind")


@lru_cache(maxsize=1)
def model() -> Model:
    """The shipped model."""
    import numpy as np

    with files("clean.html").joinpath("model.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        return Model(*(Forest.load(stored, stage) for stage in ("first", "second")))
