"""`clean diff`: what cleaning would change, without changing anything."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

import click

from clean.cli.settings import Settings, global_options
from clean.errors import CleanError, DocumentError
from clean.io import find, read
from clean.io.item import Item
from clean.io.media import COMPRESSED
from clean.stages import NAMES as STAGES

if TYPE_CHECKING:
    from clean.cleaner import Cleaner
    from clean.diffs.difference import Difference
    from clean.diffs.rows import Row

TOP = 8
"""Rules named in the summary; the diff names them all."""


@dataclass(slots=True)
class Totals:
    """What the summary line adds up."""

    documents: int = 0
    changed: int = 0
    failed: int = 0
    lines_gone: int = 0
    lines_changed: int = 0
    unseen: int = 0
    size: int = 0
    removed: int = 0
    rules: Counter[str] = field(default_factory=Counter)


@click.command("diff")
@click.argument("paths", nargs=-1, required=True)
@click.option("--from", "start", type=click.Choice(STAGES), default=STAGES[0], help="The stage to compare with.")
@click.option("--to", "end", type=click.Choice(STAGES), default=STAGES[-1], help="The stage to compare.")
@click.option("--rule", "rule_ids", multiple=True, metavar="ID", help="Show only what this rule does; may be repeated.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["unified", "words", "html"]),
    default="unified",
    show_default=True,
    help="A patch, one text with the changes inside it, or a page for a browser.",
)
@global_options
@click.pass_obj
def command(
    settings: Settings, paths: tuple[str, ...], start: str, end: str, rule_ids: tuple[str, ...], format_: str
) -> int:
    """Show what cleaning would change, with the rule beside each line, and change nothing.

    PATHS are what `clean run` takes. In a pipe the unified format is a patch that makes the cleaned file of the source;
    on a terminal it is coloured and goes through $PAGER when it is long. All rules are at work, also with --rule,
    which shows, and patches, a part of what they do.

    STAGES, in their order: decode, extract, segment, repair, language, strip. By default the decoded source is compared
    with the cleaned text.

    Exit code: 0 nothing would change, 1 something would, 2 an error.

    \b
    Examples:
      clean diff corpus/
      clean diff page.txt | patch page.txt
      clean diff corpus/ --rule SOC001 --rule MET
      clean diff --from repair --format words page.txt
      clean diff --format html corpus/ > diff.html
    """
    if STAGES.index(start) >= STAGES.index(end):
        raise click.UsageError(f"--from {start} does not come before --to {end}")
    # Imported here: it brings the rules and models in, which a usage error need not wait for.
    from clean.cleaner import Cleaner

    cleaner = Cleaner(settings.load_config())
    wanted = _wanted(cleaner, rule_ids)
    totals = Totals()
    found = _differences(settings, cleaner, paths, start, end, totals)
    if format_ == "html":
        from clean.diffs.page import page

        for text in page(found, cleaner.ruleset, wanted, lambda: summary(totals)):
            click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
    elif format_ == "unified" and not sys.stdout.isatty() and not settings.colored(sys.stdout):
        _write_patch(settings, found, cleaner.ruleset.names, wanted, totals)
    else:
        _show(settings, found, cleaner.ruleset.names, wanted, format_, totals)
    if totals.documents:
        settings.note(summary(totals))
    return 2 if totals.failed else 1 if totals.changed else 0


def summary(totals: Totals) -> str:
    """One line: how much would change, and who does it."""
    if not totals.changed:
        return f"nothing would change in {_count(totals.documents, 'document')}"
    told = [
        _count(number, noun)
        for number, noun in ((totals.lines_gone, "line removed"), (totals.lines_changed, "line changed"))
        if number
    ]
    if totals.unseen:
        told.append(f"{_count(totals.unseen, 'line')} only in line end or encoding")
    parts = [f"{totals.changed:,} of {_count(totals.documents, 'document')} would change: {', '.join(told)}"]
    if totals.size:
        parts.append(f"{totals.removed:,} of {totals.size:,} characters removed ({totals.removed / totals.size:.1%})")
    ranked = sorted(totals.rules, key=lambda rule: (-totals.rules[rule], rule))
    if ranked:
        more = f", {len(ranked) - TOP} more" if len(ranked) > TOP else ""
        parts.append(", ".join(f"{rule} {totals.rules[rule]:,}" for rule in ranked[:TOP]) + more)
    return "; ".join(parts)


def _count(number: int, noun: str) -> str:
    first, *rest = noun.split(" ")
    return " ".join([f"{number:,}", first if number == 1 else first + "s", *rest])


Found = tuple[str, "Difference"]


def _differences(
    settings: Settings, cleaner: Cleaner, paths: tuple[str, ...], start: str, end: str, totals: Totals
) -> Iterator[Found]:
    """Each document's name and difference; what cannot be cleaned is told and counted."""
    from clean.diffs.difference import difference

    for item in read(find(paths), settings.note):
        try:
            if item.error is not None:
                raise item.error
            yield _name(item), difference(cleaner, item.raw, item.origin, start, end)
        except CleanError as error:
            totals.failed += 1
            settings.error(f"{item.where}: {error}")


