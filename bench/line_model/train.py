"""Trains the line model: cross-validates it by domain, then fits it on all texts and writes the model file.

    train.py --data DIR --cache FILE [--out clean/lines/model.npz] [--folds K] [--pages SHARE] [--threads N]

Needs catboost, scikit-learn, scipy and tld. The figures it prints are out of fold: no page of a text's domain, and none
that shares a paragraph with it, was seen by the words and trees that score it. The decision is made as the strip stage
makes it: rules and model together, again until nothing more goes.
"""

from __future__ import annotations

import argparse
import collections
import json
import pickle
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool
from data import Text, domains, folds, load
from scipy.sparse import csr_matrix
from score import Tally, strip
from sklearn.linear_model import LogisticRegression

from clean.forest import Forest, sigmoid
from clean.lines import features, words
from clean.lines.context import surroundings
from clean.lines.decide import chosen
from clean.lines.layout import key
from clean.lines.model import LineModel, matrix

KNOWN = ("en", "und")
"""Languages that words are learned in. The words of other languages are too few in the data to learn from."""
DOMAINS_OF_A_WORD = 12
"""Registered domains that a word must stand on: others are names and subjects, not chrome."""
STRENGTH = 0.04
"""Inverse of the regularisation of the words' weights."""

ROWS = 200
"""Lines of one text that are learned from; of another version of it, `FEWER_ROWS`."""
FEWER_ROWS = 100
SOURCES = {"traf": 1.0, "resi": 0.8, "read": 0.8, "all": 0.5}
CLEANED = 0.5
"""Share of texts that are also learned from with most chrome taken out: a text is judged again as it becomes clean."""
SURVIVES = 0.3
"""Chance of a run of chrome to stay in a cleaned text."""
WORDLESS = 0.25
"""Share of texts that are also learned from without the learned words, as texts in other languages are."""
KEPT_FEATURES = 60
"""First-stage features that the second stage sees too: those with the highest gain."""
THRESHOLDS = (0.85, 0.9, 0.93, 0.95)
BUDGET = 0.004
"""What the strip stage uses; chosen with the threshold, by damage."""


@dataclass
class Version:
    """A text as the trees see it: whole, cleaned, or without learned words."""

    text: int
    columns: dict[str, Any]
    shared: dict[str, Any]
    labels: Any
    rows: int


class Words:
    """Learned weights of words, by fold and for all."""

    def __init__(self, texts: list[Text], fold: Any, count: int) -> None:
        rows: dict[tuple[str, str], list[Any]] = {}
        for text, number, domain in zip(texts, fold, domains(texts), strict=True):
            codes = features.effective([s.language for s in text.segments], text.language)
            for segment, code, label in zip(text.segments, codes, text.labels, strict=True):
                if code in KNOWN and not np.isnan(label):
                    row = rows.setdefault((text.page, segment.text), [0, 0, number, domain])
                    row[0], row[1] = row[0] + label, row[1] + 1
        split = [words.tokens(line) for _, line in rows]
        found = [list(dict.fromkeys(words.grams(line, words.joined(line)))) for line in split]
        on: dict[str, set[str]] = collections.defaultdict(set)
        for grams, row in zip(found, rows.values(), strict=True):
            for gram in grams:
                if len(on[gram]) < DOMAINS_OF_A_WORD:
                    on[gram].add(row[3])
        self.grams = sorted(gram for gram, seen in on.items() if len(seen) >= DOMAINS_OF_A_WORD)
        place = {gram: i for i, gram in enumerate(self.grams)}
        indices = [[place[gram] for gram in grams if gram in place] for grams in found]
        ends = np.cumsum([0, *map(len, indices)])
        flat = np.fromiter((i for line in indices for i in line), np.int64, int(ends[-1]))
        self.x = csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(rows), len(self.grams)))
        self.y = np.array([row[0] >= row[1] / 2 for row in rows.values()])
        of = np.array([row[2] for row in rows.values()])
        lines = collections.Counter(page for page, _ in rows)
        self.weight = np.array([lines[page] ** -0.5 for page, _ in rows])
        self.by_fold = [self._fit(of != k) for k in range(count)]
        self.whole = self._fit(np.ones(len(of), dtype=bool))

    def _fit(self, which: Any) -> dict[str, float]:
        model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=60, tol=1e-3)
        model.fit(self.x[which], self.y[which], sample_weight=self.weight[which] / self.weight[which].mean())
        return dict(zip(self.grams, np.round(model.coef_[0] * SCALE) / SCALE, strict=True))


