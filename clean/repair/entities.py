"""HTML entities that were left in text: `&amp;`, `&nbsp;`, `&#8217;`, and what was escaped twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from clean.repair.tracked import Replacement

RULE = "unescape_html"

ENTITY = re.compile(r"&#?[0-9A-Za-z]{1,24};")
"""What ftfy takes for an entity: with its semicolon, so that `this&not that` stays."""

REGION = re.compile(r"&[&#0-9A-Za-z;]*+")
"""Entities that become part of each other all lie in one such run."""

LONGEST = 27


class _Unit(NamedTuple):
    """Text already written, and where it came from."""

    text: str
    start: int
    end: int
    edited: bool


def unescape(text: str, decode: Callable[[str], str]) -> list[Replacement]:
    """Decode entities until none is left, in time linear in the text.

    Decoding may complete another entity (`&amp;amp;`), and passes over the whole text would take as many rounds as it
    was escaped. Here, whenever a semicolon is written, the end of what is already written is looked at again.

    Args:
        decode: what an entity stands for, or the entity itself when it is none.
    """
    out: list[Replacement] = []
    for match in REGION.finditer(text):
        if ";" in match.group():
            units = _settled(match.group(), match.start(), decode)
            out.extend(Replacement(unit.start, unit.end, unit.text, RULE) for unit in units if unit.edited)
    return out


def _settled(region: str, base: int, decode: Callable[[str], str]) -> list[_Unit]:
    units: list[_Unit] = []
    for i, char in enumerate(region, base):
        units.append(_Unit(char, i, i + 1, False))
        while units[-1].text.endswith(";"):
            first, name = _tail(units)
            new = decode(name) if ENTITY.fullmatch(name) else name
            if new == name:
                break
            start = units[first].start
            del units[first:]
            units.append(_Unit(new, start, i + 1, True))
    return units


def _tail(units: list[_Unit]) -> tuple[int, str]:
    """The units at the end that may be an entity: the index of the first, and their text."""
    name = ""
    first = len(units)
    while first and len(name) < LONGEST and not name.startswith("&"):
        first -= 1
        name = units[first].text + name
    return first, name
