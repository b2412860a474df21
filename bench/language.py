#!/usr/bin/env python3
"""Accuracy, calibration, speed and memory of language labels, beside other libraries, on the same lines.

    python bench/language.py --data FOLDER [--stock N]

FOLDER holds language-lines-dev.jsonl (single lines: text, language, level) and language-dev.jsonl (documents: text,
language, segments as [start, end, language, kind]). Prints tables in Markdown with the figures of this run:

1. single lines by level, each library by itself, among the same candidates;
2. documents, with each backend below the same document model, and constructed documents: foreign blocks of two to six
   lines, pages that are half and half, pages in one language;
3. reliability: how often labels of a score are right;
4. how much transliterated Russian and Bulgarian gets a language;
5. what other settings of the document model give, in halves of the documents;
6. speed of the language stage.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from clean.document import Document
from clean.languages import LANGUAGES, load
from clean.languages.prior import Weights, document_language, familiar, posteriors
from clean.languages.weigh import Evidence, Weigher
from clean.stages.decode import decode
from clean.stages.language import Language
from clean.stages.segment import segment

LEVELS = ("sentences", "word-pairs", "single-words")
BINS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001)
Line = tuple[str, str, str]
"""Text, language, level."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--stock", type=int, default=2000, help="lines for libraries that do fewer than 5,000 a second")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    lines = [(d["text"], d["language"], d["level"]) for d in read(options.data / "language-lines-dev.jsonl")]
    if options.only:
        print(json.dumps(single(options.only, lines, options.stock)))
        return
    documents = [
        ([(d["text"][b:e], language, kind) for b, e, language, kind in d["segments"]], d["language"], d["id"][0])
        for d in read(options.data / "language-dev.jsonl")
    ]
    print_singles(options)
    print_documents(lines, documents)
    print_reliability(lines, documents)
    print_transliterated(lines)
    print_settings(lines, documents)
    print_speed(lines)


