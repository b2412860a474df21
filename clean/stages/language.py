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
    from clean.languages import Model

MIN_SCORE = 0.5
"""Probability below which a segment is undetermined."""


class Language:
    """Labels segments by their own evidence and the rest of the document's."""

    def __init__(self, config: LanguageConfig) -> None:
        self.config = config

    def __call__(self, document: Document) -> Document:
        if self.config.backend == "none":
            return document
        self._weigh([segment for segment in document.segments if segment.evidence is None])
        self._label(document)
        return document

    @cached_property
    def model(self) -> Model:
        from clean.languages import load

        return load(self.config.backend, self.config.candidates)

    def _weigh(self, segments: list[Segment]) -> None:
        """Cache the evidence of segments: number of letters, and log-likelihoods."""
        from clean.languages.evidence import evidence

        if not segments:
            return
        texts = [evidence(segment.text) for segment in segments]
        found = self.model.likelihoods(texts)
        for segment, text, row in zip(segments, texts, found, strict=True):
            segment.evidence = (sum(map(str.isalpha, text)), row)

    def _label(self, document: Document) -> None:
        import numpy as np

        from clean.languages.prior import Weights, posteriors

        document.language = UNDETERMINED
        if not document.segments:
            return
        sizes = np.array([segment.evidence[0] for segment in document.segments], dtype=float)
        rows = np.stack([segment.evidence[1] for segment in document.segments])
        posterior = posteriors(rows, sizes, Weights())
        best = posterior.argmax(axis=1)
        scores = posterior[np.arange(len(best)), best]
        share: Any = (posterior * np.minimum(sizes, 200)[:, None]).sum(axis=0)
        languages = self.model.languages
        if sizes.sum():
            document.language = languages[int(share.argmax())]
        for segment, size, column, score in zip(document.segments, sizes, best, scores, strict=True):
            sure = size > 0 and score >= MIN_SCORE
            segment.language = languages[column] if sure else UNDETERMINED
            segment.score = float(score) if sure else 0.0
        number_runs(document)


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
