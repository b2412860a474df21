"""Precision and damage of each rule on lines that people, or an alignment with reviewed text, have labelled.

    python bench/rules.py --data DIR [--half 0|1] [--limit N] [--sources traf resi read all] [--rule PREFIX] [--show N]

DIR holds `residue-*.jsonl.xz` (pages as extractors rendered them, each line labelled content, boilerplate or ambiguous)
and `multilingual-*.jsonl.xz` (the same in other languages, most lines unlabelled). Per rule: lines removed, how many of
them are labelled boilerplate or content, precision over those, content words lost, and the number of registered domains
hit. Then, per source: recall on boilerplate lines, precision, and damage (share of content words removed).

Every line counts once for each extractor that rendered it. Pages whose reviewed text is in doubt are left out.
`--half` keeps the domains of one half, so that rules can be written on one and checked on the other.
"""

from __future__ import annotations

import argparse
import json
import lzma
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import clean

SOURCES = ("traf", "resi", "read", "all")
LABELLED = ("residue-*.jsonl.xz", "multilingual-[!h]*.jsonl.xz")
"""Not the HTML form of the same pages, whose name goes on with `html`."""

SECOND_LEVEL = {"ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"}
"""Labels below a country's that registries sell names under: `example.co.uk` is one domain."""

MIN_HITS = 20
MIN_PRECISION = 0.95


def domain(url: str | None) -> str:
    """The registered domain of an address."""
    parts = (urlsplit(url or "").hostname or "").split(".")
    size = 3 if len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in SECOND_LEVEL else 2
    return ".".join(parts[-size:])


def pages(folder: Path, sources: tuple[str, ...], half: int | None, limit: int | None) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for pattern in LABELLED:
        for path in sorted(folder.glob(pattern)):
            with lzma.open(path, "rt", encoding="utf-8") as file:
                for line in file:
                    page = json.loads(line)
                    key = f"{page.get('lang', 'en')}/{page['source']}"
                    if page["source"] not in sources or not page.get("gold_ok", True):
                        continue
                    if half is not None and zlib.crc32(domain(page.get("url")).encode()) % 2 != half:
                        continue
                    if limit is None or seen[key] < limit:
                        seen[key] += 1
                        yield page


def layout(lines: list[dict[str, Any]]) -> tuple[str, list[int]]:
    """The page as text, and where each of its lines begins."""
    text, starts = "", []
    parts: list[str] = []
    at = 0
    for line in lines:
        gap = "\n" if line.get("b") and parts else ""
        starts.append(at + len(gap))
        parts.append(f"{gap}{line['text']}\n")
        at += len(parts[-1])
    text = "".join(parts)
    return text, starts


def removed_lines(record: clean.Record, lines: list[dict[str, Any]], starts: list[int]) -> dict[int, str]:
    """The rule of each line that lost at least half of its characters."""
    lost: dict[int, Counter[str]] = defaultdict(Counter)
    at = 0
    for removal in sorted(record.removed, key=lambda removal: removal.source):
        start, end = removal.source
        while at + 1 < len(starts) and starts[at + 1] <= start:
            at += 1
        i = at
        while i < len(starts) and starts[i] < end:
            lo, hi = max(start, starts[i]), min(end, starts[i] + len(lines[i]["text"]))
            lost[i][removal.rule] += max(0, hi - lo)
            i += 1
    out = {}
    for i, rules in lost.items():
        if 2 * sum(rules.values()) >= len(lines[i]["text"].strip()):
            out[i] = rules.most_common(1)[0][0]
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--limit", type=int, help="pages per language and source")
    parser.add_argument("--sources", nargs="*", default=SOURCES)
    parser.add_argument("--rule", default="", help="only rules whose id starts so are listed")
    parser.add_argument("--show", type=int, default=0, help="print so many content lines that each rule removed")
    parser.add_argument("--language", default="letters", help="`none` is fast, but rules on language never fire")
    args = parser.parse_args()

    cleaner = clean.Cleaner(clean.Config(language=clean.config.LanguageConfig(backend=args.language)))
    rules: dict[str, Counter[str]] = defaultdict(Counter)
    domains: dict[str, set[str]] = defaultdict(set)
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for page in pages(args.data, tuple(args.sources), args.half, args.limit):
        text, starts = layout(page["lines"])
        gone = removed_lines(cleaner.clean_text(text), page["lines"], starts)
        total = totals[f"{page.get('lang', 'en*')}/{page['source']}"]
        for i, line in enumerate(page["lines"]):
            label, words = line["label"], len(line["text"].split())
            total[label] += 1
            total[f"{label} words"] += words
            if i not in gone:
                continue
            rule = gone[i]
            total[f"{label} gone"] += 1
            total[f"{label} words gone"] += words
            rules[rule]["hits"] += 1
            rules[rule][label] += 1
            domains[rule].add(domain(page.get("url")))
            if label == "content":
                rules[rule]["words"] += words
                wrong[rule][line["text"].strip()] += 1

    print(f"{'rule':8}{'hits':>8}{'boiler':>8}{'content':>8}{'precision':>10}{'words lost':>11}{'domains':>8}")
    for rule in cleaner.ruleset.active:
        found = rules[rule.id]
        if not rule.id.startswith(args.rule):
            continue
        judged = found["boilerplate"] + found["content"]
        precision = found["boilerplate"] / judged if judged else 1.0
        mark = "  < 95 %" if judged >= MIN_HITS and precision < MIN_PRECISION else ""
        print(
            f"{rule.id:8}{found['hits']:8}{found['boilerplate']:8}{found['content']:8}{precision:10.3f}"
            f"{found['words']:11}{len(domains[rule.id]):8}{mark}  {rule.name}"
        )
        for line, count in wrong[rule.id].most_common(args.show):
            print(f"          {count:3} {line[:110]}")
    print(f"\n{'pages':10}{'boiler':>9}{'recall':>8}{'precision':>10}{'content':>9}{'removed':>9}{'damage':>8}")
    for key, t in sorted(totals.items()):
        if t["boilerplate"] + t["content"] < MIN_HITS:
            continue
        gone = t["boilerplate gone"] + t["content gone"]
        print(
            f"{key:10}{t['boilerplate']:9}{t['boilerplate gone'] / max(1, t['boilerplate']):8.3f}"
            f"{t['boilerplate gone'] / max(1, gone):10.3f}{t['content']:9}"
            f"{100 * t['content gone'] / max(1, t['content']):8.2f}%"
            f"{100 * t['content words gone'] / max(1, t['content words']):7.2f}%"
        )


if __name__ == "__main__":
    main()
