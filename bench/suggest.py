"""What `clean rules suggest` finds on labelled pages, and how much of it is right.

    python bench/suggest.py --data DIR [--source all] [--limit N] [--rules N] [--held-out]

DIR holds `residue-*.jsonl.xz`: pages as extractors rendered them, each line labelled content, boilerplate or ambiguous.
The labels judge the suggestions, they never make them. For the first 25, 50, ... rules: how many lines they remove
beyond what the rules of the package do, the share of those labelled boilerplate, and how much of all boilerplate and
content that is left they take. `--held-out` mines on one half of the domains, from three hosts on, and judges on the
other.
"""

from __future__ import annotations

import argparse
import json
import lzma
import resource
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import clean
from clean.document import Document, Origin
from clean.suggest import Miner, Options, pack
from rules import domain, layout, removed_lines

STEPS = (25, 50, 100, 200, 400, 800)


def pages(folder: Path, source: str, limit: int | None) -> Iterator[dict[str, Any]]:
    count = 0
    for path in sorted(folder.glob("residue-*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                page = json.loads(line)
                if page["source"] == source and (limit is None or count < limit):
                    count += 1
                    yield page


def second_half(page: dict[str, Any]) -> bool:
    return zlib.crc32(domain(page["url"]).encode()) % 2 == 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--source", default="all", choices=("traf", "resi", "read", "all"))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--rules", type=int, default=200)
    parser.add_argument("--held-out", action="store_true")
    args = parser.parse_args()

    started = time.process_time()
    options = Options(max_rules=args.rules, min_hosts=3 if args.held_out else 1)
    with Miner(clean.Cleaner(), options) as miner:
        for page in pages(args.data, args.source, args.limit):
            if not (args.held_out and second_half(page)):
                miner.add(Document(layout(page["lines"])[0], Origin(url=page["url"], media_type="text/plain")))
        cleaned = time.process_time()
        drafts = [draft for draft in miner.drafts() if not draft.wrong]
        done = time.process_time()
        count = miner.documents
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count} documents: {cleaned - started:.1f} s of CPU to clean and take in, {done - cleaned:.1f} s to mine "
        f"({count / (done - started):.0f} documents/s), {memory:.0f} MB; {len(drafts)} rules"
    )

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "candidates.toml"
        path.write_text(pack(drafts, ()), encoding="utf-8")
        cleaner = clean.Cleaner(extend_packs=[str(path)], extend_select=[draft.id for draft in drafts])
        found, left = judged(cleaner, args)
    print(f"{'rules':>6}{'boiler':>8}{'content':>8}{'precision':>10}{'of boiler':>10}{'of content':>11}{'>= 95 %':>9}")
    total: Counter[str] = Counter()
    good = 0
    for n, draft in enumerate(drafts, 1):
        own = found[draft.id]
        total.update(own)
        good += own["boilerplate"] >= 0.95 * (own["boilerplate"] + own["content"])
        if n in STEPS or n == len(drafts):
            print(
                f"{n:6}{total['boilerplate']:8}{total['content']:8}"
                f"{total['boilerplate'] / max(1, total['boilerplate'] + total['content']):10.3f}"
                f"{total['boilerplate'] / max(1, left['boilerplate']):10.3f}"
                f"{total['content'] / max(1, left['content']):11.4f}{good:9}"
            )


def judged(cleaner: clean.Cleaner, args: argparse.Namespace) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Labels of the lines that each suggested rule removes, and of all lines that the others leave."""
    known = {rule.id for rule in clean.Cleaner().ruleset.rules}
    found: dict[str, Counter[str]] = {rule.id: Counter() for rule in cleaner.ruleset.rules}
    left: Counter[str] = Counter()
    for page in pages(args.data, args.source, args.limit):
        if not page.get("gold_ok", True) or (args.held_out and not second_half(page)):
            continue
        text, starts = layout(page["lines"])
        gone = removed_lines(cleaner.clean_text(text, url=page["url"]), page["lines"], starts)
        for i, line in enumerate(page["lines"]):
            rule = gone.get(i)
            if rule is None or rule not in known:
                left[line["label"]] += 1
            if rule in found:
                found[rule][line["label"]] += 1
    return found, left


if __name__ == "__main__":
    main()