def _name(item: Item) -> str:
    """The name for the header: of what a patch would apply to."""
    name = "-" if item.origin.path is None else item.name
    for suffix in COMPRESSED:
        name = name.removesuffix(suffix)
    return name if item.origin.record is None else f"{name}:{item.origin.record}"


def _wanted(cleaner: Cleaner, rule_ids: tuple[str, ...]) -> Callable[[Row], bool]:
    """Whether a row is the work of one of the rules that were asked for; all rows when none was."""
    from clean.diffs.chosen import chosen

    given = [part.strip() for item in rule_ids for part in item.split(",") if part.strip()]
    if not given:
        return lambda row: True
    names = chosen(given, cleaner.ruleset.rules)
    return lambda row: any(rule.split(":")[0] in names for rule in row.rules)


def _write_patch(
    settings: Settings,
    found: Iterator[Found],
    names: Mapping[str, str],
    wanted: Callable[[Row], bool],
    totals: Totals,
) -> None:
    from clean.diffs.hunks import hunks
    from clean.diffs.unified import patch

    for name, difference in found:
        rows = [row for row in difference.comparison.rows if not row.exact and wanted(row)]
        _add(totals, difference, rows)
        if rows and not difference.by_lines:
            _explain_encoding(settings, name, difference)
        shown = hunks(difference.comparison.rows, lambda row: not row.exact and wanted(row))
        for line in patch(difference.comparison, shown, name, names):
            click.echo(line, nl=False)


def _explain_encoding(settings: Settings, name: str, difference: Difference) -> None:
    if difference.encoding != "utf-8":
        settings.note(f"{name}: is {difference.encoding}; the patch applies to the same text in UTF-8")


def _show(
    settings: Settings,
    found: Iterator[Found],
    names: Mapping[str, str],
    wanted: Callable[[Row], bool],
    format_: str,
    totals: Totals,
) -> None:
    """Write for a person; through a pager where the terminal is too small."""
    from clean.diffs.hunks import hunks
    from clean.diffs.terminal import Terminal

    size = shutil.get_terminal_size()
    interactive = sys.stdout.isatty()
    color = settings.colored(sys.stdout)
    terminal = Terminal(names, color, size.columns if interactive else 0)
    write = terminal.unified if format_ == "unified" else terminal.words

    def lines() -> Iterator[str]:
        for name, difference in found:
            _add(totals, difference, [row for row in difference.comparison.rows if not row.exact and wanted(row)])
            shown = hunks(difference.comparison.rows, lambda row: not row.alike and wanted(row))
            yield from (f"{line}\n" for line in write(difference.comparison, shown, name))

    text = lines()
    first = list(islice(text, size.lines - 1)) if interactive else []
    if interactive and len(first) >= size.lines - 1:
        # What git does as well: `less` then shows colours, and leaves when all fits on the screen.
        os.environ.setdefault("LESS", "FRX")
        click.echo_via_pager(chain(first, text), color=color)
    else:
        for line in chain(first, text):
            click.echo(line, nl=False, color=color)


def _add(totals: Totals, difference: Difference, rows: list[Row]) -> None:
    totals.documents += 1
    totals.size += difference.size
    if not rows:
        return
    totals.changed += 1
    for row in rows:
        if row.alike:
            totals.unseen += 1
        elif not row.new:
            totals.lines_gone += len(row.old)
        else:
            totals.lines_changed += max(len(row.old), len(row.new))
        totals.rules.update(row.rules)
    totals.removed += difference.removed
