"""The datatrove step, in real pipelines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

import clean
from clean.adapters.datatrove import CleanStep, to_record
from clean.verify import verify


class Defective(clean.Cleaner):
    """A cleaner that fails on one document."""

    def clean_document(self, document: Any) -> clean.Record:
        if document.origin.id == "both":
            raise RuntimeError("a defect")
        return super().clean_document(document)


def documents(texts: dict[str, str]) -> list[Document]:
    return [Document(text=text, id=id, metadata={"url": f"https://example.org/{id}"}) for id, text in texts.items()]


def test_texts_are_those_of_the_cleaner_and_provenance_is_the_rest_of_the_record(texts: dict[str, str]) -> None:
    cleaner = clean.Cleaner()
    for document in CleanStep()(documents(texts)):
        url = f"https://example.org/{document.id}"
        record = cleaner.clean_text(texts[document.id], id=document.id, url=url).to_dict()
        assert document.text == record.pop("text")
        assert document.metadata == {"url": url, "clean": record}


def test_documents_left_empty_are_dropped_unless_wanted(texts: dict[str, str]) -> None:
    assert [d.id for d in CleanStep()(documents(texts))] == ["both", "prose", "broken"]
    assert [d.id for d in CleanStep(drop_empty=False)(documents(texts))] == ["both", "prose", "chrome", "broken"]


def test_statistics_count_by_rule(texts: dict[str, str]) -> None:
    step = CleanStep()
    list(step(documents(texts)))
    cleaner = clean.Cleaner()
    removed = [removal for text in texts.values() for removal in cleaner.clean_text(text).removed]
    assert removed
    stats = {name: metric.total for name, metric in step.stats.stats.items()}
    for rule in {removal.rule for removal in removed}:
        assert stats[f"rule_{rule}"] == sum(r.rule == rule for r in removed)
        assert stats[f"rule_{rule}_chars"] == sum(len(r.text) for r in removed if r.rule == rule)
    assert (stats["total"], stats["forwarded"], stats["dropped"], stats["dropped_empty"]) == (4, 3, 1, 1)
    assert stats["chars_in"] == sum(map(len, texts.values()))


def test_dropped_documents_go_to_the_exclusion_writer_as_they_came(texts: dict[str, str], tmp_path: Path) -> None:
    step = CleanStep(exclusion_writer=JsonlWriter(str(tmp_path), compression=None))
    step.cleaner = Defective()
    assert [document.id for document in step(documents(texts))] == ["prose", "broken"]
    lines = [json.loads(line) for line in (tmp_path / "00000.jsonl").read_text().splitlines()]
    found = {line["id"]: (line["text"], line["metadata"]["filter_reason"]) for line in lines}
    assert found == {"chrome": (texts["chrome"], "empty"), "both": (texts["both"], "internal")}


def test_a_local_executor_runs_it_in_processes_and_writes_records(texts: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for i, (id, text) in enumerate(texts.items()):
        (folder / f"{i}.jsonl").write_text(json.dumps({"id": id, "text": text}) + "\n")
    LocalPipelineExecutor(
        [
            JsonlReader(str(folder)),
            CleanStep(ignore=["MET"]),
            JsonlWriter(str(tmp_path / "out"), compression=None, adapter=to_record),
        ],
        tasks=2,
        workers=2,
        logging_dir=str(tmp_path / "logs"),
    ).run()
    out = sorted(tmp_path.glob("out/*.jsonl"))
    cleaner = clean.Cleaner(ignore=["MET"])
    lines = [json.loads(line) for path in out for line in path.read_text().splitlines()]
    assert {line["id"]: line for line in lines} == {
        id: cleaner.clean_text(text, id=id).to_dict() for id, text in texts.items() if id != "chrome"
    }
    assert [list(line) for line in lines] == [list(cleaner.clean_text("").to_dict())] * 3
    for path in out:
        assert not any(result.problems for result in verify(path))
    stats = json.loads((tmp_path / "logs" / "stats.json").read_text())
    assert any(name.startswith("rule_") for name in stats[1]["stats"])
