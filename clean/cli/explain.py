"""`clean explain`: why a line was kept, dropped or changed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clean.cli.settings import Settings, global_options
from clean.errors import InputError
from clean.explain.place import Place, parse
from clean.io import find, read
from clean.io.item import Item

if TYPE_CHECKING:
    from clean.cleaner import Cleaner

COLORS = {"removed": "red", "changed": "yellow", "kept": None}
NARROW = 40
"""Columns at least for the text of a line."""


@click.command("explain")
@click.argument("target", metavar="FILE[:LINE[:COL]|@OFFSET]")
@global_options
@click.pass_obj
def command(settings: Settings, target: str) -> int:
    """Tell the life of a line: its bytes, its repairs, its language, the rules that matched, and how it ended.

    LINE and COL count from 1, OFFSET from 0, in code points of the decoded source. Without a place, a table shows what
    became of each line. In JSON Lines a number is that of a record, and FILE:RECORD#LINE, FILE:RECORD#LINE:COL or
    FILE:RECORD#@OFFSET a place in its text.

    It watches the very code that `clean run` uses.

    \b
    Examples:
      clean explain page.txt
      clean explain page.txt:12
      clean explain page.txt@2048
      clean explain corpus.jsonl:3#12
    """
    place = parse(target)
    items = list(_items(settings, place))
    # Imported here: it brings the rules and models in, which a usage error need not wait for.
    from clean.cleaner import Cleaner

    cleaner = Cleaner(settings.load_config())
    color = settings.colored(sys.stdout)
    for n, (item, within) in enumerate(items):
        if n:
            click.echo()
        lines = _story(cleaner, item, within, color) if within is not None else _table(cleaner, item, color)
        for line in lines:
            click.echo(line, color=color)
    return 0


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
            yield _readable(item), place if (place.line, place.offset) != (None, None) else None
        elif place.record is not None:
            if place.record == number:
                yield _readable(item), place
                return
        elif place.offset is not None or place.column is not None:
            raise InputError(f"{place.file}: is JSON Lines: write {place.file}:RECORD#LINE:COL or :RECORD#@OFFSET")
        elif place.line in (None, number):
            yield _readable(item), None
            if place.line is not None:
                return
    wanted = place.record or (place.line if number is not None else None)
    if wanted is not None:
        raise InputError(f"{place.file}: has no record on line {wanted}")


def _readable(item: Item) -> Item:
    if item.error is not None:
        raise item.located(item.error)
    return item


def _story(cleaner: Cleaner, item: Item, place: Place, color: bool) -> Iterator[str]:
    from clean.explain.life import life
    from clean.explain.story import told

    found = life(cleaner, item.raw, item.origin, place)
    yield from told(found, item.where, cleaner.ruleset.names, color)


def _table(cleaner: Cleaner, item: Item, color: bool) -> Iterator[str]:
    from clean.diffs.difference import difference
    from clean.diffs.visible import visible, width
    from clean.explain.story import excerpt
    from clean.explain.table import fates
    from clean.stages import NAMES

    found = difference(cleaner, item.raw, item.origin, NAMES[0], NAMES[-1])
    rows = list(fates(cleaner.run(item.document()), found.comparison, cleaner.ruleset.names))
    yield click.style(visible(item.where), bold=True) if color else visible(item.where)
    head = ("line", "fate", "lang", "rule", "text")
    cells = [(f"{row.line}", row.fate, row.language, row.rules) for row in rows]
    sizes = [max(map(len, column)) for column in zip(head[:4], *cells, strict=True)]
    room = max(shutil.get_terminal_size().columns - sum(sizes) - 2 * len(sizes) - 1, NARROW)
    yield _row(head[:4], sizes) + head[4]
    for row, cell in zip(rows, cells, strict=True):
        text = excerpt(row.text.strip(), room)
        while width(text) > room:
            text = text[: (len(text) - 1) * 9 // 10] + "…"
        line = _row(cell, sizes) + text
        yield click.style(line, fg=COLORS[row.fate]) if color else line


def _row(cells: tuple[str, ...], sizes: list[int]) -> str:
    number, *others = cells
    return "  ".join([number.rjust(sizes[0]), *(c.ljust(s) for c, s in zip(others, sizes[1:], strict=True)), ""])
