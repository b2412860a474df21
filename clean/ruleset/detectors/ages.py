"""Lines that say where and how long ago something was posted: `in #travel 8 years ago (edited)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from clean.ruleset.detectors.base import LineDetector, Match, Options, read_data

MAX_CHARS = 90


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    ages = []
    for words in read_data("ages")["language"].values():
        units = "|".join(re.escape(unit) for unit in sorted(words["units"], key=len, reverse=True))
        # The number may stand glued to a tag: sites lose the space between the two.
        count = rf"(?:\d{{1,4}}|{'|'.join(map(re.escape, words['one']))})\+?" if words["one"] else r"\d{1,4}\+?"
        before = "|".join(map(re.escape, words["before"]))
        after = "|".join(map(re.escape, words["after"]))
        ages.append(
            (rf"(?:{before})\s*" if before else "") + rf"{count}\s*(?:{units})" + (rf"\s*(?:{after})" if after else "")
        )
    age = f"(?:{'|'.join(ages)})"
    edited = "|".join(re.escape(word) for word in read_data("ages")["edited"])
    place = r"(?:(?:in|by|en|por|von|par)\s+)?[#@][\w.-]*?\s*"
    mark = rf"\s*[(\[](?:{edited})[)\]]"
    return re.compile(rf"[•·|–-]?\s*(?:{place}{age}(?:{mark})?|{age}{mark})\s*[•·|.–-]?", re.IGNORECASE)


def find(text: str, options: Options) -> Iterator[Match]:
    if len(text) <= MAX_CHARS and _pattern().fullmatch(text.strip()):
        yield Match(0, len(text))


AGE_LINE = LineDetector(find, prefilter=r"^[^#@]*[#@].*\d|\d.*[)\]][^\p{L}\p{N}]*$", data_files=("ages",))
