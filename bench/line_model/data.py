"""Texts with labelled lines, for training and cross-validating the line model."""

from __future__ import annotations

import collections
import json
import lzma
import multiprocessing
import pickle
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from clean.cleaner import Cleaner
from clean.document import Document, Origin
from clean.ruleset.matcher import ruled
from clean.ruleset.view import View

WORD = re.compile(r"\w+")
LABELS = {"boilerplate": 1.0, "content": 0.0}
SHARED_LINE = 200
"""Characters of a line that two texts have in common only where one is a copy of the other."""

MODEL = "MOD001"


@dataclass
class Text:
    """One page as one extractor rendered it.

    Args:
        place: of each segment, the line that it lies in.
        labels: of each segment, 1 for boilerplate, 0 for content, NaN where nobody knows.
        line_labels, line_words: of each line, for scoring.
        main: the words of the page's main content, or None where that is not known.
    """

    page: str
    source: str
    url: str
    language: str
    segments: list[Any]
    ruled: Any
    place: Any
    labels: Any
    line_labels: list[str]
    line_words: list[collections.Counter[str]]
    main: collections.Counter[str] | None
    judged: bool


def load(folder: Path, cache: Path) -> list[Text]:
    """All texts of both evaluations that have lines; computed once and kept in `cache`."""
    if cache.exists():
        return pickle.loads(cache.read_bytes())
    names = ("residue-dev.jsonl.xz", "multilingual-dev.jsonl.xz")
    records = (record for name in names for record in _records(folder / name))
    with multiprocessing.Pool() as pool:
        out = [text for text in pool.imap(_text, records, chunksize=16) if text is not None]
    cache.write_bytes(pickle.dumps(out, protocol=5))
    return out


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


@lru_cache(maxsize=1)
def _cleaner() -> Cleaner:
    return Cleaner(ignore=[MODEL])


def _text(record: dict[str, Any]) -> Text | None:
    cleaner = _cleaner()
    source, starts = "", []
    for line in record["lines"]:
        if line.get("b") and source:
            source += "\n"
        starts.append(len(source))
        source += line["text"] + "\n"
    document = cleaner.run(Document(source, Origin(url=record["url"], media_type="text/plain")), to="language")
    if not document.segments:
        return None
    view = View(document.segments, document.language)
    taken = ruled(view, cleaner.ruleset.find(view, document))
    place = np.array([bisect_right(starts, s.alignment.source_span[0]) - 1 for s in document.segments])
    for segment in document.segments:
        segment.evidence = segment.hits = None
    line_labels = [line["label"] for line in record["lines"]]
    known = np.array([LABELS.get(label, np.nan) for label in line_labels], dtype=np.float32)
    return Text(
        record["id"],
        record["source"],
        record["url"],
        document.language,
        document.segments,
        taken,
        place,
        known[place] if record["gold_ok"] else np.full(len(place), np.nan, np.float32),
        line_labels,
        [collections.Counter(WORD.findall(line["text"].lower())) for line in record["lines"]],
        collections.Counter(WORD.findall(record["gold"].lower())) if record["gold"] else None,
        record["gold_ok"],
    )


def folds(texts: list[Text], count: int, seed: int) -> Any:
    """A fold for each text; those of one registered domain, or with a long line in common, share it."""
    from tld import get_fld

    parent = list(range(len(texts)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    seen: dict[str, int] = {}
    for i, text in enumerate(texts):
        keys = [get_fld(text.url, fail_silently=True) or text.url]
        keys += [s.text.lower() for s in text.segments if len(s.text) >= SHARED_LINE]
        for key in keys:
            parent[root(i)] = root(seen.setdefault(key, i))
    roots = [root(i) for i in range(len(texts))]
    sizes = collections.Counter(roots)
    random = np.random.default_rng(seed)
    filled = np.zeros(count)
    fold: dict[int, int] = {}
    for group in sorted(sizes, key=lambda group: (-sizes[group], group)):
        fold[group] = int(np.argmin(filled + 2 * random.random(count)))
        filled[fold[group]] += sizes[group]
    return np.array([fold[group] for group in roots])


def domains(texts: list[Text]) -> list[str]:
    """The registered domain of each text."""
    from tld import get_fld

    return [get_fld(text.url, fail_silently=True) or text.url for text in texts]
