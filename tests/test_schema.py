"""The published schema describes the records that are written."""

from __future__ import annotations

import json

import jsonschema
import pytest

from clean.cli.main import invoke
from clean.document import Captured, Document, Flag, Origin, Removal, Segment
from clean.offsets import Alignment, Change
from clean.record import build
from clean.schema import record_schema

TOOL = {"version": "0.1.0", "ruleset": "0" * 64}


def test_clean_schema_prints_a_valid_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["schema"]) == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


def test_a_record_with_everything_is_valid() -> None:
    document = Document("Title\nBy A\ntext", Origin(path="a.txt", url="http://x", media_type="text/plain"))
    document.source = str(document.raw)
    document.segments = [
        Segment("Title", Alignment.identity(0, 5), 0, language="en", score=0.5),
        Segment("taxt", Alignment.identity(11, 4).edit([Change(1, 2, 1, "fix")]), 0),
    ]
    document.removals = [Removal((6, 10), "BYL001", score=0.9, path="p")]
    document.flags = [Flag((0, 5), "FLG001")]
    document.metadata = {"author": Captured("A", (9, 10))}
    jsonschema.validate(build(document, TOOL).to_dict(), json.loads(record_schema()))


def test_an_invalid_record_is_refused() -> None:
    record = build(Document(""), TOOL).to_dict()
    del record["removed"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(record, json.loads(record_schema()))
