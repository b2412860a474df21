"""What `dolma mix` makes of our attribute files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import clean
from clean.adapters.dolma import write_attributes
from tests.adapters.test_dolma import read, write_documents

DOLMA = str(Path(sys.executable).with_name("dolma"))


def without(text: str, record: clean.Record) -> str:
    """The text without its removed spans, and nothing else changed."""
    for removal in reversed(record.removed):
        text = text[: removal.source[0]] + text[removal.source[1] :]
    return text


def test_dolma_mix_takes_out_exactly_the_removed_spans(texts: dict[str, str], tmp_path: Path) -> None:
    documents = write_documents(tmp_path, dict(texts))
    out = tmp_path / "corpus" / "attributes" / "clean" / documents.name
    out.parent.mkdir(parents=True)
    write_attributes(clean.Cleaner(), documents, out)
    mix = {
        "streams": [
            {
                "name": "cleaned",
                "documents": [str(documents)],
                "attributes": ["clean"],
                "output": {"path": str(tmp_path / "mixed"), "max_size_in_bytes": 10**9},
                "span_replacement": [{"span": "$.attributes.clean__removed", "min_score": 0.0, "replacement": ""}],
            }
        ],
        "processes": 1,
    }
    config = tmp_path / "mix.json"
    config.write_text(json.dumps(mix))
    subprocess.run([DOLMA, "-c", str(config), "mix"], check=True, capture_output=True)
    (mixed,) = (tmp_path / "mixed").glob("*.gz")
    assert {line["id"]: line["text"] for line in read(mixed)} == {
        id: without(text, clean.clean_text(text)) for id, text in texts.items()
    }
