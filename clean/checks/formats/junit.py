"""JUnit XML: a suite for each file, a failed test for each finding, a passed one for a document without any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import quoteattr

from clean.checks.finding import Checked, Finding
from clean.checks.formats import Context
from clean.checks.location import visible


def junit(documents: Iterable[Checked], context: Context) -> Iterator[str]:
    """The whole report; totals stand in front, so that the suites are held until all are known."""
    suites: list[str] = []
    tests = failures = errors = 0
    for path, group in groupby(documents, key=lambda document: document.path):
        cases = [case for document in group for case in _cases(document)]
        failed = sum("<failure" in case for case in cases)
        broken = sum("<error" in case for case in cases)
        tests, failures, errors = tests + len(cases), failures + failed, errors + broken
        head = f'<testsuite name={_attribute(path)} tests="{len(cases)}" failures="{failed}" errors="{broken}">'
        suites.append("\n".join((head, *cases, "</testsuite>\n")))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="clean check" tests="{tests}" failures="{failures}" errors="{errors}">\n'
    yield from suites
    yield "</testsuites>\n"


def _cases(document: Checked) -> Iterator[str]:
    if not document.findings:
        name = "clean" if document.record is None else f"record {document.record}"
        error = f"<error message={_attribute(document.defect)}/>" if document.defect else ""
        yield f"<testcase classname={_attribute(document.path)} name={_attribute(name)}>{error}</testcase>"
    for finding in document.findings:
        yield _case(finding)


def _case(finding: Finding) -> str:
    place = f"{finding.path}:{finding.line}:{finding.column}"
    name = f"{finding.rule} {finding.name} {finding.line}:{finding.column}"
    failure = f"<failure type={_attribute(finding.severity)} message={_attribute(finding.sentence)}>"
    body = _text(f"{place}: {finding.rule} {finding.name}: {finding.sentence}")
    return (
        f"<testcase classname={_attribute(finding.path)} name={_attribute(name)}>{failure}{body}</failure></testcase>"
    )


def _attribute(text: str) -> str:
    # XML has no way to write most control characters, not even escaped.
    return quoteattr(visible(text))


def _text(text: str) -> str:
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
