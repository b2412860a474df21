"""Forest: gradient-boosted oblivious trees, evaluated with numpy.

A tree of depth d compares d features with d thresholds; the outcomes, read as a binary number, name a leaf. All trees
look at all columns at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

AT_ONCE = 1024
"""Columns predicted together: what keeps the intermediate arrays in the processor's cache."""


@dataclass(frozen=True)
class Forest:
    """Trees over named features. `feature` and `threshold` are depth x trees, `leaf` is trees x leaves."""

    names: tuple[str, ...]
    feature: Any
    threshold: Any
    leaf: Any
    bias: float

    def logits(self, matrix: Any, rows: Sequence[int] | None = None) -> Any:
        """The sum of the trees for each column of `matrix`.

        Its rows are the features in the order of `names`; `rows` says which they are, where it has others too.
        """
        import numpy as np

        out = np.empty(matrix.shape[1], dtype=np.float32)
        for start in range(0, matrix.shape[1], AT_ONCE):
            part = matrix[:, start : start + AT_ONCE]
            part = np.ascontiguousarray(part) if rows is None else part[rows]
            out[start : start + AT_ONCE] = self._leaves(part).sum(axis=0) + self.bias
        return out

    def over(self, names: Sequence[str]) -> Forest:
        """The same trees for a matrix whose rows are the features `names`, in this order, some of them unused."""
        import numpy as np

        place = {name: i for i, name in enumerate(names)}
        rows = np.array([place[name] for name in self.names])
        return Forest(tuple(names), rows[self.feature], self.threshold, self.leaf, self.bias)

    def contributions(self, column: Any) -> dict[str, float]:
        """How much each feature moves the sum for one column: what the trees say with it, less without it.

        A tree's say is shared by its features in the order of its splits: each split by how far it moves the mean of
        the leaves that remain. The shares add up to the sum, less the trees' means.
        """
        import numpy as np

        depth, trees = self.feature.shape
        above = column[self.feature] > self.threshold
        values = self.leaf
        mean = values.mean(axis=1)
        shares: dict[str, float] = {}
        # The last split is the highest bit of a leaf's number.
        for bit in range(depth - 1, -1, -1):
            half = values.shape[1] // 2
            values = np.where(above[bit][:, None], values[:, half:], values[:, :half])
            now = values.mean(axis=1)
            for tree in range(trees):
                name = self.names[self.feature[bit, tree]]
                shares[name] = shares.get(name, 0.0) + float(now[tree] - mean[tree])
            mean = now
        return shares

    def stored(self, prefix: str) -> dict[str, Any]:
        """The arrays of a model file; `load` reads them."""
        import numpy as np

        used, feature = np.unique(self.feature, return_inverse=True)
        return {
            f"{prefix}_names": np.array([self.names[i] for i in used]),
            f"{prefix}_feature": feature.reshape(self.feature.shape).astype(np.int16),
            f"{prefix}_threshold": self.threshold.astype(np.float32),
            f"{prefix}_leaf": self.leaf.astype(np.float16),
            f"{prefix}_bias": np.array(self.bias),
        }

    @classmethod
    def of_catboost(cls, stored: dict[str, Any], names: Sequence[str]) -> Forest:
        """The forest in a model that CatBoost saved as JSON."""
        import numpy as np

        trees = stored["oblivious_trees"]
        depth = max(len(tree["splits"] or ()) for tree in trees)
        feature = np.zeros((depth, len(trees)), dtype=np.int64)
        threshold = np.full((depth, len(trees)), np.inf, dtype=np.float32)
        leaf = np.zeros((len(trees), 2**depth), dtype=np.float32)
        for t, tree in enumerate(trees):
            for d, split in enumerate(tree["splits"] or ()):
                feature[d, t] = split["float_feature_index"]
                threshold[d, t] = split["border"]
            leaf[t, : len(tree["leaf_values"])] = tree["leaf_values"]
        scale, bias = stored["scale_and_bias"]
        return cls(tuple(names), feature, threshold, leaf * scale, float(bias[0]))

    @classmethod
    def load(cls, stored: Any, prefix: str) -> Forest:
        """The forest in an opened model file."""
        return cls(
            tuple(stored[f"{prefix}_names"].tolist()),
            stored[f"{prefix}_feature"].astype("int64"),
            stored[f"{prefix}_threshold"],
            stored[f"{prefix}_leaf"].astype("float32"),
            float(stored[f"{prefix}_bias"]),
        )

    @cached_property
    def _conditions(self) -> tuple[Any, Any, Any]:
        """Features and thresholds, each pair once, and of each split the number of its pair: trees share many."""
        import numpy as np

        pairs = np.stack([self.feature.ravel(), self.threshold.ravel().astype(np.float64)])
        found, number = np.unique(pairs, axis=1, return_inverse=True)
        return found[0].astype(np.int64), found[1].astype(np.float32)[:, None], number.reshape(self.feature.shape)

    def _leaves(self, part: Any) -> Any:
        """What each tree says of each column."""
        import numpy as np

        trees, leaves = self.leaf.shape
        feature, threshold, number = self._conditions
        above = (part[feature] > threshold).astype(np.uint8 if leaves <= 256 else np.uint16, copy=False)
        # The last split is the highest bit of a leaf's number.
        index = above[number[-1]]
        for condition in number[-2::-1]:
            index += index
            index += above[condition]
        return np.take(self.leaf, index + (np.arange(trees) * leaves)[:, None])


def sigmoid(logits: Any) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-logits))
