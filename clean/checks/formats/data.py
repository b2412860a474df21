"""Reports for programs: a JSON array, or a JSON object a line. The keys are the same and stay."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from clean.checks.finding import Checked, Finding
from clean.checks.formats import Context


def json_array(documents: Iterable[Checked], context: Context) -> Iterator[str]:
    """One array with an object for each finding."""
    opened = False
    for document in documents:
        for finding in document.findings:
            yield (",\n " if opened else "[\n ") + _dumped(finding)
            opened = True
    yield "\n]\n" if opened else "[]\n"


def json_lines(documents: Iterable[Checked], context: Context) -> Iterator[str]:
    """An object a line."""
    for document in documents:
        for finding in document.findings:
            yield _dumped(finding) + "\n"


def _dumped(finding: Finding) -> str:
    return json.dumps(as_dict(finding), ensure_ascii=False)


def as_dict(finding: Finding) -> dict[str, Any]:
    """A finding as plain data."""
    return {
        "path": finding.path,
        "record": finding.record,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "text_line": finding.text_line,
        "text_column": finding.text_column,
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message,
        "excerpt": finding.excerpt.text,
        "places": finding.places,
        "characters": finding.characters,
        "fingerprint": finding.fingerprint,
    }
