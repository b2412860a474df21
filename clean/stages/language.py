"""Language: each segment, and the document, gets a language or `und`.

A segment's words are weak evidence when they are few, so that the rest of the document counts as well: what the other
segments are written in, and what its neighbours are. See docs/language.md for the policy and its measurements.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from clean.config import LanguageConfig
from clean.document import UNDETERMINED, Document, Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clean.languages.weigh import Weigher

MIN_SCORE = 0.5
"""Probability below which a segment is undetermined."""


class Language:
    """Labels segments by their own evidence and the rest of the document's."""

    def __init__(self, config: LanguageConfig) -> None:
        self.config = config

    def __call__(self, document: Document) -> Document:
        if self.config.backend == "none":
            return document
        document.language = UNDETERMINED
        if document.segments:
            self._weigh([segment for segment in document.segments if segment.evidence is None])
            self._label(document)
            number_runs(document)
        return document

    @cached_property
    def weigher(self) -> Weigher:
        from clean.languages import LANGUAGES, load
        from clean.languages.weigh import Weigher

        return Weigher(load(self.config.backend, self.config.candidates or LANGUAGES))

    def _weigh(self, segments: list[Segment]) -> None:
        """Cache the evidence of segments."""
        if segments:
            found = self.weigher([segment.text for segment in segments])
            for segment, evidence in zip(segments, found, strict=True):
                segment.evidence = evidence

    def posterior(self, document: Document) -> tuple[NDArray[Any], NDArray[Any]]:
        """The probability of each language (columns, in the weigher's order) for each segment, which has been weighed.

        With it comes how many letters of each segment count.
        """
        import numpy as np

        from clean.languages.prior import Weights, posteriors

        evidence = [segment.evidence for segment in document.segments]
        letters = np.array([found.letters for found in evidence])
        likelihoods = np.stack([found.likelihoods for found in evidence])
        return posteriors(likelihoods, letters, Weights()), letters

    def _label(self, document: Document) -> None:
        from clean.languages.prior import Weights, document_language

        posterior, letters = self.posterior(document)
        best = posterior.argmax(axis=1).tolist()
        scores = posterior.max(axis=1).tolist()
        languages = self.weigher.languages
        if letters.any():
            document.language = languages[document_language(posterior, letters, Weights())]
        for segment, column, score in zip(document.segments, best, scores, strict=True):
            sure = segment.evidence.letters > 0 and score >= MIN_SCORE
            segment.language = languages[column] if sure else UNDETERMINED
            segment.score = score if sure else 0.0


def number_runs(document: Document) -> None:
    """Number the runs of adjacent segments in one language other than the document's."""
    run = -1
    previous = None
    for segment in document.segments:
        foreign = segment.language not in (UNDETERMINED, document.language)
        if foreign and segment.language != previous:
            run += 1
        segment.foreign_run = run if foreign else None
        previous = segment.language
