"""Finds what a set of rules matches in a document.

All patterns, and the prefilters of line detectors, are compiled together: a line that nothing matches costs one scan.
What a rule finds in a line's own text is kept with the segment between passes; conditions on the surroundings are asked
anew each time.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from clean.document import UNDETERMINED, Segment
from clean.errors import RuleError
from clean.recent import LONGEST_LINE, Recent
from clean.ruleset.detectors import DETECTORS, LineDetector, ModelDetector
from clean.ruleset.detectors.base import Match
from clean.ruleset.pattern import PatternSet, compile_pattern
from clean.ruleset.rule import Rule
from clean.ruleset.view import View, normalised
from clean.ruleset.where import holds

SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
"""RE2 reads UTF-8, which has no lone surrogates; a stand-in of the same length keeps positions."""


OPENING = re.compile(r"\W*+(\w*+)(?:\W++(\w+))?")


class Hit(NamedTuple):
    """A rule's claim on `[start, end)` of the segment of that number."""

    segment: int
    start: int
    end: int
    rule: Rule
    value: str | None = None
    language: str | None = None
    """Of the words that were recognised, where they are of one language."""
    score: float | None = None
    """The probability that a model gave."""


class Found(NamedTuple):
    """What a rule found in a line's own text; `rule` is the rule's place among the active ones."""

    rule: int
    start: int
    end: int
    value: str | None = None
    language: str | None = None


class Claim(NamedTuple):
    """What a rule found, before anybody asks whether its conditions hold for the segments `members`."""

    rule: Rule
    members: Sequence[int]
    hits: tuple[Hit, ...]
    matches: int = 1
    """For scope `block`: how many of the members match."""

    def holds(self, view: View) -> bool:
        """Whether all conditions but `next_to` hold."""
        return holds(self.rule.where, view, self.members, self.matches)


