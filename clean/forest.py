"""Forest: gradient-boosted oblivious trees, evaluated with numpy.

A tree of depth d compares d features with d thresholds; the outcomes, read as a binary number, name a leaf. All trees
look at all columns at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

AT_ONCE = 1024
"""Columns predicted together: what keeps the intermediate arrays in the processor's cache."""


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

        out = np.empty(matrix.shape[1], dtype=np.float32)
        for start in range(0, matrix.shape[1], AT_ONCE):
            part = np.ascontiguousarray(matrix[:, start : start + AT_ONCE])
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

    def _leaves(self, part: Any) -> Any:
        """What each tree says of each column."""
        import numpy as np

        trees, leaves = self.leaf.shape
        number = np.uint8 if leaves <= 256 else np.uint16
        index = np.zeros((trees, part.shape[1]), dtype=number)
        for bit in range(len(self.feature)):
            above = part[self.feature[bit]] > self.threshold[bit][:, None]
            index |= above.view(np.uint8) << number(bit)
        offsets = (np.arange(trees, dtype=np.int32) * leaves)[:, None]
        return self.leaf.ravel()[offsets + index]


def sigmoid(logits: Any) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-logits))
