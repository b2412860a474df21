"""What the rest of a document says about one of its segments: posteriors from likelihoods, all segments at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a segment's own words, its document and its neighbours count."""

    own: float = 0.5
    """n-grams overlap, so that their log-likelihoods count one character several times: this undoes it."""
    document: float = 0.9
    neighbours: float = 0.05
    heaviest: float = 200.0
    """Characters from which a segment's vote in its document grows no more."""
    rounds: int = 3


def posteriors(likelihoods: NDArray[Any], sizes: NDArray[Any], weights: Weights) -> NDArray[Any]:
    """Probabilities of each language (columns) for each segment (rows).

    Args:
        likelihoods: log-likelihoods; rows of zeros where there is no evidence.
        sizes: characters of evidence in each segment; a segment of none does not vote.
    """
    languages = likelihoods.shape[1]
    own = weights.own * (likelihoods - likelihoods.max(axis=1, keepdims=True))
    votes = np.minimum(sizes, weights.heaviest)[:, None]
    uniform = (1 - weights.document - weights.neighbours) / languages
    posterior = _normal(own)
    for _ in range(weights.rounds):
        mass = posterior * votes
        others = mass.sum(axis=0) - mass
        total = votes.sum() - votes
        document = np.where(total > 0, others / np.maximum(total, 1), 1 / languages)
        near = np.zeros_like(posterior)
        near[1:] += posterior[:-1] / 2
        near[:-1] += posterior[1:] / 2
        prior = weights.document * document + weights.neighbours * near + uniform
        posterior = _normal(own + np.log(np.maximum(prior, 1e-12)))
    return posterior


def _normal(scores: NDArray[Any]) -> NDArray[Any]:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
