"""Lines that are a date and nothing else: `18 AUGUST 2016 • 11:13AM`, `Am 3. März 2021`, `2016年8月18日`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from clean.ruleset.detectors.base import LineDetector, Match, Options, read_data

MAX_CHARS = 120
YEARS = range(1900, 2100)

CJK_DATE = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]?")
ISO_DATE = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
OTHER_DATE = re.compile(r"\b(\d{1,2})([-/.])(\d{1,2})\2(\d{4})\b")
TIME = re.compile(
    r"(?:\bT)?(?<!\d)\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?m\b\.?|uhr\b|hrs?\b|h\b)?"
    r"|(?<!\d)\d{1,2}\s*[ap]\.?m\b\.?|(?<!\d)\d{1,2}\s*uhr\b",
    re.IGNORECASE,
)
ZONE = re.compile(
    r"\b(?:GMT|UTC|Z|[ECMP][SD]T|CES?T|BST|IST|MSK|JST|KST|AES?T)?\s?[-+−]\d{1,2}:?\d{0,2}\b|\b(?:GMT|UTC|[ECMP][SD]?T|CES?T|BST|IST|MSK|JST|KST|AES?T)\b"
)
WORD = re.compile(r"(?<![^\W_])[^\W\d_]+(?:['’][^\W\d_]+)*")
DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?(?!\w)", re.IGNORECASE)
YEAR = re.compile(r"\b(\d{4})\b")
REST = re.compile(r"[\W_]*")


def parse(line: str) -> tuple[bool, str | None]:
    """Whether a line is a dateline, and its date in ISO 8601 where that is beyond doubt."""
    if len(line) > MAX_CHARS:
        return False, None
    value, rest, numeric = _numeric(line)
    rest = TIME.sub(" ", rest)
    data = read_data("months")
    months, weekdays = data["months"], data["weekdays"]
    labels = read_data("date_labels")["labels"]
    month: int | None = None
    for word in WORD.findall(ZONE.sub(" ", rest)):
        folded = word.casefold()
        if not numeric and month is None and folded in months:
            month = months[folded]
        elif folded not in weekdays and folded not in labels:
            return False, None
    rest = WORD.sub(" ", ZONE.sub(" ", rest))
    if numeric:
        return REST.fullmatch(rest) is not None, value
    if month is None:
        return False, None
    years = YEAR.findall(rest)
    days = DAY.findall(YEAR.sub(" ", rest))
    if len(years) != 1 or len(days) != 1 or not REST.fullmatch(DAY.sub(" ", YEAR.sub(" ", rest))):
        return False, None
    value = _iso(int(years[0]), month, int(days[0]))
    return value is not None, value


def _numeric(line: str) -> tuple[str | None, str, bool]:
    """The date that is written in numbers, the line without it, and whether there is one."""
    for pattern in (CJK_DATE, ISO_DATE):
        if found := pattern.search(line):
            value = _iso(*map(int, found.groups()))
            return value, line[: found.start()] + " " + line[found.end() :], value is not None
    if found := OTHER_DATE.search(line):
        first, mark, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
        # With full stops the day comes first the world over; with slashes it depends on the country.
        readings = [(first, second)] if mark == "." else [(first, second), (second, first)]
        values = {value for day, month in readings if (value := _iso(year, month, day))}
        rest = line[: found.start()] + " " + line[found.end() :]
        return (min(values) if len(values) == 1 else None), rest, bool(values)
    return None, line, False


def _iso(year: int, month: int, day: int) -> str | None:
    if year not in YEARS:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def find(text: str, options: Options) -> Iterator[Match]:
    found, value = parse(text)
    if found:
        yield Match(0, len(text), value)


DATELINE = LineDetector(find, prefilter=r"\d{4}", data_files=("months", "date_labels"))
