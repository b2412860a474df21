"""Lines that name the author and nothing else: `By Jafar Khan`, `Articles Par : South Front`, `Autor: J. Pérez`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from clean.ruleset.detectors.base import LineDetector, Match, Options, read_data
from clean.ruleset.detectors.datelines import parse as parse_date

MAX_CHARS = 120
MAX_LEAD_WORDS = 2
"""Sites put a word or two before the label (`welcome By: …`, `Articles Par : …`); only a colon makes that safe."""
MAX_LABEL_WORDS = 3
MAX_NAME_WORDS = 5
MAX_ROLE_WORDS = 6
NAME_WORD = re.compile(r"[^\W\d_][^\W\d_.'’\-]*(?:[.'’\-][^\W\d_]*)*")
TAIL = re.compile(r"\s*[|•·–—,/(]\s*|\s+-\s+")


def find(text: str, options: Options) -> Iterator[Match]:
    line = text.strip()
    if len(line) > MAX_CHARS:
        return
    found = author(line, options["colon"])
    if found:
        yield Match(0, len(text), *found)


def author(line: str, colon: bool) -> tuple[str, str | None] | None:
    """The author whom a line names, and the language of the label where only one language has it.

    With `colon` after a label and a colon, otherwise after a label that does without one.
    """
    labels = _labels("labels" if colon else "bare_labels")
    if colon:
        lead, mark, rest = line.replace("：", ":").partition(":")
        words = lead.casefold().split()
        if not mark or not 0 < len(words) <= MAX_LEAD_WORDS + MAX_LABEL_WORDS:
            return None
        candidates = [" ".join(words[i:]) for i in range(min(len(words), MAX_LEAD_WORDS + 1))]
    else:
        words = line.split(maxsplit=MAX_LABEL_WORDS)
        candidates = [" ".join(words[:n]).casefold() for n in range(len(words) - 1, 0, -1)]
        rest = line
    label = next((candidate for candidate in candidates if candidate in labels), None)
    if label is None:
        return None
    name = _name((rest if colon else rest.split(maxsplit=label.count(" ") + 1)[-1]).strip(), sure=colon)
    languages = labels[label]
    return (name, languages[0] if len(languages) == 1 else None) if name else None


@lru_cache(maxsize=2)
def _labels(table: str) -> dict[str, list[str]]:
    """The languages of each label."""
    languages: dict[str, list[str]] = {}
    for language, labels in read_data("bylines")[table].items():
        for label in labels:
            languages.setdefault(label, []).append(language)
    return languages


def _name(rest: str, sure: bool) -> str | None:
    """The name that `rest` is; after it only a date, a role or a second name may follow."""
    data = read_data("bylines")
    rest = rest.rstrip(".) ")
    mark = TAIL.search(rest)
    name, tail = (rest[: mark.start()], rest[mark.end() :]) if mark else (rest, "")
    people = re.split(rf"\s+(?:{'|'.join(map(re.escape, data['and']))})\s+", name)
    if not all(_is_name(person, data, sure) for person in people):
        return None
    if tail and not _is_tail(tail, data, sure) and not all(_is_tail(part, data, sure) for part in TAIL.split(tail)):
        return None
    return " ".join(name.split())


def _is_tail(text: str, data: dict[str, list[str]], sure: bool) -> bool:
    words = re.findall(r"\w+", text.casefold())
    if len(words) <= MAX_ROLE_WORDS and any(word in data["roles"] for word in words):
        return True
    return parse_date(text)[0] or _is_name(text, data, sure)


def _is_name(text: str, data: dict[str, list[str]], sure: bool) -> bool:
    words = text.split()
    if not (1 if sure else 2) <= len(words) <= MAX_NAME_WORDS:
        return False
    capitals = 0
    for word in words:
        if not NAME_WORD.fullmatch(word) or word.casefold() in data["not_names"]:
            return False
        if word[0].isupper() or word[0].lower() == word[0].upper():  # scripts without case
            capitals += 1
        elif word.casefold() not in data["particles"]:
            return False
    return capitals > 0


def _prefilter(options: Options) -> str:
    if options["colon"]:
        return r"^\s*\p{L}[^.!?:：]*[:：]"
    return rf"(?i)^\s*(?:{'|'.join(map(re.escape, _labels('bare_labels')))})\s"


BYLINE = LineDetector(
    find,
    prefilter=_prefilter,
    defaults={"colon": False},
    data_files=("bylines", "months", "date_labels"),
)
