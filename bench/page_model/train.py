"""Trains the HTML model: cross-validates both stages, then fits them on all pages and writes the model file.

    train.py --data DIR --cache FILE [--out clean/html/model.npz] [--keep FILE] [--trees N] [--folds K] [--seeds S]

Needs catboost, rapidfuzz and tld. The figures it prints are out of fold: no page was seen by the trees that score it.
"""

from __future__ import annotations

import argparse
import collections
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool
from data import WORD, Example, folds, load

from clean.forest import Forest, sigmoid
from clean.html.context import surroundings
from clean.html.decide import repetitions
from clean.html.model import best_threshold

ROWS_A_PAGE = 200
BOUNDS = ((0.25, 0.5), (0.2, 0.5), (0.3, 0.5), (0.25, 0.4), (0.25, 0.6))
"""Between which a page's own threshold lies; the first is the package's default."""

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
        return Forest.of_catboost(json.loads(path.read_text()), names)


class Scorer:
    """The benchmark's figures for given probabilities."""

    def __init__(self, examples: list[Example]) -> None:
        self.examples = examples
        self.words = [_counted(e) for e in examples]
        self.pages = [i for i, example in enumerate(examples) if example.main is not None]

    def page(self, i: int, kept: Any) -> float:
        """The benchmark's word F1 of a page."""
        block, word, sizes, main = self.words[i]
        found, wanted = sizes[kept].sum(), main.sum()
        if not found or not wanted:
            return float(found == wanted)
        common = np.minimum(np.bincount(word[kept[block]], minlength=len(main)), main).sum()
        return float(2 * common / (found + wanted))

    def report(self, kept: list[Any]) -> dict[str, Any]:
        kinds: dict[str, list[float]] = collections.defaultdict(list)
        tp = fp = fn = with_found = with_all = without_left = without_all = 0
        for i, example in enumerate(self.examples):
            text = "\n".join(t for t, k in zip(example.texts, kept[i], strict=True) if k)
            if example.main is None:
                text = re.sub(r"\s+", " ", text)
                hits = sum(re.sub(r"\s+", " ", s) in text for s in example.wanted)
                tp, fn = tp + hits, fn + len(example.wanted) - hits
                fp += sum(re.sub(r"\s+", " ", s) in text for s in example.unwanted)
                continue
            kinds[example.kind].append(self.page(i, kept[i]))
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


def _counted(example: Example) -> tuple[Any, Any, Any, Any]:
    """The words that a page's blocks share with its main content (block, word), blocks' sizes, the content's counts."""
    numbers: dict[str, int] = {}
    main = [numbers.setdefault(word, len(numbers)) for word in WORD.findall((example.main or "").lower())]
    block, known, sizes = [], [], []
    for i, text in enumerate(example.texts):
        words = WORD.findall(text.lower())
        here = [numbers[word] for word in words if word in numbers]
        block += [i] * len(here)
        known += here
        sizes.append(len(words))
    counts = np.bincount(np.array(main, dtype=np.int64), minlength=len(numbers))
    return np.array(block, dtype=np.int64), np.array(known, dtype=np.int64), np.array(sizes), counts


def decided(example: Example, probability: Any, bounds: tuple[float, float]) -> Any:
    """The blocks that the package would keep of a page."""
    kept = probability >= max(bounds[0], min(best_threshold(probability, example.shared["words"]), bounds[1]))
    kept[repetitions(example.texts, example.shared["words"], probability, kept)] = False
    return kept


def nested(scorer: Scorer, probabilities: list[Any], fold: Any) -> list[Any]:
    """The blocks kept, the threshold's bounds being chosen for each fold on the pages of the others."""
    examples = scorer.examples
    scores = np.zeros((len(BOUNDS), len(examples)))
    for b, bounds in enumerate(BOUNDS):
        for i in scorer.pages:
            scores[b, i] = scorer.page(i, decided(examples[i], probabilities[i], bounds))
    out: list[Any] = [None] * len(examples)
    scored = np.isin(np.arange(len(examples)), scorer.pages)
    for k in range(int(fold.max()) + 1):
        best = BOUNDS[int(np.argmax(scores[:, scored & (fold != k)].mean(axis=1)))]
        part = scores[BOUNDS.index(best), scored & (fold == k)]
        print("fold", k, "pages", len(part), "bounds chosen on the others", best, "f1", round(float(part.mean()), 4))
        for i in np.flatnonzero(fold == k):
            out[i] = decided(examples[i], probabilities[i], best)
    print("all pages", {bounds: round(float(scores[b, scored].mean()), 4) for b, bounds in enumerate(BOUNDS)})
    return out


