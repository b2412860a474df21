"""What holds of the findings in any text."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given

from clean.checks.checker import Checker
from clean.checks.finding import Finding
from clean.cleaner import Cleaner
from clean.document import Origin
from clean.io.item import Item
from clean.ruleset.builtin import of_repair
from tests.strategies import anything, chrome

CLEANER = Cleaner()
FULL = Cleaner(repair={"profile": "full"})
CHECKER = Checker(CLEANER, Path("/"), max_removed_ratio=0.5)
TEXTS = chrome() | anything


def checked(raw: str | bytes) -> list[Finding]:
    document = CHECKER(Item("a.txt", Origin(path="a.txt", media_type="text/plain"), raw))
    assert document.defect == ""
    return document.findings


@given(TEXTS)
def test_a_cleaned_text_has_no_findings(text: str) -> None:
    assert checked(CLEANER.clean_text(text).text) == []


@given(TEXTS)
def test_a_text_that_cleaning_leaves_alone_has_no_findings(text: str) -> None:
    record = CLEANER.clean_text(text)
    if not record.removed and not record.edits:
        assert checked(text) == []


@given(TEXTS)
def test_every_repair_belongs_to_a_kind_of_finding(text: str) -> None:
    for edit in FULL.clean_text(text).edits:
        assert edit.rule.split("; ")[0] in FULL.ruleset.names or of_repair(edit.rule)


@given(TEXTS)
def test_every_finding_stands_within_its_text(text: str) -> None:
    lines = len(text.splitlines(keepends=True)) + 1
    for found in checked(text):
        assert 1 <= found.line <= found.end_line <= lines
        assert found.column >= 1


@given(TEXTS)
def test_every_excerpt_is_safe_to_print(text: str) -> None:
    for found in checked(text):
        excerpt = found.excerpt
        assert excerpt.text.isprintable()
        assert 0 <= excerpt.start <= excerpt.end <= len(excerpt.text)
        assert found.message.isprintable()