SCALE = 64
"""Weights are kept as whole multiples of one by this."""


def own(text: Text, weights: dict[str, float]) -> Any:
    codes = features.effective([s.language for s in text.segments], text.language)
    return features.own([s.text for s in text.segments], codes, weights, KNOWN).astype(np.float32)


def version(number: int, text: Text, own: Any, kept: Any, ruled: Any, rows: int) -> Version:
    segments = [text.segments[i] for i in kept]
    columns, shared = features.describe(
        [key(s.text) for s in segments],
        [s.group for s in segments],
        [s.language for s in segments],
        text.language,
        ruled[kept],
        own[:, kept],
    )
    return Version(number, columns, shared, text.labels[kept], rows)


def versions(texts: list[Text], owns: list[Any], random: Any) -> list[Version]:
    """What the trees learn from: the texts first, in order, then other versions of some."""
    out = [
        version(i, t, o, np.arange(len(t.segments)), t.ruled, ROWS)
        for i, (t, o) in enumerate(zip(texts, owns, strict=True))
    ]
    lexical = [features.own_names().index(name) for name in features.LEXICAL]
    for i, (text, own) in enumerate(zip(texts, owns, strict=True)):
        if random.random() < CLEANED:
            chrome = np.nan_to_num(text.labels, nan=0.0) > 0
            run = np.cumsum(np.concatenate(([True], chrome[1:] != chrome[:-1])))
            stays = random.random(run.max() + 1) < SURVIVES
            kept = np.flatnonzero(~chrome | stays[run])
            if 0 < len(kept) < len(chrome):
                out.append(version(i, text, own, kept, np.zeros(len(chrome), np.float32), FEWER_ROWS))
        if text.language == "en" and random.random() < WORDLESS:
            mute = own.copy()
            mute[lexical] = 0
            out.append(version(i, text, mute, np.arange(len(text.segments)), text.ruled, FEWER_ROWS))
    return out


def training_rows(of: Iterable[Version], columns: list[Any], texts: list[Text], random: Any) -> tuple[Any, Any, Any]:
    """Features, labels, weights. What a page weighs grows slower than its lines; long lines of content weigh more."""
    xs, ys, ws = [], [], []
    for one, x in zip(of, columns, strict=True):
        known = np.flatnonzero(~np.isnan(one.labels))
        if not len(known):
            continue
        if len(known) > one.rows:
            known = np.sort(random.choice(known, one.rows, replace=False))
        y = one.labels[known]
        size = np.maximum(one.shared["words"][known], 3) / 8
        xs.append(x[:, known].T)
        ys.append(y)
        ws.append(SOURCES.get(texts[one.text].source, 0.5) * len(known) ** -0.3 * np.where(y == 0, size**0.3, 1))
    w = np.concatenate(ws)
    return np.concatenate(xs), np.concatenate(ys), w / w.mean()


def fit(x: Any, y: Any, w: Any, names: list[str], trees: int, args: argparse.Namespace) -> tuple[Forest, Any]:
    model = CatBoostClassifier(
        iterations=trees,
        depth=6,
        learning_rate=min(0.3, 30 / trees),
        l2_leaf_reg=6,
        random_seed=args.seed,
        rsm=0.25,
        border_count=48,
        thread_count=args.threads,
        verbose=False,
        allow_writing_files=False,
        bootstrap_type="Bernoulli",
        subsample=0.7,
        boosting_type="Plain",
        leaf_estimation_iterations=1,
    )
    model.fit(Pool(x, y, weight=w))
    return forest(model, names), model.get_feature_importance()


