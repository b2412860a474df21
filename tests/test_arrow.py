"""Records survive the way through Arrow, whatever they hold."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean import extras
from clean.cleaner import Cleaner
from clean.errors import ConfigError
from clean.schema.arrow import arrow_schema, from_arrow, to_arrow
from tests.strategies import anything, characters, chrome

Json = dict[str, Any]
CLEANER = Cleaner(language={"backend": "none"})


def plain(record: Any) -> Json:
    """The record as somebody reads it from a line of output."""
    found: Json = json.loads(record.to_json())
    return found


def through_arrow(records: list[Json]) -> list[str]:
    return [json.dumps(record) for record in from_arrow(to_arrow(records))]


def as_text(records: list[Json]) -> list[str]:
    """Compared as JSON, so that the order of keys and 0 against 0.0 count."""
    return [json.dumps(record) for record in records]


@settings(max_examples=40)
@given(st.lists(st.one_of(chrome(), anything), max_size=4))
def test_records_of_any_text_come_back_the_same(texts: list[str]) -> None:
    records = [plain(CLEANER.clean_text(text, id=str(i))) for i, text in enumerate(texts)]
    assert through_arrow(records) == as_text(records)


PAGE = """<html><head><title>Zürich &amp; more</title></head><body><nav><a href=/>Home</a></nav>
<p>By Jane Doe</p><p>The council of the city decided on Monday that the old harbour will be closed.</p></body></html>"""

captured = st.none() | st.builds(
    lambda value, span: {"value": value, "source": sorted(span)},
    st.text(characters, max_size=5),
    st.tuples(st.integers(0, 99), st.integers(0, 99)),
)


@settings(max_examples=40)
@given(st.dictionaries(st.text(characters, max_size=5), captured, max_size=4))
def test_metadata_with_any_keys_comes_back_the_same(more: Json) -> None:
    record = json.loads(json.dumps(plain(CLEANER.clean_html(PAGE)) | {"metadata": more}))
    assert through_arrow([record]) == as_text([record])


def test_a_page_record_comes_back_the_same_from_parquet(tmp_path: Any) -> None:
    records = [plain(CLEANER.clean_html(PAGE, id="a", url="http://x/")), plain(CLEANER.clean_text("", id="b"))]
    pq.write_table(pa.Table.from_batches([to_arrow(records)]), tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.schema.equals(arrow_schema())
    assert as_text(list(from_arrow(table))) == as_text(records)


def test_figures_that_the_schema_does_not_name_are_kept() -> None:
    record = plain(CLEANER.clean_text("a"))
    record["stats"]["pages"] = 3
    assert through_arrow([record]) == as_text([record])


def test_a_lone_surrogate_shows_as_a_replacement_character_and_is_kept_beside() -> None:
    record = plain(CLEANER.clean_text("a\ud800b")) | {"text": "a\ud800b"}
    batch = to_arrow([record])
    assert batch.column("text").to_pylist() == ["a\ufffdb"]
    assert [found["text"] for found in from_arrow(batch)] == ["a\ud800b"]


def test_only_records_that_need_it_carry_their_json() -> None:
    records = [plain(CLEANER.clean_text("a\ud800b")) | {"text": "\ud800"}, plain(CLEANER.clean_text("plain"))]
    assert [found is None for found in to_arrow(records).column("json").to_pylist()] == [False, True]


def test_no_records_are_an_empty_batch() -> None:
    assert to_arrow([]).schema.equals(arrow_schema())
    assert list(from_arrow(to_arrow([]))) == []


def test_a_missing_package_is_an_error_that_names_the_extra() -> None:
    with pytest.raises(ConfigError, match=r"^Arrow needs .* no_such_package: pip install 'clean-corpus\[parquet\]'$"):
        extras.load("no_such_package", "parquet", "Arrow")
