"""What `clean check` finds in web pages as extractors left them, kinds that are off by default included.

    python bench/check.py --data DIR [--documents N]

DIR holds residue-dev.jsonl.xz. For each id: findings, documents that have any, and findings in the cleaned texts.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
from collections import Counter
from pathlib import Path

from clean.checks.checker import Checker
from clean.checks.finding import grouped
from clean.cleaner import Cleaner
from clean.document import Origin
from clean.io.item import Item


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=300)
    args = parser.parse_args()
    with lzma.open(args.data / "residue-dev.jsonl.xz", "rt", encoding="utf-8") as file:
        pages = ["\n".join(line["text"] for line in json.loads(page)["lines"]) for page in file]
    random.Random(1).shuffle(pages)
    checker = Checker(Cleaner(extend_select=["CHR007", "LAN001"]), Path.cwd())
    found: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for page in pages[: args.documents]:
        rules = [finding.rule for finding in _findings(checker, page)]
        found.update(rules)
        documents.update(set(rules))
        left.update(finding.rule for finding in _findings(checker, checker.cleaner.clean_text(page).text))
    print(f"{'id':<8}{'findings':>9}{'documents':>11}{'when clean':>12}   of {args.documents} documents")
    for rule, n in found.most_common():
        print(f"{rule:<8}{n:>9}{documents[rule]:>11}{left[rule]:>12}")
    print(f"{'all':<8}{found.total():>9}{'':>11}{left.total():>12}")


def _findings(checker: Checker, text: str) -> list:
    return grouped(checker(Item("page.txt", Origin(path="page.txt"), text)).findings)


if __name__ == "__main__":
    main()
