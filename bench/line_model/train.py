"""Trains the line model: cross-validates it by domain, then fits it on all texts and writes the model file.

    train.py --data DIR --cache FILE [--out clean/lines/model.npz] [--folds K] [--pages SHARE] [--threads N]
    train.py --data DIR --cache FILE --gate FILE [--out clean/lines/model.npz]

The second form trains the gate alone, for the fold models that an earlier run wrote with --keep FILE, and replaces it
in the model file.

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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoost, CatBoostClassifier, CatBoostRegressor, Pool
from data import Text, domains, folds, load
from scipy.sparse import csr_matrix
from score import Tally, strip
from sklearn.linear_model import LogisticRegression

from clean.forest import Forest, sigmoid
from clean.lines import context, features, words
from clean.lines.decide import chosen, needed
from clean.lines.lexicon import Lexicon
from clean.lines.model import LineModel
from clean.lines.reading import Reading
from clean.lines.shape import shapes
from clean.lines.wording import keys, numbered

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
GATE_SOURCES = {"traf": 1.0, "resi": 0.6, "read": 1.0, "all": 0.15}
"""Of whole pages nearly all have lines that go: the gate does not help there."""
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

GATE_TREES, GATE_DEPTH = 60, 5
GATE_RANGE = (-2.4, 3.6)
"""Log odds, by the root of the words, that the gate tells apart: no others are near a threshold."""
GATE_CLOSE, GATE_WEIGHT = 1.0, 9
"""Lines above these log odds weigh so much more: there it must not err."""
GATE_ROWS = 400_000


@dataclass
class Version:
    """A text as the trees see it: whole, cleaned, or without learned words."""

    text: int
    matrix: Any
    keys: Any
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


@dataclass
class Own:
    """What the lines of a text say for themselves."""

    shape: Any
    said: Any
    keys: Any


def own(text: Text, lexicon: Lexicon) -> Own:
    lines = [segment.text for segment in text.segments]
    codes = features.effective([segment.language for segment in text.segments], text.language)
    shape = shapes(lines)
    return Own(shape, features.said(lines, codes, shape, lexicon, KNOWN), numbered(keys(lines)))


def version(number: int, text: Text, own: Own, kept: Any, ruled: Any, rows: int) -> Version:
    segments = [text.segments[i] for i in kept]
    groups, languages = [s.group for s in segments], [s.language for s in segments]
    shape, said = np.ascontiguousarray(own.shape[:, kept]), np.ascontiguousarray(own.said[:, kept])
    seen, shared = features.seen(shape, groups, languages, text.language, ruled[kept])
    its_keys = own.keys.take(kept, axis=1)
    return Version(number, features.whole(seen, said, its_keys, shared), its_keys, shared, text.labels[kept], rows)


def versions(texts: list[Text], owns: list[Own], random: Any) -> list[Version]:
    """What the trees learn from: the texts first, in order, then other versions of some."""
    out = [
        version(i, t, o, np.arange(len(t.segments)), t.ruled, ROWS)
        for i, (t, o) in enumerate(zip(texts, owns, strict=True))
    ]
    lexical = [features.said_rows()[name] for name in features.LEXICAL]
    for i, (text, own) in enumerate(zip(texts, owns, strict=True)):
        if random.random() < CLEANED:
            chrome = np.nan_to_num(text.labels, nan=0.0) > 0
            run = np.cumsum(np.concatenate(([True], chrome[1:] != chrome[:-1])))
            stays = random.random(run.max() + 1) < SURVIVES
            kept = np.flatnonzero(~chrome | stays[run])
            if 0 < len(kept) < len(chrome):
                out.append(version(i, text, own, kept, np.zeros(len(chrome), np.float32), FEWER_ROWS))
        if text.language == "en" and random.random() < WORDLESS:
            mute = own.said.copy()
            mute[lexical] = 0
            out.append(
                version(i, text, Own(own.shape, mute, own.keys), np.arange(len(text.segments)), text.ruled, FEWER_ROWS)
            )
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


def forest(model: CatBoost, names: list[str]) -> Forest:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        return Forest.of_catboost(json.loads(path.read_text()), names)


def fit_gate(
    versions: list[Version], odds: list[Any], which: Any, texts: list[Text], random: Any, args: argparse.Namespace
) -> Forest:
    """Trees that guess a line's odds, which were given out of fold, from what is seen without its words."""
    count = len(features.SEEN)
    xs, ys, ws = [], [], []
    for one, its_odds in zip(versions, odds, strict=True):
        if which[one.text]:
            left = one.matrix[features.SEEN.index("ruled")] == 0
            xs.append(one.matrix[:count, left].T)
            ys.append(np.clip(its_odds[left], *GATE_RANGE))
            weight = 1 + (GATE_WEIGHT - 1) * (its_odds[left] > GATE_CLOSE)
            ws.append(GATE_SOURCES.get(texts[one.text].source, 0.5) * weight)
    x, y, w = np.concatenate(xs), np.concatenate(ys), np.concatenate(ws)
    if len(y) > GATE_ROWS:
        picked = random.choice(len(y), GATE_ROWS, replace=False)
        x, y, w = x[picked], y[picked], w[picked]
    model = CatBoostRegressor(
        iterations=GATE_TREES,
        depth=GATE_DEPTH,
        learning_rate=0.25,
        l2_leaf_reg=6,
        random_seed=args.seed,
        rsm=0.5,
        border_count=32,
        thread_count=args.threads,
        verbose=False,
        allow_writing_files=False,
        boosting_type="Plain",
        leaf_estimation_iterations=1,
    )
    model.fit(Pool(x, y, weight=w))
    return forest(model, list(features.SEEN))


