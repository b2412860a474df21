"""Which templates become rules, and in which order.

A template is chosen when enough different texts carry it, its company is chrome, and hardly any of its lines stands
between paragraphs. One with a name or an open end as slot must have been seen with many fillings, for the rule will
match fillings that nobody has seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from clean.ruleset.view import count_words
from clean.suggest.evidence import Evidence
from clean.suggest.template import OPEN_SLOTS, SLOTS, Template, templates

MIN_SCORE = 0.5
"""Company from which on lines are chrome: on labelled pages, 97 % of the lines of such templates were."""
OPEN_MARGIN = 0.06
"""How much better the company of a template with open slots must be."""
MAX_DAMAGE = 0.1
MIN_TEXT_SHARE = 0.3
"""Different texts per document, below which lines come from copies of few texts."""
MIN_FILLINGS = 6
"""Different lines of a template with open slots."""
MIN_FILLING_SHARE = 0.3
"""Different lines per document of a template with open slots: fewer are a list of lines."""
VARIANTS = 3
"""Up to so many different lines are told as they are, not as a template."""
FLOOR = 0.35
"""The score at which support is worth nothing, for the order."""
WEIGHTS = (0.05, 0.1, 0.6, 1.0)
"""What support of lines of no word, one, two, and more is worth."""
SITE_SHARE = 0.05
"""Share of a host's documents that must carry what only that host has."""
CODE = re.compile(r'[{}<>;=\\]|":')
"""Lines of programs and data recur as well, and are content."""
SAME_HOSTS = 0.7
"""Share of hosts that two lines must have in common to be of one network of sites."""
MAX_MEMBERS = 200
"""Lines of one rule: more are not reviewed."""
MIN_PLACES = 20
"""Places that must have been seen before a condition on the position is made of them."""
MAX_INSIDE = 0.02
"""Share of places inside the prose up to which no condition on the position is needed."""
MIN_OUTSIDE = 0.6
"""Share of places that a condition on the position must leave."""
ONE_SIDE = 0.95
"""Share of places outside the prose that lie on one side of it."""
MIN_LETTERS = 2
"""Letters that a line must have: `Z` may stand for anything."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of candidates.

    Args:
        min_documents: documents with different main texts that must carry a line.
        min_hosts: hosts that it must stand on; with 1, chrome of single sites is suggested as well.
        max_rules: rules at most, the best first.
        min_score: how sure it must be that a line is chrome, from 0 to 1.
        language: only lines in this language.
        prefix: three capitals that the new ids begin with.
    """

    min_documents: int = 5
    min_hosts: int = 1
    max_rules: int = 100
    min_score: float = MIN_SCORE
    language: str | None = None
    prefix: str = "SUG"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Templates that make one rule: one, or those of one host that are whole lines."""

    template: Template
    evidence: Evidence
    phrases: tuple[str, ...] = ()
    """The lines as they are, where nothing in them varies."""

    @property
    def hosts(self) -> int:
        return min(self.evidence.documents, self.evidence.hosts.count)

    @property
    def worth(self) -> float:
        """What the order goes by: support, the more so the surer it is. A host with many documents counts less."""
        return sqrt(self.evidence.texts * self.hosts) * (self.evidence.score - FLOOR) * self.weight

    @property
    def words(self) -> int:
        return sum(count_words(word) for word in self.template if word not in SLOTS)

    @property
    def weight(self) -> float:
        """How little a line could be something else: one word may stand for anything."""
        return WEIGHTS[min(self.words, len(WEIGHTS) - 1)]

    @property
    def position(self) -> str | None:
        """Where the lines stand, if some that stand inside a text would be spared by a condition that costs little."""
        evidence = self.evidence
        outside = evidence.head + evidence.tail
        if evidence.places < MIN_PLACES or outside < MIN_OUTSIDE * evidence.places:
            return None
        if evidence.inside <= MAX_INSIDE * (outside + evidence.inside):
            return None
        if evidence.head >= ONE_SIDE * outside:
            return "head"
        return "tail" if evidence.tail >= ONE_SIDE * outside else "edge"

    def told(self) -> dict[str, Any]:
        """The template and its evidence as plain values, for JSON."""
        evidence = self.evidence
        return {
            "template": " ".join(self.template),
            "documents": evidence.documents,
            "texts": evidence.texts,
            "hosts": self.hosts,
            "site": evidence.owner,
            "lines": evidence.places,
            "damage": round(evidence.damage, 4),
            "score": round(evidence.score, 4),
            "lines_such_as": evidence.sample.lines,
        }


def choose(found: Sequence[Evidence], sizes: Mapping[str, int], options: Options) -> list[Candidate]:
    """The candidates, the best first; `sizes` are the documents of each host."""
    fitting = [
        candidate
        for evidence in found
        if (candidate := _candidate(evidence, options.min_score)) is not None
        and _is_supported(candidate, sizes, options)
    ]
    general = {candidate.template for candidate in fitting if not candidate.phrases and candidate.evidence.level}
    special = [c for c in fitting if c.evidence.level == 0 or not c.phrases]
    kept = [c for c in special if not _is_covered(c, general)]
    return sorted(kept, key=lambda c: (-c.worth, c.template, c.evidence.level))


def _candidate(evidence: Evidence, min_score: float) -> Candidate | None:
    lines = evidence.sample.lines
    template = templates(lines[0])[evidence.level]
    if template is None or sum(len(word) for word in template if word not in SLOTS) < MIN_LETTERS:
        return None
    if evidence.score < min_score or evidence.damage > MAX_DAMAGE or any(map(CODE.search, lines)):
        return None
    if OPEN_SLOTS.isdisjoint(template):
        phrases = tuple(lines) if len(lines) <= VARIANTS else ()
        return Candidate(template, evidence, phrases)
    if evidence.score < min_score + OPEN_MARGIN:
        return None
    enough = max(MIN_FILLINGS, MIN_FILLING_SHARE * evidence.documents)
    return Candidate(template, evidence) if evidence.sample.full or len(lines) >= enough else None


def _is_supported(candidate: Candidate, sizes: Mapping[str, int], options: Options) -> bool:
    evidence = candidate.evidence
    if (
        evidence.texts < max(options.min_documents, MIN_TEXT_SHARE * evidence.documents)
        or candidate.hosts < options.min_hosts
    ):
        return False
    return evidence.owner is None or evidence.documents >= SITE_SHARE * sizes.get(evidence.owner, 0)


def _is_covered(candidate: Candidate, general: set[Template]) -> bool:
    """Whether a more general template that is chosen as well takes in all its lines."""
    level = candidate.evidence.level
    return all(
        any(other in general for other in templates(line)[level + 1 :] if other is not None)
        for line in candidate.evidence.sample.lines
    )


def grouped(candidates: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """Candidates, the best first, in groups that make one rule each, the best first.

    Whole lines of one site go together, and so do those that stand on mostly the same hosts: the menus of a network of
    sites. A template stays alone.
    """
    groups: list[list[Candidate]] = []
    sites: dict[tuple[str, str | None], list[Candidate]] = {}
    networks: list[tuple[frozenset[int], str | None, list[Candidate]]] = []
    for candidate in candidates:
        group = _group(candidate, sites, networks) if candidate.phrases else None
        if group is None:
            group = []
            groups.append(group)
            _open(candidate, group, sites, networks)
        if len(group) < MAX_MEMBERS:
            group.append(candidate)
    return [tuple(group) for group in sorted(groups, key=lambda group: -sum(member.worth for member in group))]


def _group(
    candidate: Candidate,
    sites: Mapping[tuple[str, str | None], list[Candidate]],
    networks: Sequence[tuple[frozenset[int], str | None, list[Candidate]]],
) -> list[Candidate] | None:
    """The group that a candidate belongs to, if there is one already."""
    owner, hosts = candidate.evidence.owner, candidate.evidence.hosts.all
    if owner is not None:
        return sites.get((owner, candidate.position))
    if hosts is None:
        return None
    for others, position, group in networks:
        if position == candidate.position and len(hosts & others) >= SAME_HOSTS * len(hosts | others):
            return group
    return None


def _open(
    candidate: Candidate,
    group: list[Candidate],
    sites: dict[tuple[str, str | None], list[Candidate]],
    networks: list[tuple[frozenset[int], str | None, list[Candidate]]],
) -> None:
    owner, hosts = candidate.evidence.owner, candidate.evidence.hosts.all
    if not candidate.phrases:
        return
    if owner is not None:
        sites[owner, candidate.position] = group
    elif hosts is not None:
        networks.append((hosts, candidate.position, group))