class Matcher:
    """A compiled set of rules."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._scanned: list[int] = []
        patterns: list[str] = []
        self._phrases: dict[str, list[int]] = {}
        self._across: list[tuple[int, Any, dict[str, Any]]] = []
        self.models: list[tuple[Rule, ModelDetector, dict[str, Any]]] = []
        """Rules that score lines when the others have spoken, with their options."""
        self._line_detectors: dict[int, tuple[LineDetector, dict[str, Any]]] = {}
        for i, rule in enumerate(self.rules):
            if rule.match is not None:
                patterns.append(rule.match)
                self._scanned.append(i)
            elif rule.detector is not None:
                detector = DETECTORS[rule.detector]
                options = detector.checked(rule.options)
                if isinstance(detector, LineDetector):
                    self._line_detectors[i] = (detector, options)
                    prefilter = detector.prefilter
                    patterns.append(prefilter if isinstance(prefilter, str) else prefilter(options))
                    self._scanned.append(i)
                elif isinstance(detector, ModelDetector):
                    self.models.append((rule, detector, options))
                else:
                    self._across.append((i, detector, options))
            for phrase in rule.phrases:
                self._phrases.setdefault(normalised(phrase), []).append(i)
        self._longest_phrase = max(map(len, self._phrases), default=0)
        self._recent: Recent[tuple[Found, ...]] = Recent()
        self._openings = frozenset(map(_opening, self._phrases))
        try:
            self.patterns = PatternSet(patterns)
        except ValueError as error:
            raise _unreadable(self.rules) or error from None

    def find(self, view: View) -> list[Hit]:
        """All claims whose conditions hold (`next_to` apart), in order of place, then of rule id."""
        hits = _not_too_often([hit for claim in self.claims(view) if claim.holds(view) for hit in claim.hits])
        if self.models and view.segments:
            taken = ruled(view, hits)
            for rule, detector, options in self.models:
                hits += [
                    Hit(i, 0, len(view.segments[i].text), rule, score=score)
                    for i, score in detector.find(view, options, taken)
                    if holds(rule.where, view, (i,))
                ]
        hits.sort(key=lambda hit: (hit.segment, hit.start, hit.rule.id, hit.end))
        return hits

    def claims(self, view: View) -> Iterator[Claim]:
        """All that the rules found, whether or not their conditions hold."""
        in_blocks: dict[int, list[int]] = {}
        for index, segment in enumerate(view.segments):
            if segment.hits is None:
                segment.hits = self._found(segment.text)
            for found in segment.hits:
                rule = self.rules[found.rule]
                if rule.scope == "block":
                    in_blocks.setdefault(found.rule, []).append(index)
                else:
                    yield Claim(rule, (index,), (_hit(rule, index, len(segment.text), found[1:]),))
        for i, indices in in_blocks.items():
            yield from self._blocks(self.rules[i], indices, view)
        for i, detector, options in self._across:
            yield from self._found_across(self.rules[i], detector, options, view)

    def _found(self, text: str) -> tuple[Found, ...]:
        if len(text) > LONGEST_LINE:
            return tuple(self._in_line(text))
        found = self._recent.get(text)
        if found is None:
            found = tuple(self._in_line(text))
            self._recent.put(text, found)
        return found

    def _in_line(self, text: str) -> Iterator[Found]:
        try:
            matching = self.patterns.match(text)
        except UnicodeEncodeError:
            text = text.translate(SURROGATES)
            matching = self.patterns.match(text)
        for scanned in matching:
            i = self._scanned[scanned]
            rule = self.rules[i]
            if i in self._line_detectors:
                detector, options = self._line_detectors[i]
                for match in detector.find(text, options):
                    yield Found(i, *match)
            elif rule.scope != "span" and rule.action != "capture":
                yield Found(i, 0, len(text))
            else:
                yield from _matches(i, self.patterns.alone(scanned, text), text)
        if len(text) <= 2 * self._longest_phrase + 8 and _opening(text.casefold()) in self._openings:
            for i in self._phrases.get(normalised(text), ()):
                yield Found(i, 0, len(text))

    def _blocks(self, rule: Rule, indices: list[int], view: View) -> Iterator[Claim]:
        done = -1
        for index in indices:
            if index <= done:
                continue
            members = _block(rule.block, index, view)
            if not members:
                continue
            done = members[-1]
            count = bisect_right(indices, done) - bisect_left(indices, members[0])
            hits = tuple(Hit(i, 0, len(view.segments[i].text), rule) for i in members)
            yield Claim(rule, members, hits, count)

    def _found_across(self, rule: Rule, detector: Any, options: dict[str, Any], view: View) -> Iterator[Claim]:
        for start, end, value, language in detector.find(view, options):
            first, last = view.index(start), view.index(end - 1)
            members = range(first, last + 1)
            hits: list[Hit] = []
            for i in members:
                at, size = view.starts[i], len(view.segments[i].text)
                lo, hi = max(start, at) - at, min(end, at + size) - at
                if lo < hi:
                    hits.append(_hit(rule, i, size, Match(lo, hi, value, language)))
            yield Claim(rule, members, tuple(hits))


def _opening(folded: str) -> tuple[str, str | None]:
    """The first two words of a line in lower case: enough to tell most lines from any phrase."""
    return OPENING.match(folded).groups()  # type: ignore[union-attr, return-value]  # it matches any text


def is_whole(hit: Hit, view: View) -> bool:
    """Whether a claim leaves nothing of its line, so that the line goes as one."""
    text = view.segments[hit.segment].text
    return hit.rule.action != "replace" and not text[: hit.start].strip() and not text[hit.end :].strip()


def ruled(view: View, hits: Iterable[Hit]) -> Any:
    """Of each segment, 1 where a rule of its own accord takes it out, else 0."""
    import numpy as np

    out = np.zeros(len(view), dtype=np.float32)
    for hit in hits:
        if hit.rule.action == "flag" or hit.rule.keep_text or hit.rule.where.next_to is not None:
            continue
        if is_whole(hit, view):
            out[hit.segment] = 1
    return out


def _matches(i: int, pattern: Any, text: str) -> Iterator[Found]:
    named = "value" in pattern.groupindex
    for match in pattern.finditer(text):
        if match.end() > match.start():
            value = match.group("value") if named else match.group(1) if pattern.groups else match.group()
            yield Found(i, match.start(), match.end(), value)


def _unreadable(rules: Sequence[Rule]) -> RuleError | None:
    """The error of the first rule whose pattern RE2 does not read."""
    for rule in rules:
        try:
            compile_pattern(rule.match or "")
        except ValueError as error:
            return RuleError(
                f"{rule.pack}:{rule.line}: {rule.id}: match: not a regular expression that RE2 reads: {error}"
            )
    return None


def _not_too_often(hits: list[Hit]) -> list[Hit]:
    counts = Counter(hit.rule.id for hit in hits)
    return [hit for hit in hits if hit.rule.where.max_hits is None or counts[hit.rule.id] <= hit.rule.where.max_hits]


def _hit(rule: Rule, segment: int, size: int, match: tuple[int, int, str | None, str | None]) -> Hit:
    """Scope `line` claims the whole line, whatever part of it matched."""
    start, end, value, language = match
    if rule.scope == "line":
        start, end = 0, size
    return Hit(segment, start, end, rule, value, language or (rule.languages[0] if len(rule.languages) == 1 else None))


def _block(kind: str, index: int, view: View) -> range:
    """The segments of the block that holds `index`; none where there is no such block."""
    if kind == "document":
        return range(len(view))
    if kind == "paragraph":
        group = view.segments[index].group
        return _around(index, view, inside=lambda segment: segment.group == group)
    run = view.segments[index].foreign_run
    if run is None:
        return range(0)
    return _around(
        index,
        view,
        inside=lambda segment: segment.foreign_run == run,
        # A line in no language, such as an address, belongs to the run that it stands in.
        between=lambda segment: segment.foreign_run is None and segment.language == UNDETERMINED,
    )


def _around(
    index: int,
    view: View,
    inside: Callable[[Segment], bool],
    between: Callable[[Segment], bool] = lambda segment: False,
) -> range:
    """The stretch around `index` whose segments are `inside`, others `between` those allowed."""
    reach = []
    for step in (-1, 1):
        last = at = index
        while 0 <= at + step < len(view):
            at += step
            if inside(view.segments[at]):
                last = at
            elif not between(view.segments[at]):
                break
        reach.append(last)
    return range(reach[0], reach[1] + 1)
