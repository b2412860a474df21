"""How fast decoding and repair are, beside ftfy alone, in the same run.

    python bench/repair.py --data DIR

DIR holds language-lines-dev.jsonl and multilingual-dev.jsonl.xz. Times are CPU times; a MB is 10^6 bytes of UTF-8.
"""

from __future__ import annotations

import argparse
import json
import lzma
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ftfy

from clean.config import RepairConfig
from clean.document import Document
from clean.stages.decode import decode
from clean.stages.repair import Repair
from clean.stages.segment import segment

DOCUMENT_LINES = 50
FTFY = ftfy.TextFixerConfig(uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False, explain=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--mb", type=float, default=4.0, help="how much text of each kind to clean")
    args = parser.parse_args()
    lines = [json.loads(line) for line in (args.data / "language-lines-dev.jsonl").open(encoding="utf-8")]
    sentences = [line for line in lines if line["level"] == "sentences"]
    with lzma.open(args.data / "multilingual-dev.jsonl.xz", "rt", encoding="utf-8") as file:
        web = [_text(json.loads(line)) for line in file]
    repair = Repair(RepairConfig())
    english = [line["text"] for line in sentences if line["language"] == "en"]
    every = [line["text"] for line in sentences]
    garbled = [text.encode().decode("cp1252", "replace") for text in every]
    print(f"{'text':<42}{'docs':>6}{'MB':>7}{'decode':>9}{'repair':>9}{'both':>9}{'ftfy':>9}   MB/s")
    for name, documents in (
        ("clean English, 50 lines a document", _documents(_clean(english, repair))),
        ("clean lines of 47 languages", _documents(_clean(every, repair))),
        ("extractor output in 7 languages, as it is", web),
        ("the 47 languages, UTF-8 read as cp1252", _documents(garbled)),
    ):
        _report(name, [text.encode() for text in documents], repair, args.mb)


def _text(page: dict[str, object]) -> str:
    lines = page.get("lines")
    if isinstance(lines, list):
        return "\n".join(line["text"] if isinstance(line, dict) else str(line) for line in lines)
    return str(page["text"])


def _clean(lines: list[str], repair: Repair) -> list[str]:
    return [text for line in lines if (text := repair.text(line)[0])]


def _documents(lines: list[str]) -> list[str]:
    return ["\n".join(lines[i : i + DOCUMENT_LINES]) for i in range(0, len(lines), DOCUMENT_LINES)]


def _report(name: str, raws: list[bytes], repair: Repair, megabytes: float) -> None:
    size = sum(map(len, raws))
    rounds = max(1, round(megabytes * 1e6 / size))
    decoding = repairing = 0.0
    for _ in range(rounds):
        documents = [Document(raw) for raw in raws]
        decoding += _timed(decode, documents)
        for document in documents:
            segment(document)
        repairing += _timed(repair, documents)
    texts = [raw.decode() for raw in raws]
    alone = _timed(lambda text: ftfy.fix_text(text, FTFY), texts)
    total = size * rounds / 1e6
    print(
        f"{name:<42}{len(raws):>6}{size / 1e6:>7.2f}{total / decoding:>9.1f}{total / repairing:>9.1f}"
        f"{total / (decoding + repairing):>9.1f}{size / 1e6 / alone:>9.1f}"
    )


def _timed(work: Callable[[Any], object], items: Sequence[object]) -> float:
    start = time.process_time()
    for item in items:
        work(item)
    return max(time.process_time() - start, 1e-9)


if __name__ == "__main__":
    main()
