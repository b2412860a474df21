"""Templates: what lines that differ in a date, a number or a name have in common.

A line has up to three templates, from the most special to the most general: its words, with dates, times, numbers and
addresses as slots; the same with names as slots; and, for `Label: value`, the label alone. Case and punctuation count
in none of them, as they do not in the phrases of a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from clean.ruleset.detectors.base import read_data

DATE, TIME, NUMBER, URL, EMAIL, HANDLE, NAME, REST = (
    "{date}",
    "{time}",
    "{n}",
    "{url}",
    "{email}",
    "{handle}",
    "{name}",
    "{words}",
)
SLOTS = frozenset((DATE, TIME, NUMBER, URL, EMAIL, HANDLE, NAME, REST))
OPEN_SLOTS = frozenset((NAME, REST))
"""Slots that any word can stand in: a template with one of them says less than its words do."""

LEVELS = 3
MAX_CHARS = 300
"""A longer line is no template but a text."""
MAX_LABEL_WORDS = 4
MAX_NAME_WORDS = 4
MIN_WORDS_BESIDE_NAME = 2
"""Words that must stay beside a name slot: `Read {name}` or `{name} posts` would take in any heading."""

TOKEN = re.compile(
    r"(?P<url>https?://\S+|www\.\S+)"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<handle>(?<!\w)[@#]\w+)"
    r"|(?P<date>\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})\b"
    r"|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일])"
    r"|(?P<time>\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?)"
    r"|(?P<number>\b\d+(?:[.,\u00a0\u202f]\d+)*(?:st|nd|rd|th|[km])?\b|\d+)"
    r"|(?P<word>[^\W\d]\w*|_\w*)",
    re.IGNORECASE,
)
KINDS = {"url": URL, "email": EMAIL, "handle": HANDLE, "date": DATE, "time": TIME, "number": NUMBER}
PLAIN = re.compile(r"[^\W\d]\w*")
SPECIAL = re.compile(r"\d|[@#]\w|://|www\.")
"""What a line with any slot but a name must have."""
LABEL = re.compile(r"\s*[-*•·|>»]*\s*([^\W\d][^:：]{0,60}?)\s?[:：]\s*(\S.*)")
IN_DATES = frozenset(("de", "of", "del"))
"""Words that may stand between the parts of a date."""
DATE_PARTS = re.compile(r"w?(?:do?m(?:o?y)?|md?y|md)")
"""Weekday, day, month and year, and a word between them."""
MAX_DATE_TOKENS = 6
DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)?", re.IGNORECASE)
YEAR = re.compile(r"\d{4}")


class Token(NamedTuple):
    """A word in lower case, or a slot."""

    text: str
    capital: bool = False
    """Whether it was written with a capital."""
    date_part: str = "-"
    """Of a number: `d` if it may be a day, `y` if it may be a year."""

    @property
    def is_slot(self) -> bool:
        return self.text in SLOTS


Template = tuple[str, ...]
"""Words in lower case and slots."""


def templates(line: str) -> tuple[Template | None, ...]:
    """The templates of a line, one for each level, or None where it has none of that level of its own."""
    if len(line) > MAX_CHARS:
        return (None,) * LEVELS
    tokens = _tokens(line)
    exact = tuple(token.text for token in tokens)
    if not any(text not in SLOTS for text in exact):
        return (None,) * LEVELS
    named = _named(tokens)
    return exact, named if named != exact else None, _labelled(line)


def key(template: Template, level: int) -> int:
    """A number for a template: the same in every process, and never 0."""
    digest = blake2b(f"{level}\0{' '.join(template)}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


def keys(line: str) -> tuple[int, ...]:
    """The numbers of a line's templates; 0 where it has none of a level."""
    return _keys(line) if len(line) <= MAX_CHARS else (0,) * LEVELS


@lru_cache(maxsize=16_384)
def _keys(line: str) -> tuple[int, ...]:
    """The same for short lines, the ones of menus once for many pages."""
    return tuple(0 if found is None else key(found, level) for level, found in enumerate(templates(line)))


def _tokens(line: str) -> list[Token]:
    if not SPECIAL.search(line):
        return [Token(word.casefold(), word[0].isupper()) for word in PLAIN.findall(line)]
    found: list[Token] = []
    for match in TOKEN.finditer(line):
        kind = match.lastgroup or "word"
        if kind == "word":
            found.append(Token(match.group().casefold(), match.group()[0].isupper()))
        else:
            found.append(Token(KINDS[kind], date_part=_date_part(match.group()) if kind == "number" else "-"))
    return _with_dates(found)


def _date_part(number: str) -> str:
    return "d" if DAY.fullmatch(number) else "y" if YEAR.fullmatch(number) else "-"


def _with_dates(tokens: list[Token]) -> list[Token]:
    """The tokens with each `March 3, 2024` and its like in one."""
    months, weekdays = _calendar()
    if not any(token.text in months for token in tokens):
        return tokens
    out: list[Token] = []
    i = 0
    while i < len(tokens):
        end = _date_end(tokens, i, months, weekdays)
        out.append(Token(DATE) if end else tokens[i])
        i = end or i + 1
    return out


def _date_end(tokens: list[Token], start: int, months: frozenset[str], weekdays: frozenset[str]) -> int:
    """Where a date that begins at `start` ends, or 0: day and month, in either order, or a month, and maybe a year."""
    parts = "".join(_part(token, months, weekdays) for token in tokens[start : start + MAX_DATE_TOKENS])
    match = DATE_PARTS.match(parts)
    return start + match.end() if match else 0


def _part(token: Token, months: frozenset[str], weekdays: frozenset[str]) -> str:
    """What a token may be in a date, as a letter of `DATE_PARTS`."""
    if token.text in months:
        return "m"
    if token.text in weekdays:
        return "w"
    if token.text in IN_DATES:
        return "o"
    return token.date_part


@lru_cache(maxsize=1)
def _calendar() -> tuple[frozenset[str], frozenset[str]]:
    data = read_data("months")
    return frozenset(data["months"]), frozenset(data["weekdays"])


def _named(tokens: list[Token]) -> Template:
    """The template with runs of capitalised words as names, but for a first word alone, which any line may have."""
    out: list[str] = []
    i = 0
    while i < len(tokens):
        end = i
        while end < len(tokens) and tokens[end].capital and not tokens[end].is_slot:
            end += 1
        if (end - i >= 2 or (end > i and i > 0)) and end - i <= MAX_NAME_WORDS:
            out.append(NAME)
            i = end
        else:
            end = max(end, i + 1)
            out += [token.text for token in tokens[i:end]]
            i = end
    words = sum(text not in SLOTS for text in out)
    slots = sum(text in SLOTS for text in out)
    if words >= MIN_WORDS_BESIDE_NAME or (words and slots > 1):
        return tuple(out)
    return tuple(token.text for token in tokens)


def _labelled(line: str) -> Template | None:
    match = LABEL.fullmatch(line.rstrip())
    if match is None or "://" in line[: match.end(1) + 3]:
        return None
    words = [word.casefold() for word in PLAIN.findall(match[1])]
    if not 0 < len(words) <= MAX_LABEL_WORDS or re.search(r"\d", match[1]):
        return None
    return (*words, REST)


def words(text: str) -> Iterator[str]:
    """The words of a text, in lower case; of scripts written without spaces, each two neighbouring characters."""
    from clean.ruleset.view import UNSPACED

    for word in PLAIN.findall(text.casefold()):
        if not word.isascii() and UNSPACED.search(word):
            yield from (word[i : i + 2] for i in range(max(1, len(word) - 1)))
        else:
            yield word
