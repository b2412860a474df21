"""GitLab's Code Quality report: a JSON array that a merge request shows as a widget."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from clean.checks.finding import Checked, Finding
from clean.checks.formats import Context, Occurrences

SEVERITIES = {"error": "major", "warning": "minor"}


def gitlab(documents: Iterable[Checked], context: Context) -> Iterator[str]:
    """One array; GitLab asks for a fingerprint of its own for each entry."""
    occurrences = Occurrences()
    opened = False
    for document in documents:
        for finding in document.findings:
            entry = {
                "description": f"{finding.rule} {finding.name}: {finding.sentence}",
                "check_name": finding.rule,
                "fingerprint": _unique(finding, occurrences.number(finding)),
                "severity": SEVERITIES[finding.severity],
                "location": {
                    "path": finding.file,
                    "lines": {"begin": finding.line, "end": max(finding.line, finding.end_line)},
                },
            }
            yield (",\n " if opened else "[\n ") + json.dumps(entry, ensure_ascii=False)
            opened = True
    yield "\n]\n" if opened else "[]\n"


def _unique(finding: Finding, number: int) -> str:
    if number == 1:
        return finding.fingerprint
    return hashlib.sha256(f"{finding.fingerprint}:{number}".encode()).hexdigest()[:16]
