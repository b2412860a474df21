"""SARIF 2.1.0, as code scanning services read it, within the limits of GitHub's."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from clean._version import __version__
from clean.checks.catalogue import Entry
from clean.checks.finding import Checked, Finding
from clean.checks.formats import Context, Occurrences

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

MAX_RESULTS = 25_000
"""Results that GitHub accepts in one run of a file; it shows the 5,000 most severe."""
MAX_BYTES = 10_000_000
"""Size that GitHub accepts, gzip-compressed."""


def sarif(documents: Iterable[Checked], context: Context) -> Iterator[str]:
    """One run. Where the limits cut it short, errors stay before warnings, and run and reader are told."""
    occurrences = Occurrences()
    errors: list[tuple[Finding, int]] = []
    warnings: list[tuple[Finding, int]] = []
    total = 0
    for document in documents:
        for finding in document.findings:
            total += 1
            kept = errors if finding.is_error else warnings
            number = occurrences.number(finding)
            if len(kept) < MAX_RESULTS:
                kept.append((finding, number))
    results = [*errors, *warnings][:MAX_RESULTS]
    text = _log(results, total, context)
    while (size := _compressed(text)) > MAX_BYTES and results:
        results = results[: int(len(results) * min(MAX_BYTES / size, 1) * 0.95)]
        text = _log(results, total, context)
    if len(results) < total:
        context.note(_cut_short(len(results), total))
    yield text


def _compressed(text: str) -> int:
    raw = text.encode("utf-8", "backslashreplace")
    return len(raw) if len(raw) <= MAX_BYTES else len(gzip.compress(raw, 6, mtime=0))


def _cut_short(kept: int, total: int) -> str:
    return (
        f"the report holds {kept:,} of {total:,} findings, errors first: GitHub accepts no more than {MAX_RESULTS:,} "
        f"and {MAX_BYTES // 1_000_000} MB; check fewer paths at a time, or write a baseline"
    )


def _log(results: list[tuple[Finding, int]], total: int, context: Context) -> str:
    ids = sorted({finding.rule for finding, _ in results})
    index = {rule: i for i, rule in enumerate(ids)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "clean",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(context.catalogue[rule]) for rule in ids],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "results": [_result(finding, number, index[finding.rule]) for finding, number in results],
    }
    if len(results) < total:
        told = {"level": "warning", "message": {"text": _cut_short(len(results), total)}}
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [told]}]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _rule(entry: Entry) -> dict[str, Any]:
    full = f"{entry.summary}. {entry.why}".strip()
    return {
        "id": entry.id,
        "name": entry.name,
        "shortDescription": {"text": f"{entry.summary}."},
        "fullDescription": {"text": full},
        "help": {"text": f"{full}\n\n{entry.advice}", "markdown": f"{full}\n\n{entry.advice}"},
        "defaultConfiguration": {"level": entry.severity},
    }


def _result(finding: Finding, number: int, rule_index: int) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.line}
    if (finding.end_line, finding.end_column) > (finding.line, finding.column):
        region |= {
            "startColumn": finding.column,
            "endLine": finding.end_line,
            "endColumn": finding.end_column,
        }
    if finding.excerpt.text:
        region["snippet"] = {"text": finding.excerpt.text}
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.severity,
        "message": {"text": finding.sentence},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(finding.file), "region": region}}],
        # The one key that GitHub reads; of equal findings in a file the number tells which is which.
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.fingerprint}:{number}"},
    }


def _artifact(file: str) -> dict[str, str]:
    encoded = quote(file, errors="surrogateescape")
    if PurePosixPath(file).is_absolute():
        return {"uri": f"file://{encoded}"}
    # A first part such as "a:b" would be read as a scheme.
    return {"uri": encoded, "uriBaseId": "%SRCROOT%"}