def odds_by_words(model: LineModel, one: Version) -> Any:
    """The log odds that the model gives to each line, less what the root of its words asks for."""
    p = np.clip(model.judge(one.matrix, one.keys, one.shared)[0].astype(np.float64), 1e-6, 1 - 1e-6)
    even = needed(one.shared["words"], 0.5)
    return np.log(p / (1 - p)) - np.log(even / (1 - even))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", type=Path, help="where to write the fold models")
    parser.add_argument("--gate", type=Path, help="fold models to train the gate for, and nothing else")
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
    models: list[LineModel] = []
    if args.gate:
        _, models, trained_on = pickle.loads(args.gate.read_bytes())
        if trained_on != [text.page for text in texts]:
            parser.error("--gate: these fold models were trained on other texts")
        lexica = [model.lexicon for model in models]
    else:
        learned = Words(texts, fold, args.folds)
        lexica = [Lexicon(weights) for weights in learned.by_fold]
        print("texts", len(texts), "words", len(learned.grams), flush=True)
    owns = [own(text, lexica[k]) for text, k in zip(texts, fold, strict=True)]
    everything = versions(texts, owns, random)
    names = list(features.names())
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

    whole = np.ones(len(texts), dtype=bool)
    if not args.gate:
        first_x = [one.matrix for one in everything]
        firsts, said, gains = cross(first_x, names, args.trees)
        order = np.argsort(-gains)
        print("strongest", [names[i] for i in order[:40]])
        print("useless", [names[i] for i in order if gains[i] < 0.1 * args.folds])
        kept = order[:KEPT_FEATURES]
        around = [context.surroundings(p, one.keys, one.shared) for p, one in zip(said, everything, strict=True)]
        wide = [*context.NAMES, *(names[i] for i in kept)]
        second_x = [np.concatenate((a, one.matrix[kept])) for one, a in zip(everything, around, strict=True)]
        seconds, _, gains = cross(second_x, wide, args.second_trees)
        print("strongest", [wide[i] for i in np.argsort(-gains)[:40]], flush=True)
        none = Forest(features.SEEN[:1], *(np.zeros((0, 0), np.int64),) * 2, np.zeros((0, 1), np.float32), 0.0)
        models = [LineModel.of(lexica[k], KNOWN, none, firsts[k], seconds[k]) for k in range(args.folds)]
    odds = [odds_by_words(models[fold[one.text]], one) for one in everything]
    gates = [fit_gate(everything, odds, fold != k, texts, random, args) for k in range(args.folds)]
    models = [replace(model, gate=gate) for model, gate in zip(models, gates, strict=True)]
    if args.keep:
        args.keep.write_bytes(pickle.dumps((fold, models, [text.page for text in texts])))

    report(texts, fold, models)
    if args.out:
        gate = fit_gate(everything, odds, whole, texts, random, args)
        if args.gate:
            with np.load(args.out) as stored:
                parts = {name: stored[name] for name in stored.files if not name.startswith("gate_")}
            np.savez_compressed(args.out, **parts, **gate.stored("gate"))
        else:
            first, _ = train(whole, first_x, names, args.trees)
            second, _ = train(whole, second_x, wide, args.second_trees)
            write(args.out, Lexicon(learned.whole), gate, first, second)
        print("written", args.out, args.out.stat().st_size)


def report(texts: list[Text], fold: Any, models: list[LineModel], thresholds: Iterable[float] = THRESHOLDS) -> None:
    """Out-of-fold figures at each threshold."""
    for threshold in (1.0, *thresholds):
        tally = Tally()
        for text, k in zip(texts, fold, strict=True):
            for segment in text.segments:
                segment.features = None

            def judge(segments: list[Any], ruled: Any, k: int = k, text: Text = text, t: float = threshold) -> Any:
                if t == 1:
                    return None
                return models[k].probabilities(Reading(segments, text.language), ruled, t)

            tally.add(text, strip(text, judge, lambda p, size, t=threshold: chosen(p, size, t, BUDGET)))
        tally.show(f"at {threshold}")


def write(path: Path, lexicon: Lexicon, gate: Forest, first: Forest, second: Forest) -> None:
    grams = lexicon.weights  # those of weight 0 too: how many words were known is a feature
    np.savez_compressed(
        path,
        grams=np.frombuffer("\n".join(grams).encode(), dtype=np.uint8),
        weights=np.clip(np.round(np.array(list(grams.values())) * SCALE), -127, 127).astype(np.int8),
        scale=np.array(1 / SCALE),
        languages=np.array(sorted(KNOWN)),
        **gate.stored("gate"),
        **first.stored("first"),
        **second.stored("second"),
    )


if __name__ == "__main__":
    main()
