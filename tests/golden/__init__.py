"""The records of the five seed documents, reviewed by eye; `python -m tests.golden` writes them anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SEEDS = HERE.parent.parent / "seeds"


def record_of(name: str) -> dict[str, Any]:
    """What cleaning a seed gives today, without what changes with every rule and version."""
    from clean import Cleaner

    (record,) = Cleaner().clean_files([SEEDS / name])
    plain = record.to_dict()
    del plain["tool"]
    plain["id"] = plain["source"]["path"] = f"seeds/{name}"
    return plain


def path_of(name: str) -> Path:
    return HERE / f"{Path(name).stem}.json"


def write() -> None:
    for seed in sorted(SEEDS.glob("*.txt")):
        text = json.dumps(record_of(seed.name), ensure_ascii=False, indent=1)
        path_of(seed.name).write_text(text + "\n", encoding="utf-8")
