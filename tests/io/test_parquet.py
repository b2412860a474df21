"""Parquet files: rows are documents, and what is damaged is told by row."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clean.config import InputConfig
from clean.errors import ConfigError, DocumentError
from clean.io import Item, find, read
from clean.io.readers import check_packages


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def items(name: str, **fields: str) -> list[Item]:
    return list(read(find([name]), fields=InputConfig(**fields)))


def kinds(found: list[Item]) -> list[str | None]:
    return [item.error.kind if isinstance(item.error, DocumentError) else None for item in found]


def write(name: str, columns: dict[str, Any], rows: int = 2) -> None:
    pq.write_table(pa.table(columns), name, row_group_size=rows)


def test_each_row_is_a_document_with_its_id_and_url() -> None:
    write(
        "a.parquet", {"text": ["one", "two", "three"], "id": [7, 8, 9], "url": ["http://x", None, ""], "x": [[1]] * 3}
    )
    found = items("a.parquet")
    assert [item.raw for item in found] == ["one", "two", "three"]
    assert [item.origin.id for item in found] == ["7", "8", "9"]
    assert [item.origin.url for item in found] == ["http://x", None, None]
    assert [item.where for item in found] == ["a.parquet:1", "a.parquet:2", "a.parquet:3"]


def test_a_page_is_taken_where_there_is_no_text() -> None:
    write("a.parquet", {"text": ["one", None], "html": ["<p>", "<p>two"]})
    assert [(i.raw, i.origin.media_type) for i in items("a.parquet")] == [
        ("one", "text/plain"),
        ("<p>two", "text/html"),
    ]


def test_columns_can_have_other_names() -> None:
    write("a.parquet", {"content": ["one"], "doc": ["a"], "text": ["no"]})
    [item] = items("a.parquet", text_field="content", id_field="doc")
    assert (item.raw, item.origin.id) == ("one", "a")


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_text_of_any_arrow_type_is_text(kind: Any) -> None:
    write("a.parquet", {"text": pa.array(["one", "one"], kind)})
    assert [item.raw for item in items("a.parquet")] == ["one", "one"]


def test_bytes_are_pages_in_a_charset_of_their_own() -> None:
    write("a.parquet", {"html": [b"<p>\xe9"]})
    [item] = items("a.parquet")
    assert item.raw == b"<p>\xe9"
    assert item.original == b"<p>\xe9"


def test_a_text_that_is_no_utf8_is_taken_as_its_bytes() -> None:
    values = pa.array([b"caf\xe9", b"good", None]).view(pa.string())
    write("a.parquet", {"text": values})
    assert [item.raw for item in items("a.parquet")] == [b"caf\xe9", "good", b""]


@pytest.mark.parametrize(
    ("columns", "fields", "words"),
    [
        ({"body": ["a"], "x": [1]}, {}, "neither 'text' nor 'html'; its columns are body, x"),
        ({"text": ["a"]}, {"id_field": "doc"}, "no column 'doc', which id-field asks for; its columns are text"),
        ({"text": [1]}, {}, "column 'text' holds int64, not text"),
    ],
)
def test_a_missing_column_is_one_error_that_names_those_there_are(
    columns: dict[str, Any], fields: dict[str, str], words: str
) -> None:
    write("a.parquet", columns)
    [item] = items("a.parquet", **fields)
    assert words in str(item.error)


def test_a_row_without_text_is_an_error_and_the_next_goes_on() -> None:
    write("a.parquet", {"text": [None, "two"]})
    found = items("a.parquet")
    assert kinds(found) == ["no-text", None]
    assert found[0].where == "a.parquet:1"


def test_a_damaged_row_group_is_an_error_that_names_its_rows_and_the_others_are_read() -> None:
    write("a.parquet", {"text": [str(i) * 500 for i in range(8)]})
    group = pq.ParquetFile("a.parquet").metadata.row_group(1).column(0)
    start = group.dictionary_page_offset or group.data_page_offset
    raw = bytearray(Path("a.parquet").read_bytes())
    raw[start : start + group.total_compressed_size] = b"\xff" * group.total_compressed_size
    Path("a.parquet").write_bytes(raw)
    found = items("a.parquet")
    assert kinds(found) == [None, None, "unreadable", None, None, None, None]
    assert found[2].where == "a.parquet:3"
    assert "rows 3 to 4 are lost" in str(found[2].error)
    assert [item.origin.record for item in found[3:]] == [5, 6, 7, 8]


@pytest.mark.parametrize("cut", [1, 100, 0.5, 1.0])
def test_a_file_that_breaks_off_is_an_error(cut: float) -> None:
    write("a.parquet", {"text": ["one", "two"]})
    raw = Path("a.parquet").read_bytes()
    Path("a.parquet").write_bytes(raw[: -cut if isinstance(cut, int) else int(-cut * len(raw)) or None])
    [item] = items("a.parquet")
    assert kinds([item]) == ["unreadable"]
    assert "Parquet" in str(item.error)


def test_a_file_that_is_compressed_as_a_whole_is_read() -> None:
    write("a.parquet", {"text": ["one"]})
    Path("b.parquet.gz").write_bytes(gzip.compress(Path("a.parquet").read_bytes()))
    assert [item.raw for item in items("b.parquet.gz")] == ["one"]


def test_a_file_without_a_suffix_is_known_by_its_start() -> None:
    write("part-00000", {"text": ["one"]})
    assert [item.raw for item in items("part-00000")] == ["one"]


def test_an_empty_table_has_no_documents() -> None:
    write("a.parquet", {"text": pa.array([], pa.string())})
    assert items("a.parquet") == []


def test_a_missing_package_is_told_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ConfigError, match=r"pip install 'clean-corpus\[parquet\]'"):
        check_packages(find(["a.parquet"]))


def test_large_rows_are_read_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clean.io.parquet.BATCH_BYTES", 10_000)
    sizes: list[int] = []
    from clean.io import parquet

    def spied(batch: Any, real: Any = parquet._rows) -> Any:
        sizes.append(batch.num_rows)
        return real(batch)

    monkeypatch.setattr(parquet, "_rows", spied)
    write("a.parquet", {"text": [chr(65 + i) * 20_000 for i in range(4)]}, rows=4)
    assert len(items("a.parquet")) == 4
    assert sizes == [1] * 4
