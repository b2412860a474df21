"""Extractors side by side on the same pages, in the same run: word F1 by page type, snippets, time, traced characters.

    pages.py --data DIR [--scores FILE] [--every K] [--limit N] [--pages FILE] [--json]

DIR holds wcxb-dev.jsonl.xz (WCXB, CC-BY-4.0) and multilingual-html-dev.jsonl.xz. Peers that are not installed are left
out. The shipped model was trained on these pages: --scores takes the out-of-fold probabilities that
bench/page_model/train.py --keep writes, and clean decides by them; --pages takes a file of pages that the model has not
seen. Time is CPU time, with the shipped model, the extractors taking turns page by page.
"""

from __future__ import annotations

import argparse
import collections
import html
import itertools
import json
import lzma
import re
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

import clean

WORD = re.compile(r"\w+")
WARM_UP = "<title>A page</title><p>What is loaded with the first page is no part of any page's time.</p>"


def peers() -> dict[str, Callable[[str], str]]:
    """The extractors that are installed, by name and version."""
    out: dict[str, Callable[[str], str]] = {f"clean {clean.__version__}": clean_text}
    for package, make in (
        ("trafilatura", _trafilatura),
        ("resiliparse", _resiliparse),
        ("readability-lxml", _readability),
        ("jusText", _justext),
    ):
        try:
            out[f"{package} {version(package)}"] = make()
        except (ImportError, PackageNotFoundError):
            continue
    return out


def clean_text(page: str) -> str:
    return clean.clean_html(page).text


def _trafilatura() -> Callable[[str], str]:
    import trafilatura

    return lambda page: trafilatura.extract(page) or ""


def _resiliparse() -> Callable[[str], str]:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda page: extract_plain_text(page, main_content=True)


def _readability() -> Callable[[str], str]:
    from lxml.html import fromstring
    from readability import Document

    return lambda page: fromstring(Document(page).summary()).text_content()


def _justext() -> Callable[[str], str]:
    import justext

    words = frozenset().union(*map(justext.get_stoplist, justext.get_stoplists()))
    return lambda page: "\n".join(p.text for p in justext.justext(page, words) if not p.is_boilerplate)


def f1(text: str, main: str) -> float:
    """The benchmark's word F1."""
    found, wanted = collections.Counter(WORD.findall(text.lower())), collections.Counter(WORD.findall(main.lower()))
    if not wanted or not found:
        return float(not wanted and not found)
    return 2 * (found & wanted).total() / (found.total() + wanted.total())


def traced(page: str) -> tuple[int, int, int]:
    """Characters of the record's text; those whose source slice, read alone, gives them; those of listed repairs."""
    record = clean.clean_html(page).to_dict()
    edited = {at for edit in record["edits"] for at in range(*edit["span"])}
    every = right = repaired = 0
    for segment in record["segments"]:
        start, end = segment["source"]
        text = re.sub(r"\s+", "", record["text"][slice(*segment["span"])])
        bare = re.sub(r"(?s)<!--.*?-->|<[^>]*>", "", page[start:end])
        every += len(text)
        if re.sub(r"\s+", "", html.unescape(bare)) == text:
            right += len(text)
        elif edited.issuperset(range(*segment["span"])):
            repaired += len(text)
    return every, right, repaired


class Stored:
    """Stands in for the model: says of a page what trees that have not seen it said."""

    def __init__(self, path: Path) -> None:
        self.scores = np.load(path)
        self.page = ""

    def probabilities(self, features: Any, names: list[str], shared: dict[str, Any]) -> Any:
        scores = self.scores[self.page]
        if len(scores) != features.shape[1]:
            raise SystemExit(f"{self.page}: scores of {len(scores)} blocks, where there are {features.shape[1]} now")
        return scores


def pages(path: Path, every: int, limit: int | None) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        for line in itertools.islice(stream, 0, limit, every):
            yield json.loads(line)


def score(path: Path, every: int, limit: int | None, stored: Stored | None) -> dict[str, dict[str, float]]:
    """A row of figures for each extractor."""
    extractors = peers()
    sums: dict[str, collections.Counter[str]] = {name: collections.Counter() for name in extractors}
    seen = right = repaired = 0
    for extract in extractors.values():
        extract(WARM_UP)
    for page in pages(path, every, limit):
        for name, extract in extractors.items():
            row = sums[name]
            began = time.process_time()
            try:
                text = extract(page["html"])
            except Exception as error:  # a peer's crash is a result: an empty text, counted
                if name.startswith("clean"):
                    raise
                text = ""
                row["crashes"] += 1
                row[f"crash {type(error).__name__}"] += 1
            row["ms"] += 1000 * (time.process_time() - began)
            if stored is not None and name.startswith("clean"):
                stored.page = page["id"]
                with patch("clean.html.model.model", lambda: stored):
                    text = extract(page["html"])
            row["pages"] += 1
            folded = re.sub(r"\s+", " ", text).lower()
            for kind in ("with", "without"):
                row[kind] += sum(re.sub(r"\s+", " ", s).lower() in folded for s in page[kind])
                row[f"{kind}_all"] += len(page[kind])
            if "main_content" in page:
                for kind in ("all", page["page_type"]):
                    row[f"f1 {kind}"] += f1(text, page["main_content"])
                    row[f"n {kind}"] += 1
        chars, ok, edited = traced(page["html"])
        seen, right, repaired = seen + chars, right + ok, repaired + edited
    out: dict[str, dict[str, float]] = {}
    for name, row in sums.items():
        out[name] = {key: round(row[key] / row["n" + key[2:]], 4) for key in sorted(row) if key.startswith("f1 ")}
        out[name] |= {
            "with found": round(row["with"] / max(1, row["with_all"]), 4),
            "without left": round(row["without"] / max(1, row["without_all"]), 4),
            "snippet f1": round(2 * row["with"] / max(1, row["with"] + row["with_all"] + row["without"]), 4),
            "ms per page": round(row["ms"] / max(1, row["pages"]), 1),
            "crashes": row["crashes"],
        }
        if name.startswith("clean"):
            out[name]["traced"] = round(right / max(1, seen), 6)
            out[name]["repaired"] = round(repaired / max(1, seen), 6)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pages", type=Path, help="score this file instead")
    parser.add_argument("--scores", type=Path, help="out-of-fold probabilities to decide by")
    parser.add_argument("--every", type=int, default=1, help="take each K-th page only")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    names = [args.pages] if args.pages else [args.data / f"{n}-dev.jsonl.xz" for n in ("wcxb", "multilingual-html")]
    stored = Stored(args.scores) if args.scores else None
    results = {path.name: score(path, args.every, args.limit, stored) for path in names}
    if args.json:
        print(json.dumps(results))
        return
    for name, table in results.items():
        columns = list(dict.fromkeys(key for row in table.values() for key in row))
        print(f"\n{name}\n")
        print("| extractor | " + " | ".join(columns) + " |")
        print("|---|" + "---|" * len(columns))
        for extractor, row in table.items():
            print(f"| {extractor} | " + " | ".join(str(row.get(column, "")) for column in columns) + " |")


if __name__ == "__main__":
    main()
