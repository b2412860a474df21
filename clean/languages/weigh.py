"""What a segment's own words say: the log-likelihood of each candidate language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clean.languages import Model
from clean.languages.evidence import ITEM_BORDERS, evidence, is_list, is_menu, noise_of
from clean.languages.scripts import NAMES, WORTH, WRITERS, dominant
from clean.recent import LONGEST_LINE, Recent

OTHER_SCRIPT = 6.0
"""What each letter of a script costs a language that is not written in it, up to `MAX_OTHER_SCRIPT`, in nats."""
MAX_OTHER_SCRIPT = 60.0

NO_KANA = 0.4
"""What each Han character costs Japanese in a text without kana, from the fifth: half of Japanese is kana."""
HAN_ALONE = 4
"""Han characters that stand without kana in Japanese as well: names, headings."""

FRENCH_SPACING = re.compile(r"(?<=\w)[ \u00a0\u202f][:;!?](?!\S)")
SPACED_MARKS = tuple(blank + mark for blank in " \u00a0\u202f" for mark in ":;!?")
SPACING = 5.0
"""What a blank before a colon, semicolon, exclamation or question mark adds to French: in 14 of 20 sentences with such
a mark, against 1 in 15 in other languages of Latin script, log 0.7/0.06, in units of the tempered likelihoods."""

STRANGE = -3.2
"""Log-likelihood of a letter in a text of no candidate language. Of real sentences, 99 in 100 have more in their own
language, half more than -2.1; transliterated Russian has -3.5 in the likeliest."""
SPELLED = ("latin", "cyrillic")
"""Scripts of words long enough for that."""


@dataclass(slots=True, eq=False)
class Evidence:
    """What one segment says for itself."""

    letters: float
    """How many letters it was read from; 0 means that it says nothing."""
    votes: float
    """`letters`, or 0 where they say nothing about the rest of the document: menus, tag clouds."""
    strangeness: float
    """Log-likelihood of no candidate language, less the largest of theirs; mostly far below 0."""
    likelihoods: NDArray[Any]
    """Log-likelihood of each candidate, less the largest of them; all 0 where it says nothing."""


class Weigher:
    """Reads the evidence of segments with a model; scripts that few languages write decide before it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.languages = model.languages
        elsewhere = {language for writers in WRITERS.values() for language in writers}
        self._writes = np.array(
            [
                [
                    language in WRITERS[name] if name in WRITERS else name == "latin" and language not in elsewhere
                    for language in self.languages
                ]
                for name in NAMES
            ]
        )
        """By number of a script: which languages it writes."""
        self._spelled = np.array([name in SPELLED for name in NAMES])
        lines = (resources.files("clean.languages") / "endonyms.txt").read_text(encoding="utf-8").splitlines()
        self._recent: Recent[Evidence] = Recent()
        self._names = frozenset(word for line in lines if not line.startswith("#") for word in line.split())

    def __call__(self, texts: Sequence[str]) -> list[Evidence]:
        """The evidence of each text; it does not depend on the other texts."""
        found = {text: self._recent.get(text) for text in texts}
        new = [text for text, evidence in found.items() if evidence is None]
        if new:
            for text, evidence in zip(new, self._weighed(new), strict=True):
                found[text] = evidence
                if len(text) <= LONGEST_LINE:
                    evidence.likelihoods = evidence.likelihoods.copy()  # the row alone, not the table it is part of
                    self._recent.put(text, evidence)
        return [found[text] for text in texts]  # type: ignore[misc]  # none is missing any more

    def _weighed(self, texts: Sequence[str]) -> list[Evidence]:
        noise = noise_of("\n".join(texts))
        read = ["" if is_menu(text, self._names) else evidence(text, noise) for text in texts]
        joined = "\n".join(read)
        scripts, letters = dominant(read)
        writes = self._writes[scripts]
        writers = writes.sum(axis=1)
        letters = np.where(writers > 0, letters, 0.0)
        borders = "".join(border for border in ITEM_BORDERS if border in joined)
        votes = np.where([is_list(text, borders) for text in read], 0.0, letters)
        found = np.zeros((len(texts), len(self.languages)))
        if len(unsure := np.flatnonzero(writers > 1)):
            found[unsure] = self.model.likelihoods([read[i] for i in unsure])
        self._adjust(read, joined, scripts, letters, found)
        best = np.where(writes, found, -np.inf).max(axis=1, initial=-1e9, keepdims=True)
        strangeness = np.full(len(texts), -np.inf)
        if self.model.absolute:
            spelled = self._spelled[scripts] & (writers > 1)
            strangeness[spelled] = STRANGE * letters[spelled] - best[spelled, 0]
        elsewhere = -np.minimum(OTHER_SCRIPT * letters, MAX_OTHER_SCRIPT)[:, None]
        found = np.where(letters[:, None] > 0, np.where(writes, found - best, elsewhere), 0.0).astype(np.float32)
        return list(map(Evidence, letters.tolist(), votes.tolist(), strangeness.tolist(), found))

    def _adjust(
        self, texts: list[str], joined: str, scripts: NDArray[Any], letters: NDArray[Any], found: NDArray[Any]
    ) -> None:
        """Add what letters do not say: the lack of kana, and French spacing."""
        if "ja" in self.languages:
            han = NAMES.index("han")
            own = scripts == han
            found[own, self.languages.index("ja")] -= NO_KANA * np.maximum(letters[own] / WORTH[han] - HAN_ALONE, 0)
        if "fr" in self.languages and any(mark in joined for mark in SPACED_MARKS):
            spaced = [i for i, text in enumerate(texts) if FRENCH_SPACING.search(text)]
            found[spaced, self.languages.index("fr")] += SPACING