def forest(model: CatBoostClassifier, names: list[str]) -> Forest:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        return Forest.of_catboost(json.loads(path.read_text()), names)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", type=Path, help="where to write the fold models")
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--second-trees", type=int, default=200)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--pages", type=float, default=1.0, help="share of the pages to use")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    random = np.random.default_rng(args.seed)
    texts = load(args.data, args.cache)
    pages = sorted({text.page for text in texts})
    chosen_pages = set(random.permutation(pages)[: int(args.pages * len(pages))].tolist())
    texts = [text for text in texts if text.page in chosen_pages]
    fold = folds(texts, args.folds, args.seed)
    learned = Words(texts, fold, args.folds)
    print("texts", len(texts), "words", len(learned.grams), flush=True)
    owns = [own(text, learned.by_fold[k]) for text, k in zip(texts, fold, strict=True)]
    everything = versions(texts, owns, random)
    names = list(everything[0].columns)
    first_x = [matrix(one.columns, names) for one in everything]
    print("versions", len(everything), "features", len(names), flush=True)

    def train(which: Any, columns: list[Any], names: list[str], trees: int) -> tuple[Forest, Any]:
        picked = [i for i, one in enumerate(everything) if which[one.text]]
        x, y, w = training_rows([everything[i] for i in picked], [columns[i] for i in picked], texts, random)
        return fit(x, y, w, names, trees, args)

    def cross(columns: list[Any], names: list[str], trees: int) -> tuple[list[Forest], list[Any], Any]:
        trained = []
        gains = np.zeros(len(names))
        for k in range(args.folds):
            one, gain = train(fold != k, columns, names, trees)
            trained.append(one)
            gains += gain
            print("fold", k, flush=True)
        said = [sigmoid(trained[fold[one.text]].logits(x)) for one, x in zip(everything, columns, strict=True)]
        return trained, said, gains

    firsts, said, gains = cross(first_x, names, args.trees)
    order = np.argsort(-gains)
    print("strongest", [names[i] for i in order[:40]])
    print("useless", [names[i] for i in order if gains[i] < 0.1 * args.folds])
    kept = [names[i] for i in order[:KEPT_FEATURES]]
    around = [surroundings(p, one.shared) for p, one in zip(said, everything, strict=True)]
    wide = [*around[0], *kept]
    second_x = [matrix({**one.columns, **a}, wide) for one, a in zip(everything, around, strict=True)]
    seconds, _, gains = cross(second_x, wide, args.second_trees)
    print("strongest", [wide[i] for i in np.argsort(-gains)[:40]], flush=True)
    models = [LineModel(learned.by_fold[k], frozenset(KNOWN), firsts[k], seconds[k]) for k in range(args.folds)]
    if args.keep:
        args.keep.write_bytes(pickle.dumps((fold, models, [text.page for text in texts])))

    report(texts, fold, models)
    if args.out:
        whole = np.ones(len(texts), dtype=bool)
        first, _ = train(whole, first_x, names, args.trees)
        second, _ = train(whole, second_x, wide, args.second_trees)
        write(args.out, LineModel(learned.whole, frozenset(KNOWN), first, second))
        print("written", args.out, args.out.stat().st_size)


def report(texts: list[Text], fold: Any, models: list[LineModel], thresholds: Iterable[float] = THRESHOLDS) -> None:
    """Out-of-fold figures at each threshold."""
    for threshold in (1.0, *thresholds):
        tally = Tally()
        for text, k in zip(texts, fold, strict=True):
            for segment in text.segments:
                segment.features = None

            def judge(segments: list[Any], ruled: Any, k: int = k, text: Text = text) -> Any:
                return models[k].probabilities(segments, text.language, ruled)

            tally.add(text, strip(text, judge, lambda p, size, t=threshold: chosen(p, size, t, BUDGET) & (t < 1)))
        tally.show(f"at {threshold}")


def write(path: Path, model: LineModel) -> None:
    grams = model.weights  # those of weight 0 too: how many words were known is a feature
    np.savez_compressed(
        path,
        grams=np.frombuffer("\n".join(grams).encode(), dtype=np.uint8),
        weights=np.clip(np.round(np.array(list(grams.values())) * SCALE), -127, 127).astype(np.int8),
        scale=np.array(1 / SCALE),
        languages=np.array(sorted(model.known)),
        **model.first.stored("first"),
        **model.second.stored("second"),
    )


if __name__ == "__main__":
    main()
