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
"""Probability below which a segment is undetermined: a label is right more often than not."""

CHINESE = "zh"


class Language:
    """Labels segments by their own evidence and the rest of the document's.

    Sets `language`, `score` and `foreign_run` of each segment and the document's language. The result depends on the
    texts of the segments and their order alone. What a text says for itself is kept in `segment.evidence`.
    """

    def __init__(self, config: LanguageConfig) -> None:
        self.config = config

    def __call__(self, document: Document) -> Document:
        if self.config.backend == "none":
            return document
        document.language = UNDETERMINED
        if document.segments:
            self._weigh([segment for segment in document.segments if segment.evidence is None])
            self._label(document)
            if self.config.chinese_script:
                _name_chinese_scripts(document)
            _number_runs(document)
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

        from clean.languages.prior import Weights, familiar, posteriors

        weights = Weights()
        evidence = [segment.evidence for segment in document.segments]
        known = familiar(np.array([found.strangeness for found in evidence]), weights)
        votes = np.array([found.votes for found in evidence])
        likelihoods = np.concatenate([found.likelihoods for found in evidence]).reshape(len(evidence), -1)
        posterior = posteriors(likelihoods, votes * known, weights)
        return posterior * known[:, None], votes

    def _label(self, document: Document) -> None:
        from clean.languages.prior import Weights, document_language

        posterior, votes = self.posterior(document)
        best = posterior.argmax(axis=1).tolist()
        scores = posterior.max(axis=1).tolist()
        languages = self.weigher.languages
        for segment, column, score in zip(document.segments, best, scores, strict=True):
            sure = segment.evidence.letters > 0 and score >= MIN_SCORE
            segment.language = languages[column] if sure else UNDETERMINED
            segment.score = score if sure else 0.0
        language = languages[document_language(posterior, votes, Weights())]
        if any(segment.language == language for segment in document.segments):
            document.language = language


def _number_runs(document: Document) -> None:
    """Number the runs of adjacent segments in one language other than the document's; `und` does not end one."""
    run = -1
    previous = None
    for segment in document.segments:
        segment.foreign_run = None
        if segment.language == UNDETERMINED:
            continue
        if segment.language != document.language:
            run += segment.language != previous
            segment.foreign_run = run
        previous = segment.language


def _name_chinese_scripts(document: Document) -> None:
    """Turn `zh` into `zh-Hans` or `zh-Hant`, by a segment's own characters or else the document's."""
    from clean.languages.scripts import chinese_script

    chinese = [segment for segment in document.segments if segment.language == CHINESE]
    scripts = [chinese_script(segment.text) for segment in chinese]
    known = [script for script in scripts if script]
    usual = max(sorted(set(known)), key=known.count, default=None)
    for segment, script in zip(chinese, scripts, strict=True):
        if script or usual:
            segment.language = f"{CHINESE}-{script or usual}"
    if usual and document.language == CHINESE:
        document.language = f"{CHINESE}-{usual}"
