"""Sentences of the corpus that have a rule's words and are content: what the rule must keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from clean.ruleset.view import UNSPACED, count_words, is_prose
from clean.suggest.draft import Draft
from clean.suggest.evidence import number
from clean.suggest.page import PROSE, Page
from clean.suggest.template import words

if TYPE_CHECKING:
    from clean.suggest.company import Company

SENTENCE = re.compile(r"(?<!\S)[^\s.!?…。！？][^.!?…。！？]+[.!?…]+[\"”»’)\]]*(?=\s|$)|[^\s。！？][^。！？]+[。！？]")
MIN_WORDS, MAX_WORDS = 6, 40
BEST_WORDS = 14
"""Words of a sentence that is easy to read in a review."""
KEEP_EXAMPLES = 2
MIN_TRIGGER_CHARS = 4
"""Letters that the words a sentence shares with a rule must have together; half of them in scripts without spaces."""
MAX_PROSE_CHARS = 400

Rank = tuple[int, int, int]


class Sentences:
    """The best sentences for each draft; which are best does not depend on the order they come in."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self.drafts = drafts
        self.best: list[dict[str, Rank]] = [{} for _ in drafts]
        self.prose: dict[str, tuple[int, str]] = {}
        """A paragraph for each language."""
        self._rules: dict[str, list[int]] = {}
        for i, draft in enumerate(drafts):
            for word in sorted(draft.triggers):
                self._rules.setdefault(word, []).append(i)

    def read(self, pages: Iterable[Page], company: Company) -> None:
        """Look for sentences in the paragraphs of pages, which come with their lines."""
        for page in pages:
            chosen = _content(page, company)
            lines = page.lines if chosen else []
            for i in chosen:
                text, language = lines[i]
                self._keep_prose(text, language)
                for sentence in sentences(text):
                    self._offer(sentence, language)

    def _keep_prose(self, text: str, language: str) -> None:
        if len(text) <= MAX_PROSE_CHARS and is_prose(text):
            ranked = number(text), text
            self.prose[language] = min(self.prose.get(language, ranked), ranked)

    def _offer(self, sentence: str, language: str) -> None:
        shared: dict[int, int] = {}
        for word in set(words(sentence)):
            for rule in self._rules.get(word, ()):
                shared[rule] = shared.get(rule, 0) + len(word)
        enough = MIN_TRIGGER_CHARS // 2 if UNSPACED.search(sentence) else MIN_TRIGGER_CHARS
        for rule, size in shared.items():
            languages = self.drafts[rule].languages
            if size < enough or (languages and language not in languages):
                continue
            best = self.best[rule]
            best[sentence] = (size, -abs(count_words(sentence) - BEST_WORDS), number(sentence))
            if len(best) > KEEP_EXAMPLES:
                del best[min(best, key=best.__getitem__)]

    def filled(self) -> list[Draft]:
        """The drafts with their examples."""
        out: list[Draft] = []
        anywhere = min(self.prose.values(), default=(0, ""))
        for draft, best in zip(self.drafts, self.best, strict=True):
            prose = next((self.prose[name] for name in draft.languages if name in self.prose), anywhere)[1]
            keep = sorted(best, key=best.__getitem__, reverse=True)
            out.append(replace(draft, keep=tuple(keep), prose=prose if draft.position else ""))
        return out


def sentences(text: str) -> Iterator[str]:
    """The whole sentences of a paragraph that are neither short nor long."""
    for match in SENTENCE.finditer(text):
        sentence = match.group().strip()
        if not sentence[0].islower() and MIN_WORDS <= count_words(sentence) <= MAX_WORDS:
            yield sentence


def _content(page: Page, company: Company) -> list[int]:
    """The paragraphs of a page that recur nowhere and stand beside another: what is content beyond much doubt."""
    import numpy as np

    prose = (page.flags & PROSE > 0) & (company.ids(page.keys[:, 0]) < 0)
    beside = np.zeros(len(prose), bool)
    beside[1:] |= prose[:-1]
    beside[:-1] |= prose[1:]
    return [int(i) for i in np.flatnonzero(prose & beside)]
