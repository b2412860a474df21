"""Reports for people: `full` with excerpts, `concise` with a line for each finding, and the table of `--statistics`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

import click

from clean.checks.catalogue import Catalogue
from clean.checks.finding import Checked, Finding
from clean.checks.formats import Context
from clean.checks.location import visible

INDENT = " " * 4
HANGING = " " * 11
NARROWEST = 20
"""Columns that a message has at least, however narrow the terminal."""


def concise(documents: Iterable[Checked], context: Context) -> Iterator[str]:
    """`path:line:col: RULE name: message`, with the excerpt at the end."""
    for document in documents:
        for finding in document.findings:
            yield f"{_head(finding, context)} {finding.sentence}{_fingerprint(finding, context)}\n"


def full(documents: Iterable[Checked], context: Context) -> Iterator[str]:
    """The same, with the excerpt below; at a terminal, findings stand below the name of their file."""
    path = None
    for document in documents:
        for finding in document.findings:
            if context.width is None:
                yield f"{_head(finding, context)} {finding.message}{_fingerprint(finding, context)}\n"
                yield from _excerpt(finding, INDENT, context)
                continue
            if finding.path != path:
                yield ("\n" if path is not None else "") + _style(visible(finding.path), context, bold=True) + "\n"
                path = finding.path
            yield from _laid_out(finding, context, context.width)


def _laid_out(finding: Finding, context: Context, width: int) -> Iterator[str]:
    """A finding with its message wrapped beside the place, and its excerpt cut to one line."""
    place = f"{finding.line}:{finding.column}".rjust(len(HANGING) - 2)
    label = f"{finding.rule} {finding.name}"
    # Colours have no width, so that the label's place is kept for it with letters that do not break.
    stand_in = "x" * len(label)
    text = f"{stand_in}  {finding.message}"
    lines = wrap(text, max(width - len(HANGING), len(label) + NARROWEST), break_on_hyphens=False)
    body = f"\n{HANGING}".join(lines).removeprefix(stand_in)
    yield f"{_style(place, context, dim=True)}  {_rule(finding, context)}{body}{_fingerprint(finding, context)}\n"
    yield from _excerpt(finding, HANGING, context)


@dataclass(slots=True)
class Row:
    """What a rule found, over all documents."""

    rule: str
    findings: int = 0
    documents: int = 0
    characters: int = 0


@dataclass(slots=True)
class Statistics:
    """Adds up findings by rule."""

    rows: dict[str, Row]

    def add(self, document: Checked) -> None:
        seen: set[str] = set()
        for finding in document.findings:
            row = self.rows.setdefault(finding.rule, Row(finding.rule))
            row.findings += 1
            row.characters += finding.characters
            if finding.rule not in seen:
                seen.add(finding.rule)
                row.documents += 1

    @property
    def ranked(self) -> list[Row]:
        return sorted(self.rows.values(), key=lambda row: (-row.findings, row.rule))

    def table(self, context: Context) -> str:
        """One line a rule, the most frequent first."""
        head = f"{'findings':>9}  {'documents':>9}  {'characters':>12}  {'severity':<8}  rule"
        lines = [_style(head, context, bold=True)]
        for row in self.ranked:
            entry = context.catalogue[row.rule]
            lines.append(
                f"{row.findings:>9,}  {row.documents:>9,}  {row.characters:>12,}  {entry.severity:<8}  "
                f"{_style(row.rule, context, fg=_color(entry.severity))} {entry.name}"
            )
        return "\n".join(lines) + "\n" if self.rows else ""

    def data(self, catalogue: Catalogue) -> list[dict[str, object]]:
        """The same for machines."""
        return [
            {
                "rule": row.rule,
                "name": catalogue[row.rule].name,
                "severity": catalogue[row.rule].severity,
                "findings": row.findings,
                "documents": row.documents,
                "characters": row.characters,
            }
            for row in self.ranked
        ]


def statistics(found: Statistics, format_: str, context: Context) -> str:
    """The table in a format that can show one."""
    if format_ == "json":
        return json.dumps(found.data(context.catalogue), ensure_ascii=False, indent=2) + "\n"
    if format_ == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found.data(context.catalogue))
    return found.table(context)


def _head(finding: Finding, context: Context) -> str:
    place = f"{_style(visible(finding.path), context, bold=True)}:{finding.line}:{finding.column}:"
    return f"{place} {_rule(finding, context)}:"


def _rule(finding: Finding, context: Context) -> str:
    return f"{_style(finding.rule, context, fg=_color(finding.severity), bold=True)} {finding.name}"


def _color(severity: str) -> str:
    return "red" if severity == "error" else "yellow"


def _fingerprint(finding: Finding, context: Context) -> str:
    return _style(f" [{finding.fingerprint}]", context, dim=True) if context.verbose else ""


def _excerpt(finding: Finding, indent: str, context: Context) -> Iterator[str]:
    text, start, end = finding.excerpt
    if context.width is not None and len(text) > (room := max(context.width - len(indent) - 2, NARROWEST)):
        text = text[: room - 1] + "…"
    if text:
        marked = text[:start] + _style(text[start:end], context, fg="cyan") + text[end:]
        yield f"{indent}{_style('|', context, dim=True)} {marked}\n"


def _style(
    text: str, context: Context, fg: str | None = None, bold: bool | None = None, dim: bool | None = None
) -> str:
    return click.style(text, fg=fg, bold=bold, dim=dim) if context.color and text else text
