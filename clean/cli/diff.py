"""`clean diff`: what cleaning would change, without changing anything."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

import click

from clean.cli.settings import Settings, global_options
from clean.errors import CleanError
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
    work = Work(settings, cleaner, (start, end), _wanted(cleaner, rule_ids))
    if format_ == "html":
        _write_page(work, paths)
    elif format_ == "unified" and not sys.stdout.isatty() and not settings.colored(sys.stdout):
        _write_patch(work, paths)
    else:
        _show(work, paths, format_)
    totals = work.totals
    if totals.documents:
        settings.note(summary(totals))
    return 2 if totals.failed else 1 if totals.changed else 0


@dataclass(slots=True)
class Work:
    """What the ways to write a diff share: how documents are compared, and what is counted on the way."""

    settings: Settings
    cleaner: Cleaner
    stages: tuple[str, str]
    wanted: Callable[[Row], bool]
    totals: Totals = field(default_factory=Totals)
    held: list[Callable[[], None]] | None = None
    """Messages that wait until the pager has given the screen back; None where they need not wait."""

    @property
    def labels(self) -> tuple[str, str] | None:
        """The stages, where they are not source and result."""
        return None if self.stages == (STAGES[0], STAGES[-1]) else self.stages

    def differences(self, paths: tuple[str, ...]) -> Iterator[tuple[str, Item, Difference]]:
        """Each document's name and difference; what cannot be cleaned is told and counted."""
        from clean.diffs.difference import difference

        fields = self.cleaner.config.input
        for item in read(find(paths), lambda message: self.tell(lambda: self.settings.note(message)), fields):
            try:
                if item.error is not None:
                    raise item.error
                found = difference(self.cleaner, item.raw, item.origin, *self.stages)
            except CleanError as error:
                self.totals.failed += 1
                message = f"{item.where}: {error}"
                self.tell(lambda message=message: self.settings.error(message))  # type: ignore[misc]  # bound now
                continue
            self._add(found)
            yield _name(item), item, found

    def shown(self, row: Row) -> bool:
        """Whether a person is shown a row as changed."""
        return not row.alike and self.wanted(row)

    def patched(self, row: Row) -> bool:
        """Whether a patch changes a row."""
        return not row.exact and self.wanted(row)

    def tell(self, message: Callable[[], None]) -> None:
        if self.held is None:
            message()
        else:
            self.held.append(message)

    def _add(self, found: Difference) -> None:
        totals = self.totals
        totals.documents += 1
        totals.size += found.size
        rows = [row for row in found.comparison.rows if self.patched(row)]
        if not rows:
            return
        totals.changed += 1
        totals.removed += found.removed
        for row in rows:
            if row.alike:
                totals.unseen += 1
            elif not row.new:
                totals.lines_gone += len(row.old)
            else:
                totals.lines_changed += max(len(row.old), len(row.new))
            if found.comparison.has_text(row):
                totals.rules.update(row.rules)


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


def _name(item: Item) -> str:
    """The name for the header: of what a patch would apply to."""
    name = "-" if item.origin.path is None else item.name
    # `patch` refuses absolute names.
    name = name.removeprefix(os.path.join(os.getcwd(), ""))
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


def _write_patch(work: Work, paths: tuple[str, ...]) -> None:
    from clean.diffs.hunks import hunks
    from clean.diffs.unified import patch, whole

    names = work.cleaner.ruleset.names
    for name, item, found in work.differences(paths):
        rows = found.comparison.rows
        if not any(map(work.patched, rows)):
            continue
        lines = patch(found.comparison, hunks(rows, work.patched), name, names, work.labels)
        if not found.by_lines and isinstance(item.raw, bytes) and work.stages[0] == STAGES[0]:
            if all(work.patched(row) or row.exact for row in rows):
                lines = whole(found.comparison, item.raw, name, names)
            else:
                work.settings.note(f"{name}: is {found.encoding}: --rule patches its UTF-8 form")
        for line in lines:
            click.echo(line, nl=False)


def _write_page(work: Work, paths: tuple[str, ...]) -> None:
    from clean.diffs.page import page

    found = ((name, difference.comparison) for name, _, difference in work.differences(paths))
    for text in page(found, work.cleaner.ruleset, work.shown, lambda: summary(work.totals), work.labels):
        click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def _show(work: Work, paths: tuple[str, ...], format_: str) -> None:
    """Write for a person; through a pager where the terminal is too small."""
    from clean.diffs.hunks import hunks
    from clean.diffs.terminal import Terminal

    size = shutil.get_terminal_size()
    interactive = sys.stdout.isatty()
    color = work.settings.colored(sys.stdout)
    terminal = Terminal(work.cleaner.ruleset.names, color, size.columns if interactive else 0, work.labels)
    write = terminal.unified if format_ == "unified" else terminal.words
    work.held = [] if interactive else None
    text = (
        f"{line}\n"
        for name, _, found in work.differences(paths)
        for line in write(found.comparison, hunks(found.comparison.rows, work.shown), name)
    )
    first = list(islice(text, size.lines - 1)) if interactive else []
    if interactive and len(first) >= size.lines - 1:
        # What git does as well: `less` then shows colours, and leaves when all fits on the screen.
        os.environ.setdefault("LESS", "FRX")
        click.echo_via_pager(chain(first, text), color=color)
    else:
        for line in chain(first, text):
            click.echo(line, nl=False, color=color)
    for message in work.held or ():
        message()
