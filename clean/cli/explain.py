"""`clean explain`: why a line was kept, dropped or changed."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clean.cli.help import Verb
from clean.cli.settings import Settings, complete_paths, global_options
from clean.errors import CleanError, DocumentError, InputError
from clean.explain.place import Place, parse
from clean.io import find, read
from clean.io.item import Item

if TYPE_CHECKING:
    from clean.cleaner import Cleaner
    from clean.explain.table import Fate

COLORS = {"removed": "red", "changed": "yellow", "kept": None}
NARROW = 40
"""Columns at least for the text of a line."""


class Explain(Verb):
    """A command whose argument may begin with `-:` or `-@`: a place in standard input."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        places = [arg for arg in args if arg.startswith(("-:", "-@"))]
        if places and "--" not in args:
            args = [*(arg for arg in args if arg not in places), "--", *places]
        return super().parse_args(ctx, args)


@click.command("explain", cls=Explain)
@click.argument("target", metavar="FILE[:LINE[:COL]|@OFFSET]", shell_complete=complete_paths)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, an object a line for each document.")
@global_options
@click.pass_obj
def command(settings: Settings, target: str, as_json: bool) -> int:
    """Tell the life of a line: its bytes, its repairs, its language, the rules that matched, and how it ended.

    LINE and COL count from 1, OFFSET from 0, in code points of the decoded source. Without a place, a table shows what
    became of each line. In JSON Lines a number is that of a record, and FILE:RECORD#LINE, FILE:RECORD#LINE:COL or
    FILE:RECORD#@OFFSET a place in its text. FILE may be - for standard input.

    It watches the very code that `clean run` uses.

    \b
    Exit codes:
      0  told
      2  no such file or place, a document that cannot be cleaned, wrong usage or configuration, or an internal error

    \b
    Examples:
      clean explain page.txt
      clean explain page.txt:12
      clean explain page.txt@2048
      clean explain corpus.jsonl:3#12
      clean explain page.txt:12 --json | jq .result
    """
    place = parse(target)
    items = _items(settings, place)
    first = next(items, None)
    # Imported here: it brings the rules and models in, which a usage error need not wait for.
    from clean.cleaner import Cleaner

    cleaner = Cleaner(settings.load_config())
    color = settings.colored(sys.stdout)
    failed = False
    for n, (item, within) in enumerate(() if first is None else chain([first], items)):
        try:
            told = _told(cleaner, _readable(item), within, color, as_json)
        except CleanError as error:
            settings.error(str(error))
            failed = True
            continue
        if n and not as_json:
            click.echo()
        for line in told:
            click.echo(line, color=color)
    return 2 if failed else 0


def _items(settings: Settings, place: Place) -> Iterator[tuple[Item, Place | None]]:
    """The documents that are meant, each with the place in it, if one is.

    Raises:
        InputError: there is no such document, or it cannot be read.
    """
    if Path(place.file).is_dir():
        raise InputError(f"{place.file}: is a directory; name a file in it")
    number: int | None = None
    for item in read(find([place.file]), settings.note, settings.load_config().input):
        number = item.origin.record
        if number is None:
            if place.record is not None:
                raise InputError(f"{place.file}: is one document, not JSON Lines: write {place.file}:LINE")
            yield item, place if (place.line, place.offset) != (None, None) else None
        elif place.record is not None:
            if place.record == number:
                yield item, place
                return
        elif place.offset is not None or place.column is not None:
            raise InputError(f"{place.file}: is JSON Lines: write {place.file}:RECORD#LINE:COL or :RECORD#@OFFSET")
        elif place.line in (None, number):
            yield item, None
            if place.line is not None:
                return
    wanted = place.record or (place.line if number is not None else None)
    if wanted is not None:
        raise InputError(f"{place.file}: has no record on line {wanted}")


def _readable(item: Item) -> Item:
    if item.error is not None:
        raise item.located(item.error)
    return item


def _told(cleaner: Cleaner, item: Item, place: Place | None, color: bool, as_json: bool) -> list[str]:
    """What there is to tell, line by line.

    Raises:
        CleanError: there is no such place, or the document cannot be cleaned.
    """
    from clean.explain import data
    from clean.explain.life import life
    from clean.explain.story import told

    names = cleaner.ruleset.names
    path, record = "-" if item.origin.path is None else item.name, item.origin.record
    try:
        if place is None:
            fates = _fates(cleaner, item)
            if not as_json:
                return list(_table(fates, item.where, names, color))
            found = data.of_table(fates, path, record)
        else:
            lived = life(cleaner, item.raw, item.origin, place)
            if not as_json:
                return list(told(lived, item.where, names, color))
            found = data.of_life(lived, path, record, names)
    except DocumentError as error:
        raise item.located(error) from None
    return [json.dumps(found, ensure_ascii=False)]


def _fates(cleaner: Cleaner, item: Item) -> list[Fate]:
    from clean.diffs.difference import difference
    from clean.explain.table import fates
    from clean.stages import NAMES

    found = difference(cleaner, item.raw, item.origin, NAMES[0], NAMES[-1], readable=True)
    return list(fates(cleaner.run(item.document()), found.comparison))


def _table(rows: list[Fate], name: str, names: Mapping[str, str], color: bool) -> Iterator[str]:
    from clean.diffs.hunks import labelled
    from clean.diffs.visible import visible, width
    from clean.explain.story import excerpt

    yield click.style(visible(name), bold=True) if color else visible(name)
    head = ("line", "fate", "lang", "rule", "text")
    cells = [(f"{row.line}", row.fate, row.language, labelled(row.rules, names)) for row in rows]
    sizes = [max(map(len, column)) for column in zip(head[:4], *cells, strict=True)]
    room = max(shutil.get_terminal_size().columns - sum(sizes) - 2 * len(sizes) - 1, NARROW)
    heading = _row(head[:4], sizes) + head[4]
    yield click.style(heading, dim=True) if color else heading
    for row, cell in zip(rows, cells, strict=True):
        text = excerpt(row.text.strip(), room)
        while width(text) > room:
            text = text[: (len(text) - 1) * 9 // 10] + "…"
        line = _row(cell, sizes) + text
        yield click.style(line, fg=COLORS[row.fate]) if color else line


def _row(cells: tuple[str, ...], sizes: list[int]) -> str:
    number, *others = cells
    return "  ".join([number.rjust(sizes[0]), *(c.ljust(s) for c, s in zip(others, sizes[1:], strict=True)), ""])
