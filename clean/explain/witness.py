"""Watches the strip stage at work, pass by pass, and decides nothing itself.

The witness takes the stage's place in the pipeline, asks the same rule set and the same `Decision` the questions that
the stage is about to ask, and lets it go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from clean.cleaner import Cleaner
from clean.document import Document
from clean.explain.place import overlap
from clean.explain.verdict import Verdict, judged, opinions
from clean.offsets import Span
from clean.ruleset.view import View
from clean.stages.language import Language
from clean.stages.strip import Decision

RUNNERS_UP = 3
"""Languages told beside the likeliest."""

LEAST = 0.0005
"""Probability below which a language is not told."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A segment as one pass of the strip stage found it."""

    number: int
    """Of the pass, from 1."""
    source: Span
    text: str
    language: str
    score: float
    others: tuple[tuple[str, float], ...]
    """The likeliest languages besides, with their probabilities."""
    document_language: str
    verdicts: tuple[Verdict, ...]
    """Those that act first."""
    above: str | None
    below: str | None
    """The neighbours' texts; None at an end of the document."""


class Witness:
    """Stands in for the strip stage of `cleaner`, and looks at the segments that come from `span` of the source."""

    def __init__(self, cleaner: Cleaner, span: Span) -> None:
        self.cleaner = cleaner
        self.span = span
        self.sights: list[Sight] = []
        self.passes = 0

    def watched(self) -> Cleaner:
        """The cleaner, with this witness in its pipeline."""
        other = copy(self.cleaner)
        other.__dict__["stages"] = {**self.cleaner.stages, "strip": self}
        return other

    def __call__(self, document: Document) -> Document:
        self.passes += 1
        before = document.segments
        chosen = [i for i, one in enumerate(before) if overlap(one.alignment.source_span, self.span)]
        seen = self._seen(document, chosen) if chosen else []
        document = self.cleaner.stages["strip"](document)
        kept = set(map(id, document.segments))
        for i, sight in zip(chosen, seen, strict=True):
            untouched = id(before[i]) in kept and before[i].text == sight.text
            self.sights.append(_without_refused(sight) if untouched else sight)
        return document

    def _seen(self, document: Document, chosen: Sequence[int]) -> list[Sight]:
        ruleset = self.cleaner.ruleset
        view = View(document.segments, document.language, document.chosen)
        decision = Decision(view, ruleset.find(view, document))
        ignored = ruleset.ignored(document.origin.path)
        verdicts: dict[int, list[Verdict]] = {i: [] for i in chosen}
        for claim in ruleset.matcher.claims(view):
            for hit in claim.hits:
                if hit.segment in verdicts:
                    verdicts[hit.segment].append(judged(claim, hit, view, decision, claim.rule.id in ignored))
        for i in chosen:
            verdicts[i] += opinions(ruleset.matcher, view, decision, i, ignored)
        languages = self._languages(document, chosen)
        last = len(view) - 1
        return [
            Sight(
                number=self.passes,
                source=view.segments[i].alignment.source_span,
                text=view.segments[i].text,
                language=view.segments[i].language,
                score=view.segments[i].score,
                others=languages.get(i, ()),
                document_language=document.language,
                verdicts=tuple(sorted(verdicts[i], key=lambda one: (not one.won, one.rule.id, one.span))),
                above=view.segments[i - 1].text if i > 0 else None,
                below=view.segments[i + 1].text if i < last else None,
            )
            for i in chosen
        ]

    def _languages(self, document: Document, chosen: Sequence[int]) -> dict[int, tuple[tuple[str, float], ...]]:
        stage = self.cleaner.stages["language"]
        if not isinstance(stage, Language) or stage.config.backend == "none":
            return {}
        posterior, _ = stage.posterior(document)
        found: dict[int, tuple[tuple[str, float], ...]] = {}
        for i in chosen:
            segment = document.segments[i]
            if segment.evidence.letters:
                likely = zip(stage.weigher.languages, posterior[i].tolist(), strict=True)
                others = [(name, p) for name, p in likely if name != segment.language and p >= LEAST]
                found[i] = tuple(sorted(others, key=lambda one: (-one[1], one[0]))[:RUNNERS_UP])
        return found


def _without_refused(sight: Sight) -> Sight:
    """The sight of a segment that the stage left as it was: cuts that won were not made."""
    return replace(
        sight,
        verdicts=tuple(
            replace(one, won=False, outcome="is not done: what is left would call for new repairs")
            if one.won and one.rule.action in ("drop", "replace", "capture") and not one.rule.keep_text
            else one
            for one in sight.verdicts
        ),
    )
