"""The document's title, and lines that say it again."""

from __future__ import annotations

from collections.abc import Iterator

from clean.ruleset.detectors.base import DocumentDetector, Match, Options
from clean.ruleset.view import View, count_words, normalised

MAX_CHARS = 200
NOT_AT_THE_END = ".,;:…"
"""A title seldom ends like a sentence or a label; a question or an exclamation may be one."""


def title_index(view: View, min_words: int, max_words: int) -> int | None:
    """The first segment, if it reads like a title and prose follows somewhere."""
    if view.first_prose is None or view.first_prose == 0:
        return None
    text = view.segments[0].text
    if len(text) > MAX_CHARS or text[-1:] in NOT_AT_THE_END or not text[:1].strip("-*•·|>"):
        return None
    letters = sum(c.isalpha() for c in text)
    if 2 * letters < len(text) or not min_words <= count_words(text) <= max_words:
        return None
    return 0


def find_title(view: View, options: Options) -> Iterator[Match]:
    i = title_index(view, options["min_words"], options["max_words"])
    if i is not None:
        text = view.segments[i].text
        yield Match(view.starts[i], view.starts[i] + len(text), " ".join(text.split()))


def find_repeated(view: View, options: Options) -> Iterator[Match]:
    """Lines right below the title that equal it, apart from case and punctuation.

    Further down, with other lines between, the second may be the heading of the text, and the first the page's name.
    """
    i = title_index(view, options["min_words"], options["max_words"])
    if i is None or view.first_prose is None:
        return
    title = normalised(view.segments[i].text)
    for j in range(i + 1, view.first_prose):
        text = view.segments[j].text
        if len(text) > MAX_CHARS or normalised(text) != title:
            return
        yield Match(view.starts[j], view.starts[j] + len(text))


TITLE = DocumentDetector(find_title, defaults={"min_words": 2, "max_words": 30})
REPEATED_TITLE = DocumentDetector(find_repeated, defaults={"min_words": 3, "max_words": 30})