def second_matrix(example: Example, p: Any, chosen: list[int]) -> tuple[Any, list[str]]:
    context = surroundings(p, example.shared)
    names = [*context, *(example.shared["names"][i] for i in chosen)]
    return np.concatenate((np.stack(list(context.values())), example.features[chosen])).astype(np.float32), names


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", type=Path, help="where to write the out-of-fold probabilities, by page")
    parser.add_argument("--trees", type=int, default=600)
    parser.add_argument("--second-trees", type=int, default=240)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    examples = load(args.data, args.cache)
    if args.sample:
        examples = [examples[i] for i in np.random.default_rng(1).permutation(len(examples))[: args.sample]]
    fold = folds(examples, args.folds, 0)
    scorer = Scorer(examples)
    names = examples[0].shared["names"]
    print("pages", len(examples), "features", len(names), flush=True)
    print("oracle", scorer.report([np.nan_to_num(e.labels) >= 0.5 for e in examples]))

    def train(which: Any, matrices: list[Any], columns: list[str], trees: int, seed: int) -> tuple[Forest, Any]:
        picked = np.flatnonzero(which)
        random = np.random.default_rng(seed)
        x, y, w = rows([examples[i] for i in picked], [matrices[i] for i in picked], random)
        return fit(x, y, w, columns, trees, seed, args.threads)

    def out_of_fold(matrices: list[Any], columns: list[str], trees: int) -> tuple[list[list[Any]], Any]:
        """The probabilities of each seed's trees, and the features' gains."""
        out: list[list[Any]] = [[None] * len(examples) for _ in range(args.seeds)]
        gains = np.zeros(len(columns))
        for seed in range(args.seeds):
            for k in range(args.folds):
                trained, gain = train(fold != k, matrices, columns, trees, seed)
                gains += gain
                for i in np.flatnonzero(fold == k):
                    out[seed][i] = trained.logits(matrices[i])
                print("trained seed", seed, "without fold", k, flush=True)
        return out, gains

    features = [e.features for e in examples]
    firsts, gains = out_of_fold(features, names, args.trees)
    first = _mean(firsts)
    best = np.argsort(-gains)
    print("strongest", [names[i] for i in best[:40]])
    print("first", scorer.report([decided(e, p, BOUNDS[0]) for e, p in zip(examples, first, strict=True)]), flush=True)

    chosen = [int(i) for i in best[:KEPT_FEATURES]]
    seconds = [second_matrix(e, p, chosen) for e, p in zip(examples, first, strict=True)]
    columns = seconds[0][1]
    matrices = [matrix for matrix, _ in seconds]
    found, _ = out_of_fold(matrices, columns, args.second_trees)
    both = _halves(first, _mean(found))
    print("both", scorer.report(nested(scorer, both, fold)), flush=True)
    for seed in range(args.seeds):
        single = _halves(_mean([firsts[seed]]), _mean([found[seed]]))
        kept = [decided(e, p, BOUNDS[0]) for e, p in zip(examples, single, strict=True)]
        print("seed", seed, "alone, bounds", BOUNDS[0], scorer.report(kept))

    if args.keep:
        np.savez_compressed(args.keep, **{e.id: p for e, p in zip(examples, both, strict=True)})
    if args.out:
        everything = np.ones(len(examples), dtype=bool)
        a = joined([train(everything, features, names, args.trees, seed)[0] for seed in range(args.seeds)])
        b = joined([train(everything, matrices, columns, args.second_trees, seed)[0] for seed in range(args.seeds)])
        np.savez_compressed(args.out, **a.stored("first"), **b.stored("second"))
        print("written", args.out, args.out.stat().st_size)


def _mean(logits: list[list[Any]]) -> list[Any]:
    return [sigmoid(sum(page) / len(page)) for page in zip(*logits, strict=True)]


def _halves(first: list[Any], second: list[Any]) -> list[Any]:
    return [(a + b) / 2 for a, b in zip(first, second, strict=True)]


def joined(forests: list[Forest]) -> Forest:
    """The mean of several forests, as one."""
    size = len(forests)
    return Forest(
        forests[0].names,
        np.concatenate([f.feature for f in forests], axis=1),
        np.concatenate([f.threshold for f in forests], axis=1),
        np.concatenate([f.leaf for f in forests]) / size,
        sum(f.bias for f in forests) / size,
    )


if __name__ == "__main__":
    main()