def read(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


# Single lines


def classifier(name: str) -> Callable[[Sequence[str]], list[str]]:
    """A library's answers for some texts, one by one as it is meant to be used, or in one batch."""
    if name == "langdetect, stock":
        from langdetect import DetectorFactory, detect, lang_detect_exception

        DetectorFactory.seed = 0

        def stock(text: str) -> str:
            try:
                return str(detect(text)).replace("zh-cn", "zh").replace("zh-tw", "zh")
            except lang_detect_exception.LangDetectException:
                return "und"

        return lambda texts: [stock(text) for text in texts]
    if name.endswith("scripts"):
        weigher = Weigher(load(name.split()[0], LANGUAGES))
        return lambda texts: [LANGUAGES[int(e.likelihoods.argmax())] for e in weigher(texts)]
    model = load(name, LANGUAGES)
    return lambda texts: [LANGUAGES[i] for i in model.likelihoods(texts).argmax(axis=1)]


def single(name: str, lines: list[Line], limit: int) -> dict[str, Any]:
    slow = name in ("langdetect, stock", "lingua", "lingua + scripts")
    used = random.Random(1).sample(lines, min(limit, len(lines))) if slow else lines
    try:
        start = time.process_time()
        answer = classifier(name)
        answer(["Good morning"])
        cold = time.process_time() - start
    except Exception as error:
        return {"name": name, "error": str(error)}
    start = time.process_time()
    found = answer([text for text, _, _ in used])
    seconds = time.process_time() - start
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for (_, language, level), guess in zip(used, found, strict=True):
        count[level] += 1
        right[level] += guess == language
    return {
        "name": name,
        "lines": len(used),
        "accuracy": {level: right[level] / count[level] for level in LEVELS},
        "per_second": len(used) / seconds,
        "cold": cold,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def print_singles(options: argparse.Namespace) -> None:
    print("| model, 47 languages | sentences | word pairs | single words | lines/s | first answer | memory |")
    print("|---|---|---|---|---|---|---|")
    names = ["langdetect, stock"] + [
        f"{name}{scripts}"
        for name in ("langdetect", "py3langid", "lingua", "letters")
        for scripts in ("", " + scripts")
    ]
    names.remove("letters")
    for name in names:
        command = [sys.executable, __file__, "--data", str(options.data), "--stock", str(options.stock), "--only", name]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        if "error" in found:
            print(f"| {name} | {found['error']} |")
            continue
        shares = " | ".join(f"{100 * found['accuracy'][level]:.1f} %" for level in LEVELS)
        print(f"| {name} | {shares} | {found['per_second']:,.0f} | {found['cold']:.2f} s | {found['mb']:.0f} MB |")
    print()


# Documents


def constructed(lines: list[Line], languages: Sequence[str]) -> dict[str, list[tuple[list[Line], str | None]]]:
    """Documents of contiguous foreign blocks, of two halves, and in one language, from single lines."""
    rng = random.Random(7)
    texts = defaultdict(list)
    for text, language, level in lines:
        texts[language, level].append(text)

    def some(language: str, count: int) -> list[Line]:
        levels = rng.choices(LEVELS, (5, 3, 2), k=count)
        return [(rng.choice(texts[language, level]), language, level) for level in levels]

    blocks: list[tuple[list[Line], str | None]] = []
    halves: list[tuple[list[Line], str | None]] = []
    shuffled: list[tuple[list[Line], str | None]] = []
    alone: list[tuple[list[Line], str | None]] = []
    for _ in range(300):
        main, other = rng.sample(languages, 2)
        body, block = some(main, rng.randint(8, 20)), some(other, rng.randint(2, 6))
        if all(level != "sentences" for _, _, level in block):
            block[0] = (rng.choice(texts[other, "sentences"]), other, "sentences")
        at = rng.choice([0, len(body), rng.randint(1, len(body) - 1)])
        blocks.append((body[:at] + block + body[at:], main))
        half = some(main, 5) + some(other, 5)
        halves.append((half, None))
        shuffled.append((rng.sample(half, len(half)), None))
        alone.append((some(main, 10), main))
    return {"blocks": blocks, "halves": halves, "halves, shuffled": shuffled, "one language": alone}


class Sample:
    """The evidence and the languages of a document's segments."""

    def __init__(self, evidence: list[Evidence], languages: list[str], main: str | None) -> None:
        self.likelihoods = np.stack([found.likelihoods for found in evidence])
        self.strangeness = np.array([found.strangeness for found in evidence])
        self.votes = np.array([found.votes for found in evidence])
        self.gold = np.array([LANGUAGES.index(language) for language in languages])
        self.main = None if main is None else LANGUAGES.index(main)

    def label(self, weights: Weights) -> tuple[Any, Any, int]:
        """Columns and scores of the segments, and the document's column."""
        known = familiar(self.strangeness, weights)
        found = posteriors(self.likelihoods, self.votes * known, weights)
        return found.argmax(axis=1), found.max(axis=1) * known, document_language(found, self.votes * known, weights)


def samples(weigher: Weigher, documents: Sequence[tuple[list[Line], str | None]]) -> list[Sample]:
    return [
        Sample(weigher([text for text, _, _ in lines]), [language for _, language, _ in lines], main)
        for lines, main in documents
    ]


def accuracy(found: list[Sample], weights: Weights) -> tuple[float, float, float]:
    """Shares of right segments, of right foreign ones, and of right documents; `und` is wrong."""
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for sample in found:
        columns, scores, main = sample.label(weights)
        hits = (columns == sample.gold) & (scores >= 0.5)
        foreign = sample.gold != sample.main
        right["all"] += hits.sum()
        count["all"] += len(hits)
        if sample.main is not None:
            right["foreign"] += hits[foreign].sum()
            count["foreign"] += foreign.sum()
            right["document"] += main == sample.main
            count["document"] += 1
    shares = [right[k] / count[k] if count[k] else float("nan") for k in ("all", "foreign", "document")]
    return shares[0], shares[1], shares[2]


def print_documents(lines: list[Line], documents: list[tuple[list[Line], str, str]]) -> None:
    dev = sorted({language for _, language, _ in documents})
    sets: dict[str, list[tuple[list[Line], str | None]]] = {
        "mixed": [(segments, main) for segments, main, kind in documents if kind == "d"],
        "monolingual": [(segments, main) for segments, main, kind in documents if kind == "m"],
    }
    sets |= {f"{name} (14)": found for name, found in constructed(lines, dev).items()}
    sets |= {f"{name} (47)": found for name, found in constructed(lines, LANGUAGES).items()}
    backends = ("langdetect", "py3langid", "letters")
    weighers = {name: Weigher(load(name, LANGUAGES)) for name in backends}
    # Likelihoods of overlapping n-grams count each letter several times: each backend has its own factor.
    own = {"langdetect": 0.35, "py3langid": 0.35, "letters": Weights().own}
    print("segments right / foreign ones / document language, by backend below the same document model\n")
    print("| documents | " + " | ".join(backends) + " | letters, neighbours not heard |\n|---|---|---|---|---|")
    for name, found in sets.items():
        cells = [accuracy(samples(weighers[b], found), replace(Weights(), own=own[b])) for b in backends]
        deaf = replace(Weights(), stickiest=0.0)
        cells.append(accuracy(samples(weighers["letters"], found), deaf))
        shares = [" / ".join("–" if x != x else f"{100 * x:.1f}" for x in cell) for cell in cells]
        print(f"| {name} | " + " | ".join(shares) + " |")
    print()


# Calibration


def print_reliability(lines: list[Line], documents: list[tuple[list[Line], str, str]]) -> None:
    weigher = Weigher(load("letters", LANGUAGES))
    sets = {"documents": samples(weigher, [(segments, main) for segments, main, _ in documents])}
    evidence = weigher([text for text, _, _ in lines])
    for level in LEVELS:
        chosen = [(e, language) for e, (_, language, own) in zip(evidence, lines, strict=True) if own == level]
        sets[f"{level} alone"] = [Sample([e], [language], language) for e, language in chosen]
    print("share right of labels with a score in the range (number), and `und`\n")
    print("| score | " + " | ".join(sets) + " |\n|---|" + "---|" * len(sets))
    columns = []
    for found in sets.values():
        labelled = [sample.label(Weights()) for sample in found]
        scores = np.concatenate([scores for _, scores, _ in labelled])
        hits = np.concatenate([c == sample.gold for (c, _, _), sample in zip(labelled, found, strict=True)])
        cells = []
        for low, high in pairwise(BINS):
            inside = (scores >= low) & (scores < high)
            cells.append(f"{100 * hits[inside].mean():.1f} % ({inside.sum():,})" if inside.any() else "–")
        labels = scores >= BINS[0]
        cells.append(f"{100 * hits[labels].mean():.1f} % ({labels.sum():,})")
        cells.append(f"{100 * (~labels).mean():.1f} %")
        columns.append(cells)
    names = [f"{low:.2f}–{min(high, 1):.2f}" for low, high in pairwise(BINS)]
    for name, *cells in zip([*names, "all labels", "`und`"], *columns, strict=True):
        print(f"| {name} | " + " | ".join(cells) + " |")
    print()


# Transliteration

LATIN = dict(zip("абвгдезийклмнопрстуфъыьэ", "abvgdeziyklmnoprstuf\0y\0e", strict=True)) | {
    "ё": "yo",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "yu",
    "я": "ya",
}


def print_transliterated(lines: list[Line]) -> None:
    weigher = Weigher(load("letters", LANGUAGES))
    print("share of single lines that get a language\n")
    print("| lines | transliterated ru, bg | as it was, all languages |\n|---|---|---|")
    for level in LEVELS:
        chosen = [(text, language) for text, language, own in lines if own == level]
        foreign = [
            "".join(LATIN.get(c, c) for c in text.lower()).replace("\0", "")
            for text, language in chosen
            if language in ("ru", "bg")
        ]
        shares = []
        for texts in (foreign, [text for text, _ in chosen]):
            found = [Sample([evidence], ["en"], None) for evidence in weigher(texts)]
            shares.append(100 * np.mean([sample.label(Weights())[1][0] >= 0.5 for sample in found]))
        print(f"| {level} | {shares[0]:.1f} % | {shares[1]:.1f} % |")
    print()


# Settings


def print_settings(lines: list[Line], documents: list[tuple[list[Line], str, str]]) -> None:
    weigher = Weigher(load("letters", LANGUAGES))
    found = constructed(lines, LANGUAGES)
    sets = [samples(weigher, [(segments, main) for segments, main, _ in documents])]
    sets += [samples(weigher, found[name]) for name in ("blocks", "halves", "halves, shuffled", "one language")]
    halves = [[each[half::2] for each in sets] for half in (0, 1)]
    changes: list[dict[str, float]] = [{}]
    for name, values in {
        "own": (0.3, 0.4, 0.55, 0.7, 1.0),
        "document": (0.9, 0.98),
        "heaviest": (100.0, 400.0),
        "stickiness": (0.0, 0.4),
        "doubt": (1.0, 4.0),
        "stickiest": (0.0, 0.7, 0.97),
        "strange": (0.0, 0.01),
        "majority": (0.0, 0.5, 1.0),
    }.items():
        changes += [{name: value} for value in values]
    print(
        "mean over documents and constructed documents of 47 languages, in two halves: segments / document language\n"
    )
    print("| setting | first half | second half |\n|---|---|---|")
    for change in changes:
        cells = []
        for half in halves:
            shares = [accuracy(each, replace(Weights(), **change)) for each in half]
            segments = 100 * np.mean([share[0] for share in shares])
            cells.append(f"{segments:.2f} / {100 * np.nanmean([share[2] for share in shares]):.2f}")
        name = ", ".join(f"{k} = {v}" for k, v in change.items()) or "as shipped"
        print(f"| {name} | " + " | ".join(cells) + " |")
    print()


# Speed


def print_speed(lines: list[Line]) -> None:
    from clean.config import LanguageConfig

    stage = Language(LanguageConfig())
    stage(segment(decode(Document("Good morning"))))
    sentences = [text for text, _, level in lines if level == "sentences"]
    words = [text for text, _, level in lines if level == "single-words"]
    pages = ["\n".join(sentences[i : i + 25]) for i in range(0, len(sentences), 25)]
    inputs = {
        "sentences, 25 a document": pages,
        "sentences, one document": ["\n".join(sentences)],
        "200,000 lines of one word": ["\n".join((words * 50)[:200_000])],
        "one line of 20 MB": ["word " * 4_000_000],
    }
    print("the language stage alone, one process, CPU time\n")
    print("| input | MB/s | seconds | second pass |\n|---|---|---|---|")
    for name, texts in inputs.items():
        documents = [segment(decode(Document(text))) for text in texts]
        size = sum(len(text.encode()) for text in texts) / 1e6
        start = time.process_time()
        for document in documents:
            stage(document)
        middle = time.process_time()
        for document in documents:
            stage(document)
        first, second = middle - start, time.process_time() - middle
        print(f"| {name} | {size / first:,.1f} | {first:.2f} | {second:.2f} |")


if __name__ == "__main__":
    main()
