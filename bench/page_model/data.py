"""Pages with labelled blocks, for training and cross-validating the HTML model."""

from __future__ import annotations

import collections
import json
import lzma
import pickle
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import LCSseq

from clean.html.blocks import read
from clean.html.evidence import gather
from clean.html.features import describe

WORD = re.compile(r"\w+")
SHORTEST_RUN = 3
LONGEST_ALIGNED = 60_000
"""Words of a page, or of its main content, beyond which it is not aligned."""


@dataclass
class Example:
    """A page: features (a row each), labels (NaN where unknown), and what scoring needs."""

    id: str
    url: str
    kind: str
    features: Any
    labels: Any
    shared: dict[str, Any]
    texts: list[str]
    main: str | None
    wanted: list[str]
    unwanted: list[str]
    lang: str


def load(folder: Path, cache: Path) -> list[Example]:
    """All pages of both evaluations; computed once and kept in `cache`."""
    if cache.exists():
        return pickle.loads(cache.read_bytes())
    out = [_wcxb(page) for page in _lines(folder / "wcxb-dev.jsonl.xz")]
    out += [_multilingual(page) for page in _lines(folder / "multilingual-html-dev.jsonl.xz")]
    out = [example for example in out if example is not None]
    cache.write_bytes(pickle.dumps(out, protocol=5))
    return out


def _lines(path: Path) -> Any:
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def _example(page: dict[str, Any], kind: str) -> Example | None:
    parsed = read(page["html"])
    if not parsed.blocks:
        return None
    table, shared = describe(parsed, gather(parsed.tokens))
    n = len(parsed.blocks)
    example = Example(
        page["id"],
        page["url"],
        kind,
        table.matrix(n),
        np.full(n, np.nan, np.float32),
        shared,
        [block.text for block in parsed.blocks],
        page.get("main_content"),
        page["with"],
        page["without"],
        page.get("lang", ""),
    )
    example.shared["names"] = table.names
    return example


def _wcxb(page: dict[str, Any]) -> Example | None:
    example = _example(page, page["page_type"])
    if example is not None:
        example.labels[:] = align(example.texts, example.main or "")
    return example


def _multilingual(page: dict[str, Any]) -> Example | None:
    example = _example(page, "multilingual")
    if example is None:
        return None
    folded = [re.sub(r"\s+", " ", text) for text in example.texts]
    for strings, label in ((example.unwanted, 0), (example.wanted, 1)):
        for string in strings:
            where = [i for i, text in enumerate(folded) if re.sub(r"\s+", " ", string).strip() in text]
            if len(where) == 1 or not label:
                example.labels[where] = label
    return example


def align(texts: list[str], main: str) -> Any:
    """The share of each block's words that the main content has, in order, in runs of three or whole blocks."""
    words: list[str] = []
    borders = [0]
    for text in texts:
        words += WORD.findall(text.lower())
        borders.append(len(words))
    target = WORD.findall(main.lower())
    hit = np.zeros(len(words), dtype=bool)
    if words and target and max(len(words), len(target)) <= LONGEST_ALIGNED:
        codes: dict[str, int] = {}
        a = [codes.setdefault(word, len(codes)) for word in words]
        b = [codes.setdefault(word, len(codes)) for word in target]
        starts = set(borders)
        for op in LCSseq.opcodes(a, b):
            if op.tag != "equal":
                continue
            size = op.src_end - op.src_start
            if size >= SHORTEST_RUN or (op.src_start in starts and op.src_end in starts):
                hit[op.src_start : op.src_end] = True
    running = np.concatenate(([0], np.cumsum(hit)))
    lengths = np.diff(borders)
    share = (running[borders[1:]] - running[borders[:-1]]) / np.maximum(lengths, 1)
    share[lengths == 0] = np.nan
    return share.astype(np.float32)


def folds(examples: list[Example], count: int, seed: int) -> Any:
    """A fold for each page; pages of one registered domain, or of much the same text, share it."""
    from tld import get_fld

    parent = list(range(len(examples)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    domains: dict[str, int] = {}
    shingles: dict[int, int] = {}
    for i, example in enumerate(examples):
        domain = get_fld(example.url, fail_silently=True) or example.url
        parent[root(i)] = root(domains.setdefault(domain, i))
        words = WORD.findall((example.main or " ".join(example.texts)).lower())
        own = {hash(tuple(words[k : k + 8])) for k in range(len(words) - 7)}
        shared = collections.Counter(shingles[key] for key in own if key in shingles)
        for other, size in shared.items():
            if size >= 0.2 * len(own):
                parent[root(i)] = root(other)
        for key in own:
            shingles.setdefault(key, i)
    random = np.random.default_rng(seed)
    groups = sorted({root(i) for i in range(len(examples))})
    fold = dict(zip(groups, random.permutation(len(groups)) % count, strict=True))
    return np.array([fold[root(i)] for i in range(len(examples))])


if __name__ == "__main__":
    load(Path(sys.argv[1]), Path(sys.argv[2]))
