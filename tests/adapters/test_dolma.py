"""dolma's attribute files; what dolma makes of them stands in test_dolma_mix.py."""

from __future__ import annotations

import gzip
import json
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
