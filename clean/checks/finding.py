"""Findings: what a check reports, and the document that it reports on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from clean.checks.location import Excerpt
from clean.ruleset.builtin import ERROR

LIMIT = 10
"""Lines of one document that have a finding of their own for one kind of damage. Beyond that they are one finding: who
repairs the file repairs them together."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to report, at one place.

    Args:
        path: the file as the user gave it; "-" for standard input.
        file: the file relative to the repository, for reports that other machines read.
        record: the line of a JSON Lines file that the document stands in; `line` is then the same, and `text_line` and
            `text_column` are within its text.
        line, column: where it begins, from 1; columns count code points.
        end_line, end_column: where it ends; the column is the first after it.
        message: what was found, without the excerpt.
        places: how many there are on this line, or in this document.
        characters: characters of the source that would go or change.
        fingerprint: stays when other lines move; equal findings of one file share it.
        wide_fingerprint: the same for all findings of this kind in the document; empty where each stands for itself.
    """

    path: str
    file: str
    record: int | None
    line: int
    column: int
    end_line: int
    end_column: int
    rule: str
    name: str
    severity: str
    message: str
    excerpt: Excerpt
    fingerprint: str
    text_line: int
    text_column: int
    places: int = 1
    characters: int = 0
    wide_fingerprint: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR

    def widened(self, fingerprint: str) -> Finding:
        """The same, which may be put together with others of its kind in the document."""
        return replace(self, wide_fingerprint=fingerprint)

    @property
    def sentence(self) -> str:
        """The message with the excerpt, in one line."""
        return f"{self.message}: {self.excerpt.text}" if self.excerpt.text else self.message


@dataclass(slots=True)
class Checked:
    """One document and its findings, in the order of their places; `defect` is set where this program is to blame for
    having none."""

    path: str
    file: str
    record: int | None
    findings: list[Finding]
    defect: str = ""
    trace: str = ""


def fingerprint(file: str, rule: str, content: str) -> str:
    """16 hex digits for a finding: by file, rule and content, not by place."""
    key = "\0".join((file, rule, " ".join(content.split())))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def grouped(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with those of one kind of damage put together where a document has more than `LIMIT` of them."""
    out: list[Finding] = []
    ordered = sorted(findings, key=lambda f: f.rule)
    for _, same in groupby(ordered, key=lambda f: f.rule):
        alike = list(same)
        if len(alike) <= LIMIT or not alike[0].wide_fingerprint:
            out += alike
            continue
        places = sum(finding.places for finding in alike)
        out.append(
            replace(
                alike[0],
                message=f"{alike[0].name} in {len(alike):,} lines, {places:,} places; the first: {alike[0].message}",
                places=places,
                characters=sum(finding.characters for finding in alike),
                fingerprint=alike[0].wide_fingerprint,
            )
        )
    out.sort(key=lambda f: (f.line, f.text_line, f.text_column, f.rule))
    return out
