"""Trains the HTML model: cross-validates both stages, then fits them on all pages and writes the model file.

    train.py --data DIR --cache FILE [--out clean/html/model.npz] [--trees N] [--folds K] [--seed S] [--sample N]

Needs catboost, rapidfuzz and tld. The figures it prints are out of fold: no page was seen by the trees that score it.
"""

from __future__ import annotations

import argparse
import collections
import json
import pickle
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool
from data import WORD, Example, f1, folds, load

from clean.html.context import surroundings
from clean.html.model import Forest, best_threshold, sigmoid

ROWS_A_PAGE = 200
THRESHOLDS = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
BOUNDS = (0.25, 0.5)
"""Between which a page's own threshold lies."""

KEPT_FEATURES = 45
"""First-stage features that the second stage sees too: those with the highest gain."""


def rows(examples: list[Example], matrices: list[Any], random: Any) -> tuple[Any, Any, Any]:
    """Training rows: features, labels, weights. A page counts by the root of its words, a block within it by words."""
    xs, ys, ws = [], [], []
    for example, matrix in zip(examples, matrices, strict=True):
        known = np.flatnonzero(~np.isnan(example.labels))
        if not len(known):
            continue
        weight = np.maximum(example.shared["words"], 1)[known]
        if len(known) > ROWS_A_PAGE:
            chance = np.sqrt(weight)
            picked = random.choice(len(known), ROWS_A_PAGE, replace=False, p=chance / chance.sum())
            known, weight = known[picked], weight[picked]
        weight = weight**0.7
        whole = 1.0 if example.main is not None else 0.3
        xs.append(matrix[:, known].T)
        ys.append(example.labels[known])
        ws.append(weight / weight.sum() * whole)
    x, y, w = np.concatenate(xs), np.concatenate(ys), np.concatenate(ws)
    return x, y, w / w.mean()


def fit(x: Any, y: Any, w: Any, names: list[str], trees: int, seed: int, threads: int) -> tuple[Forest, Any]:
    # A block that is content in part is a row for either side, weighted by its share.
    both = (y > 0.02) & (y < 0.98)
    x = np.concatenate((x, x[both]))
    label = np.concatenate((y >= 0.5, y[both] < 0.5))
    share = np.concatenate((np.where(both, np.maximum(y, 1 - y), 1), np.minimum(y[both], 1 - y[both])))
    weight = np.concatenate((w, w[both])) * share
    model = CatBoostClassifier(
        iterations=trees,
        depth=7,
        learning_rate=min(0.3, 36 / trees),
        l2_leaf_reg=6,
        random_seed=seed,
        rsm=0.2,
        border_count=48,
        thread_count=threads,
        verbose=False,
        allow_writing_files=False,
        bootstrap_type="Bernoulli",
        subsample=0.7,
        boosting_type="Plain",
        leaf_estimation_iterations=1,
    )
    model.fit(Pool(x, label, weight=weight))
    return forest(model, names), model.get_feature_importance()


def forest(model: CatBoostClassifier, names: list[str]) -> Forest:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        stored = json.loads(path.read_text())
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
    return Forest(tuple(names), feature, threshold, leaf * scale, float(bias[0]))


class Scorer:
    """The benchmark's figures for given probabilities."""

    def __init__(self, examples: list[Example]) -> None:
        self.examples = examples
        self.words = [[collections.Counter(WORD.findall(t.lower())) for t in e.texts] for e in examples]
        self.main = [None if e.main is None else collections.Counter(WORD.findall(e.main.lower())) for e in examples]

    def page(self, i: int, kept: Any) -> float:
        found: collections.Counter[str] = collections.Counter()
        for k in np.flatnonzero(kept):
            found.update(self.words[i][k])
        return f1(found, self.main[i])

    def report(self, probabilities: list[Any], threshold: float) -> dict[str, Any]:
        kinds: dict[str, list[float]] = collections.defaultdict(list)
        tp = fp = fn = with_found = with_all = without_left = without_all = 0
        for i, example in enumerate(self.examples):
            kept = probabilities[i] >= threshold
            text = "\n".join(t for t, k in zip(example.texts, kept, strict=True) if k)
            if self.main[i] is None:
                text = re.sub(r"\s+", " ", text)
                hits = sum(re.sub(r"\s+", " ", s) in text for s in example.wanted)
                tp, fn = tp + hits, fn + len(example.wanted) - hits
                fp += sum(re.sub(r"\s+", " ", s) in text for s in example.unwanted)
                continue
            kinds[example.kind].append(self.page(i, kept))
            with_found += sum(s.lower() in text.lower() for s in example.wanted)
            without_left += sum(s.lower() in text.lower() for s in example.unwanted)
            with_all, without_all = with_all + len(example.wanted), without_all + len(example.unwanted)
        every = [score for scores in kinds.values() for score in scores]
        return {
            "f1": round(float(np.mean(every)), 4),
            **{kind: round(float(np.mean(scores)), 3) for kind, scores in sorted(kinds.items())},
            "with": round(with_found / max(1, with_all), 4),
            "without": round(without_left / max(1, without_all), 4),
            "multilingual": round(2 * tp / max(1, 2 * tp + fp + fn), 4),
        }


