"""The block model: oblivious trees in two stages, evaluated with numpy.

A tree of depth d compares d features with d thresholds; the outcomes, read as a binary number, name a leaf. All trees
look at all blocks at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from clean.html.context import surroundings

AT_ONCE = 1024
"""Blocks predicted together: what keeps the intermediate arrays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees over named features. `feature` and `threshold` are depth x trees, `leaf` is trees x leaves."""

    names: tuple[str, ...]
    feature: Any
    threshold: Any
    leaf: Any
    bias: float

    def logits(self, matrix: Any) -> Any:
        """The sum of the trees for each column of `matrix`, whose rows are the features in the order of `names`."""
        import numpy as np

        trees = len(self.leaf)
        size = matrix.shape[1]
        out = np.empty(size, dtype=np.float32)
        offsets = (np.arange(trees, dtype=np.int32) * self.leaf.shape[1])[:, None]
        flat = self.leaf.ravel()
        for start in range(0, size, AT_ONCE):
            part = np.ascontiguousarray(matrix[:, start : start + AT_ONCE])
            index = np.zeros((trees, part.shape[1]), dtype=np.uint8)
            for bit in range(len(self.feature)):
                above = part[self.feature[bit]] > self.threshold[bit][:, None]
                index |= above.view(np.uint8) << np.uint8(bit)
            out[start : start + AT_ONCE] = flat[offsets + index].sum(axis=0) + self.bias
        return out


@dataclass(frozen=True, slots=True)
class Model:
    """Both stages. The first sees the page's features, the second also what the first said of the neighbours."""

    first: Forest
    second: Forest

    def probabilities(self, features: Any, names: list[str], shared: dict[str, Any]) -> Any:
        """The probability that each block is content; `features` has a row for each of `names`."""
        rows = {name: i for i, name in enumerate(names)}
        first = sigmoid(self.first.logits(features[[rows[name] for name in self.first.names]]))
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


def sigmoid(logits: Any) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-logits))


def _stack(columns: list[Any]) -> Any:
    import numpy as np

    return np.stack(columns).astype(np.float32)


@lru_cache(maxsize=1)
def model() -> Model:
    """The shipped model."""
    import numpy as np

    with files("clean.html").joinpath("model.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        return Model(*(_forest(stored, stage) for stage in ("first", "second")))


def _forest(stored: Any, stage: str) -> Forest:
    return Forest(
        tuple(stored[f"{stage}_names"].tolist()),
        stored[f"{stage}_feature"].astype("int64"),
        stored[f"{stage}_threshold"],
        stored[f"{stage}_leaf"].astype("float32"),
        float(stored[f"{stage}_bias"]),
    )
