"""A draft: a rule as it will stand in the pack, made from one or several candidates."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from clean.errors import ConfigError
from clean.ruleset.pattern import compile_pattern
from clean.suggest.choose import Candidate
from clean.suggest.evidence import usual_languages
from clean.suggest.pattern import pattern
from clean.suggest.template import OPEN_SLOTS, SLOTS, words

DROP_EXAMPLES = 4
SPARE_WORDS = 2
"""Words that a line with an open slot may have beyond those that were seen."""
MAX_NAME_WORDS = 5
MAX_IDS = 999


@dataclass(frozen=True, slots=True)
class Draft:
    """One rule to review. `drop` and `keep` are filled in once the corpus has been searched for sentences."""

    id: str
    name: str
    summary: str
    members: tuple[Candidate, ...]
    languages: tuple[str, ...] = ()
    match: str | None = None
    phrases: tuple[tuple[str, Candidate], ...] = ()
    max_words: int | None = None
    position: str | None = None
    drop: tuple[str, ...] = ()
    prose: str = ""
    """A paragraph for the examples to stand beside, where there is a condition on the position."""
    keep: tuple[str, ...] = ()
    wrong: str = field(default="", compare=False)
    """Why it can be no rule yet."""

    @property
    def triggers(self) -> frozenset[str]:
        """The words that a sentence must have to be a test of the rule."""
        lines = [phrase for phrase, _ in self.phrases] or [
            " ".join(word for word in member.template if word not in SLOTS) for member in self.members
        ]
        return frozenset(word for line in lines for word in words(line))

    @property
    def damage(self) -> float:
        """Share of its lines that stand between paragraphs."""
        found = [member.evidence for member in self.members]
        return sum(evidence.between for evidence in found) / max(1, sum(evidence.places for evidence in found))

    def told(self) -> dict[str, Any]:
        """The draft and its evidence as plain values, for JSON."""
        where = {"max_words": self.max_words, "position": self.position}
        return {
            "id": self.id,
            "name": self.name,
            "summary": self.summary,
            "languages": list(self.languages),
            "scope": "line",
            "match": self.match,
            "phrases": [phrase for phrase, _ in self.phrases],
            "where": {key: value for key, value in where.items() if value is not None},
            "safe": False,
            "drop": list(self.drop),
            "keep": list(self.keep),
            "wrong": self.wrong or None,
            "support": [member.told() for member in self.members],
        }

    def without(self, drop: Collection[str], keep: Collection[str]) -> Draft:
        """The draft without the examples that did not hold."""
        return replace(
            self,
            drop=tuple(example for example in self.drop if example not in drop),
            keep=tuple(example for example in self.keep if example not in keep),
        )


def draft(
    groups: Iterable[tuple[Candidate, ...]], prefix: str, ids: Collection[str], names: Collection[str]
) -> list[Draft]:
    """A draft for each group, with ids and names that are free.

    Raises:
        ConfigError: there are not enough free ids.
    """
    taken = set(names)
    free = (name for n in range(1, MAX_IDS + 1) if (name := f"{prefix}{n:03d}") not in ids)
    out: list[Draft] = []
    for members in groups:
        made = _drafted(members)
        if made is None:
            continue
        found = next(free, None)
        if found is None:
            raise ConfigError(f"--prefix {prefix}: all of its {MAX_IDS} ids are taken; take another, or fewer rules")
        name = _free(made.name, taken)
        taken.add(name)
        out.append(replace(made, id=found, name=name))
    return out


def _drafted(members: tuple[Candidate, ...]) -> Draft | None:
    first = members[0]
    shown = " ".join(first.template)
    owner = first.evidence.owner
    name, summary = shown, f'A line that recurs on {owner or "many sites"}: "{shown}"'
    if len(members) > 1 and owner is not None:
        name, summary = f"{owner} chrome", f"Lines that recur on the pages of {owner}"
    elif len(members) > 1:
        name, summary = f"{shown} and others", f'Lines that recur on the same sites, such as "{shown}"'
    languages = usual_languages(sum((member.evidence.languages for member in members), Counter()))
    base = Draft("", _slug(name, languages), summary, members, tuple(languages))
    base = replace(base, position=first.position)
    if first.phrases:
        phrases = tuple((line, member) for member in members for line in member.phrases)
        return replace(base, phrases=phrases, drop=tuple(line for line, _ in phrases)[:DROP_EXAMPLES])
    lines = first.evidence.sample.lines
    match = pattern(first.template)
    compiled = compile_pattern(match)
    fitting = tuple(line for line in lines if compiled.search(line))
    if len(fitting) < len(lines) / 2:
        return None
    max_words = None if OPEN_SLOTS.isdisjoint(first.template) else first.evidence.max_words + SPARE_WORDS
    return replace(base, match=match, max_words=max_words, drop=fitting[:DROP_EXAMPLES])


def _slug(shown: str, languages: list[str]) -> str:
    """A name from the words, in ASCII; where nothing is left of them, from the language."""
    plain = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode().lower()
    found = re.findall(r"[a-z0-9]+", plain)
    slug = "-".join(found[:MAX_NAME_WORDS])[:60].strip("-")
    return slug or "-".join((*languages[:1], "line"))


def _free(name: str, taken: Collection[str]) -> str:
    candidate, n = name, 1
    while candidate in taken:
        n += 1
        candidate = f"{name}-{n}"
    return candidate
