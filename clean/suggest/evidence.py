"""What speaks for a template: texts, hosts, languages, lines as they were written; exact where few, else estimated.

Samples and distinct counts keep the smallest hashes, so that they are the same in whatever order documents come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from clean.document import UNDETERMINED
from clean.ruleset.view import count_words, normalised
from clean.suggest.page import Page

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clean.suggest.company import Company

EXACT = 128
"""Distinct things that are counted exactly; of more the number is an estimate, with a standard error of 9 %."""
SAMPLES = 24
"""Different lines of a template that are kept."""
MAX_HOSTS = 16
"""Hosts that documents are counted for: one of more hosts owns no line."""
OWNER_SHARE = 0.8
"""Share of a template's documents from which on it belongs to their host."""
MIN_LANGUAGE_SHARE = 0.2
"""Share of a template's lines from which on their language is one of the template's."""


def number(text: str) -> int:
    """A 64-bit hash, the same in every process."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class Distinct:
    """Counts distinct things by their hashes: the smallest are kept, and tell by their size how many there are."""

    __slots__ = ("_cut", "_smallest")

    def __init__(self) -> None:
        self._smallest: set[int] = set()
        self._cut = 1 << 64

    def add(self, found: int) -> None:
        if found >= self._cut or found in self._smallest:
            return
        self._smallest.add(found)
        if len(self._smallest) > 2 * EXACT:
            self._smallest = set(sorted(self._smallest)[:EXACT])
            self._cut = max(self._smallest)

    @property
    def count(self) -> int:
        smallest = sorted(self._smallest)[:EXACT]
        if len(smallest) < EXACT:
            return len(smallest)
        return round((EXACT - 1) * (1 << 64) / smallest[-1])

    @property
    def all(self) -> frozenset[int] | None:
        """The hashes of all things, or None where there are too many."""
        return frozenset(self._smallest) if len(self._smallest) < EXACT else None


def _plainness(line: str) -> tuple[bool, bool, str]:
    return line.isupper(), not line[:1].isalnum(), line


class Sample:
    """Lines that differ in more than case and punctuation, the ones with the smallest hashes."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[int, str] = {}

    def add(self, line: str) -> None:
        found = number(normalised(line))
        if found in self._kept:
            self._kept[found] = min(self._kept[found], line, key=_plainness)
            return
        if len(self._kept) >= SAMPLES:
            largest = max(self._kept)
            if found > largest:
                return
            del self._kept[largest]
        self._kept[found] = line

    @property
    def lines(self) -> list[str]:
        return [self._kept[found] for found in sorted(self._kept)]

    @property
    def full(self) -> bool:
        """Whether there may be more different lines than are kept."""
        return len(self._kept) >= SAMPLES


@dataclass(slots=True)
class Evidence:
    """All that is known of one template."""

    level: int
    score: float
    documents: int
    places: int
    between: int
    head: int
    tail: int
    inside: int
    hosts: Distinct = field(default_factory=Distinct)
    by_host: Counter[str] | None = field(default_factory=Counter)
    """Its documents on each host, or None where there are too many hosts."""
    identities: tuple[Distinct, Distinct] = field(default_factory=lambda: (Distinct(), Distinct()))
    sample: Sample = field(default_factory=Sample)
    languages: Counter[str] = field(default_factory=Counter)
    max_words: int = 0

    @property
    def texts(self) -> int:
        """Different main texts that it stands on: copies of an article count as one."""
        return min(self.documents, max(distinct.count for distinct in self.identities))

    @property
    def damage(self) -> float:
        """Share of places between paragraphs that are kept."""
        return self.between / max(1, self.places)

    @property
    def owner(self) -> str | None:
        """The host that all but few of its documents come from, if there is one."""
        if not self.by_host:
            return None
        times, host = max((times, host) for host, times in self.by_host.items())
        return host if times >= OWNER_SHARE * self.documents else None

    def add_page(self, page: Page, host: int) -> None:
        """Take in a page that has the template; once for each."""
        self.hosts.add(host)
        for distinct, identity in zip(self.identities, page.identity, strict=True):
            distinct.add(identity)
        if self.by_host is not None:
            self.by_host[page.host] += 1
            if len(self.by_host) > MAX_HOSTS:
                self.by_host = None

    def add_line(self, text: str, language: str) -> None:
        """Take in a line of the template."""
        self.sample.add(text)
        self.languages[language] += 1
        self.max_words = max(self.max_words, count_words(text))


def usual_languages(languages: Mapping[str, int]) -> list[str]:
    """Those of lines in several languages that count, the most frequent first; empty when nothing says."""
    known = {name: times for name, times in languages.items() if name != UNDETERMINED}
    enough = MIN_LANGUAGE_SHARE * sum(known.values())
    return sorted((n for n, times in known.items() if times >= enough), key=lambda name: (-known[name], name))


def gather(pages: Iterable[Page], company: Company, wanted: NDArray[Any]) -> list[Evidence]:
    """The evidence for the tracked templates whose places are `wanted`; the pages come with their lines."""
    found: dict[int, Evidence] = {}
    chosen = {int(i) for i in wanted}
    for page in pages:
        ids = company.ids(page.keys)
        rows, levels = (ids >= 0).nonzero()
        hits = [
            (int(row), int(level), int(ids[row, level]))
            for row, level in zip(rows, levels, strict=True)
            if int(ids[row, level]) in chosen
        ]
        if not hits:
            continue
        lines = page.lines
        host = number(page.host)
        for level, i in sorted({(level, i) for _, level, i in hits}):
            if i not in found:
                found[i] = _start(company, i, level)
            found[i].add_page(page, host)
        for row, _, i in hits:
            found[i].add_line(*lines[row])
    return [found[i] for i in sorted(found)]


def _start(company: Company, i: int, level: int) -> Evidence:
    return Evidence(
        level=level,
        score=float(company.lower[i]),
        documents=int(company.pages[i]),
        places=int(company.places[i]),
        between=int(company.between[i]),
        head=int(company.head[i]),
        tail=int(company.tail[i]),
        inside=int(company.inside[i]),
    )
