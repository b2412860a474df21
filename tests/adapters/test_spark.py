"""Spark, a real one on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

import clean
from clean.adapters.batches import CleanBatch
from clean.adapters.spark import clean_frame, spark_schema
from clean.schema.arrow import arrow_schema, from_arrow


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()


def test_rows_become_records_and_parquet_files_hold_them(
    spark: SparkSession, texts: dict[str, str], tmp_path: Path
) -> None:
    frame = spark.createDataFrame(list(texts.items()), "id string, text string").repartition(2)
    cleaned = clean_frame(frame, ignore=["MET"])
    assert cleaned.filter("error is not null").count() == 0
    cleaned.drop("error").write.parquet(str(tmp_path / "out"))
    table = pq.read_table(tmp_path / "out")
    assert table.schema.names == arrow_schema().names
    cleaner = clean.Cleaner(ignore=["MET"])
    expected = {id: cleaner.clean_text(text, id=id).to_dict() for id, text in texts.items()}
    assert {record["id"]: record for record in from_arrow(table)} == expected


def test_a_bad_row_is_set_aside_with_its_error(spark: SparkSession, texts: dict[str, str]) -> None:
    frame = spark.createDataFrame([("good", texts["both"]), ("bad", None)], "id string, body string")
    cleaned = clean_frame(frame, input={"text_field": "body"})
    assert [row.id for row in cleaned.filter("error is null").select("id").collect()] == ["good"]
    (bad,) = cleaned.filter("error is not null").select("id", "text", "error").collect()
    assert (bad.id, bad.text, bad.error.kind) == ("bad", None, "no-text")


def test_the_schema_is_the_published_one(spark: SparkSession) -> None:
    names = {field.name: field.dataType.simpleString() for field in spark_schema(CleanBatch())}
    assert list(names) == [*arrow_schema().names, "error"]
    assert names["tool"] == "struct<version:string,ruleset:string>"
