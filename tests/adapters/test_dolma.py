"""dolma's format: attribute files, and what `dolma mix` makes of them where dolma is installed."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import clean
from clean.adapters.dolma import attributes, write_attributes


def write_documents(folder: Path, texts: dict[str, str | None]) -> Path:
    path = folder / "corpus" / "documents" / "part-0.jsonl.gz"
    path.parent.mkdir(parents=True)
    lines = [json.dumps({"id": id, "text": text, "source": "test", "metadata": {}}) for id, text in texts.items()]
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    return path


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def without(text: str, record: clean.Record) -> str:
    """The text without its removed spans, and nothing else changed."""
    for removal in reversed(record.removed):
        text = text[: removal.source[0]] + text[removal.source[1] :]
    return text


def test_spans_are_the_removals_by_rule_and_together(texts: dict[str, str]) -> None:
    record = clean.clean_text(texts["both"])
    assert record.removed
    found = attributes(record.to_dict())
    assert [span[:2] for span in found.pop("clean__removed")] == [removal.source for removal in record.removed]
    assert found == {
        f"clean__{rule}": [(*r.source, 1.0 if r.score is None else r.score) for r in record.removed if r.rule == rule]
        for rule in {removal.rule for removal in record.removed}
    }


def test_the_attribute_file_goes_along_with_the_documents_line_for_line(texts: dict[str, str], tmp_path: Path) -> None:
    documents = write_documents(tmp_path, {**texts, "bad": None})
    out = tmp_path / "attributes.jsonl.gz"
    assert write_attributes(clean.Cleaner(), documents, out) == 1
    lines = read(out)
    assert [line["id"] for line in lines] == [*texts, "bad"]
    assert lines[-1]["attributes"] == {"clean__removed": []}
    first = out.read_bytes()
    write_attributes(clean.Cleaner(), documents, out)
    assert out.read_bytes() == first


def test_a_line_that_is_no_document_is_an_error_and_leaves_no_file(tmp_path: Path) -> None:
    documents = tmp_path / "documents.jsonl"
    documents.write_text('{"id": "a", "text": "A sentence stands here."}\n{"id": "b", "te\n')
    with pytest.raises(clean.DocumentError, match=r"documents\.jsonl:2: malformed JSON"):
        write_attributes(clean.Cleaner(), documents, tmp_path / "out.gz")
    assert list(tmp_path.iterdir()) == [documents]


def test_dolma_mix_takes_out_exactly_the_removed_spans(texts: dict[str, str], tmp_path: Path) -> None:
    beside = Path(sys.executable).with_name("dolma")
    dolma = str(beside) if beside.exists() else shutil.which("dolma")
    if dolma is None:
        pytest.skip("dolma is not installed")
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
    subprocess.run([dolma, "-c", str(config), "mix"], check=True, capture_output=True)
    (mixed,) = (tmp_path / "mixed").glob("*.gz")
    assert {line["id"]: line["text"] for line in read(mixed)} == {
        id: without(text, clean.clean_text(text)) for id, text in texts.items()
    }
