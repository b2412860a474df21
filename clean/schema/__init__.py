"""The published JSON Schema of the record."""

from __future__ import annotations

from importlib.resources import files


def record_schema() -> str:
    """The JSON Schema (draft 2020-12) of one line of output, as JSON text with a final line break."""
    return files(__name__).joinpath("record.schema.json").read_text(encoding="utf-8")