def second_matrix(example: Example, p: Any, chosen: list[int]) -> tuple[Any, list[str]]:
    context = surroundings(p, example.shared)
    names = [*context, *(example.shared["names"][i] for i in chosen)]
    return np.concatenate((np.stack(list(context.values())), example.features[chosen])).astype(np.float32), names


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", type=Path, help="where to write the out-of-fold probabilities")
    parser.add_argument("--trees", type=int, default=500)
    parser.add_argument("--second-trees", type=int, default=250)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    examples = load(args.data, args.cache)
    if args.sample:
        examples = [examples[i] for i in np.random.default_rng(1).permutation(len(examples))[: args.sample]]
    fold = folds(examples, args.folds, args.seed)
    random = np.random.default_rng(args.seed)
    scorer = Scorer(examples)
    names = examples[0].shared["names"]
    oracle = [np.nan_to_num(e.labels) for e in examples]
    print("pages", len(examples), "features", len(names), "oracle", scorer.report(oracle, 0.5), flush=True)

    def train(which: Any, matrices: list[Any], columns: list[str], trees: int) -> tuple[Forest, Any]:
        picked = np.flatnonzero(which)
        x, y, w = rows([examples[i] for i in picked], [matrices[i] for i in picked], random)
        return fit(x, y, w, columns, trees, args.seed, args.threads)

    def out_of_fold(matrices: list[Any], columns: list[str], trees: int) -> tuple[list[Any], Any]:
        out: list[Any] = [None] * len(examples)
        gains = np.zeros(len(columns))
        for k in range(args.folds):
            trained, gain = train(fold != k, matrices, columns, trees)
            gains += gain
            for i in np.flatnonzero(fold == k):
                out[i] = sigmoid(trained.logits(matrices[i]))
        return out, gains

    features = [e.features for e in examples]
    first, gains = out_of_fold(features, names, args.trees)
    best = np.argsort(-gains)
    print("strongest", [names[i] for i in best[:40]])
    print("useless", [names[i] for i in best if gains[i] < 0.02 * args.folds])
    for threshold in THRESHOLDS:
        print("first", threshold, scorer.report(first, threshold), flush=True)

    chosen = [int(i) for i in best[:KEPT_FEATURES]]
    seconds = [second_matrix(e, p, chosen) for e, p in zip(examples, first, strict=True)]
    columns = seconds[0][1]
    matrices = [matrix for matrix, _ in seconds]
    second, _ = out_of_fold(matrices, columns, args.second_trees)
    mean = [(a + b) / 2 for a, b in zip(first, second, strict=True)]
    for threshold in THRESHOLDS:
        print("both", threshold, scorer.report(mean, threshold), flush=True)
    chosen_at = [
        p - max(BOUNDS[0], min(best_threshold(p, e.shared["words"]), BOUNDS[1]))
        for p, e in zip(mean, examples, strict=True)
    ]
    print("both, threshold by page", scorer.report(chosen_at, 0.0), flush=True)
    for k in range(args.folds):
        part = [scorer.page(i, chosen_at[i] >= 0) for i in np.flatnonzero(fold == k) if scorer.main[i] is not None]
        print("fold", k, len(part), round(float(np.mean(part)), 4))

    if args.keep:
        args.keep.write_bytes(pickle.dumps((fold, first, second)))
    if args.out:
        everything = np.ones(len(examples), dtype=bool)
        a, _ = train(everything, features, names, args.trees)
        b, _ = train(everything, matrices, columns, args.second_trees)
        np.savez_compressed(args.out, **_stored("first", a), **_stored("second", b))
        print("written", args.out, args.out.stat().st_size)


def _stored(stage: str, trees: Forest) -> dict[str, Any]:
    used, feature = np.unique(trees.feature, return_inverse=True)
    return {
        f"{stage}_names": np.array([trees.names[i] for i in used]),
        f"{stage}_feature": feature.reshape(trees.feature.shape).astype(np.int16),
        f"{stage}_threshold": trees.threshold,
        f"{stage}_leaf": trees.leaf.astype(np.float16),
        f"{stage}_bias": np.array(trees.bias),
    }


if __name__ == "__main__":
    main()
