"""GitHub workflow commands: findings become annotations on the lines of a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from clean.checks.checker import STDIN
from clean.checks.finding import Checked, Finding
from clean.checks.formats import Context

SHOWN = 10
"""Annotations of one severity that GitHub shows for one step of a job; the others are lines in its log."""


def github(documents: Iterable[Checked], context: Context) -> Iterator[str]:
    """A command a line; at the end a notice, if GitHub will not show all of them as annotations."""
    told: Counter[str] = Counter()
    for document in documents:
        for finding in document.findings:
            told[finding.severity] += 1
            yield _command(finding)
    if max(told.values(), default=0) > SHOWN:
        counts = " and ".join(f"{n:,} {severity}s" for severity, n in sorted(told.items()))
        yield (
            f"::notice title=clean::{counts}: GitHub annotates the first {SHOWN} of each in a step; "
            "the log of this step has all, and a SARIF upload shows more\n"
        )


def _command(finding: Finding) -> str:
    properties: dict[str, str] = {}
    if finding.path != STDIN:
        properties["file"] = finding.file
        properties["line"] = str(finding.line)
        properties["endLine"] = str(finding.end_line)
        # GitHub takes columns only within one line.
        if finding.end_line == finding.line and finding.end_column > finding.column:
            properties["col"] = str(finding.column)
            properties["endColumn"] = str(finding.end_column)
    properties["title"] = f"{finding.rule} {finding.name}"
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{finding.severity} {listed}::{_data(finding.sentence)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
