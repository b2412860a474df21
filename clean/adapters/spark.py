"""Spark: a DataFrame of documents becomes one of records, in the published schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clean import extras
from clean.adapters.batches import CleanBatch

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

    from clean.config import Config


def clean_frame(frame: DataFrame, config: Config | None = None, **overrides: Any) -> DataFrame:
    """The records of a DataFrame's documents, one for each row, and a last column `error`, as `CleanBatch` says.

    Nothing is computed before Spark is asked for rows.

    Args:
        config: the configuration; the defaults when None.
        overrides: fields of `Config` to replace.
    """
    batch = CleanBatch(config, **overrides)
    return frame.mapInArrow(batch.batches, spark_schema(batch))


def spark_schema(batch: CleanBatch) -> StructType:
    """The schema of what comes out, as Spark writes it."""
    types = extras.load("pyspark.sql.pandas.types", "spark", "This adapter")
    schema: StructType = types.from_arrow_schema(batch.schema)
    return schema
