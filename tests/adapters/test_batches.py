"""CleanBatch alone: tables in, tables of records out."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import clean
from clean.adapters.batches import ROWS, CleanBatch
from clean.schema.arrow import arrow_schema, from_arrow


def table(texts: dict[str, str]) -> pa.Table:
    return pa.table({"id": list(texts), "text": list(texts.values())})


def expected(texts: dict[str, str]) -> list[dict[str, object]]:
    cleaner = clean.Cleaner()
    return [cleaner.clean_text(text, id=id).to_dict() for id, text in texts.items()]


def test_rows_are_the_records_in_the_published_schema(texts: dict[str, str]) -> None:
    out = CleanBatch()(table(texts))
    assert out.column("error").null_count == len(texts)
    assert out.drop_columns(["error"]).schema == arrow_schema()
    assert list(from_arrow(out.drop_columns(["error"]))) == expected(texts)


def test_a_mapping_of_lists_gives_the_same_table(texts: dict[str, str]) -> None:
    mapping = {"id": list(texts), "text": list(texts.values()), "other": [{} for _ in texts]}
    assert CleanBatch()(mapping) == CleanBatch()(table(texts))


def test_an_empty_table_gives_an_empty_one() -> None:
    out = CleanBatch()(table({}))
    assert (out.num_rows, out.schema) == (0, CleanBatch().schema)


def test_big_batches_come_out_in_small_ones(texts: dict[str, str]) -> None:
    batch = pa.RecordBatch.from_pydict({"text": [texts["chrome"]] * (2 * ROWS + 1)})
    assert [out.num_rows for out in CleanBatch().batches([batch])] == [ROWS, ROWS, 1]


def test_rows_without_text_are_taken_from_html() -> None:
    page = "<html><body><article><p>" + "The bridge stays open until autumn, the council says. " * 5
    out = CleanBatch(input={"text_field": "body", "html_field": "page"})(
        pa.table({"body": ["Some text.", None], "page": [None, page]})
    )
    assert [source["media_type"] for source in out.column("source").to_pylist()] == ["text/plain", "text/html"]
    assert out.column("text")[1].as_py() == clean.clean_html(page).text


def test_a_bad_row_has_its_error_and_raw_input_and_the_others_are_cleaned(texts: dict[str, str]) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
    given = pa.table({"id": [1, 2, 3], "text": pa.array([texts["prose"].encode(), png, None], pa.binary())})
    good, binary, null = CleanBatch()(given).to_pylist()
    assert (good["id"], good["text"], good["error"]) == ("1", texts["prose"].rstrip("\n"), None)
    assert (binary["id"], binary["text"], binary["error"]["kind"]) == ("2", None, "binary")
    assert binary["error"]["raw"] == png
    assert (null["id"], null["error"]["kind"], null["error"]["raw"]) == ("3", "no-text", None)


def test_a_lone_surrogate_goes_through(texts: dict[str, str]) -> None:
    text = "A lone \ud800 surrogate stood here, in the middle of the sentence."
    out = CleanBatch(repair={"profile": "off"})({"text": [text]})
    assert next(from_arrow(out.drop_columns(["error"])))["text"] == text


def test_a_table_without_documents_is_an_error_that_names_its_columns() -> None:
    with pytest.raises(clean.ConfigError, match="no column 'text' or 'html'; the table has title, body"):
        CleanBatch()(pa.table({"title": ["A"], "body": ["B"]}))


def test_it_pickles_to_the_same_bytes_in_every_process() -> None:
    code = (
        "import pickle, sys; from clean.adapters.batches import CleanBatch; ids = ''.join(['ME', 'T']);"
        "sys.stdout.buffer.write(pickle.dumps(CleanBatch(ignore=[ids, 'SOC002'], rules={'TIC001': {'min_rows': 4}})))"
    )
    env = {name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"}
    command = [sys.executable, "-c", code]
    found = {subprocess.run(command, capture_output=True, check=True, env=env).stdout for _ in range(2)}
    here = CleanBatch(ignore=["MET", "SOC002"], rules={"TIC001": {"min_rows": 4}})
    assert found == {pickle.dumps(here)}
    assert pickle.loads(pickle.dumps(here)).cleaner == here.cleaner


def test_a_pack_that_changed_changes_the_pickle_and_stops_a_process_that_has_another(tmp_path: Path) -> None:
    pack = tmp_path / "site.toml"
    rule = """
[[rule]]
id = "SIT001"
name = "site-line"
summary = "A line of one site"
languages = ["en"]
scope = "line"
match = '''^%s$'''
action = "drop"
safe = true
drop = ["%s"]
keep = ["Something else stands here."]
"""
    pack.write_text(rule % ("Site line", "Site line"))
    before = CleanBatch(extend_packs=[str(pack)])
    data = pickle.dumps(before)
    pack.write_text(rule % ("Other line", "Other line"))
    assert pickle.dumps(CleanBatch(extend_packs=[str(pack)])) != data
    with pytest.raises(clean.ConfigError, match="install the same version and the same packs everywhere"):
        pickle.loads(data)({"text": ["Site line"]})
