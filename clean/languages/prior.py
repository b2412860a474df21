"""What the rest of a document says about one of its segments: posteriors from likelihoods, all segments at once.

A document is modelled as a chain. A segment is in the language of its neighbour with some probability, the stickiness,
and otherwise in a language drawn from those of the document's other segments. The stickiness is read off the document:
in a page where a foreign block ends the article it comes out high, where languages alternate line by line it is nil.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

BLOCK = 8192
"""Segments that are weighed at once: a document of a million lines must not hold a dozen tables of all its lines."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The parameters of the document model, chosen on development documents (docs/language.md)."""

    own: float = 0.45
    """Factor of a segment's log-likelihoods: its letters depend on each other more than the models know."""
    document: float = 0.95
    """Share of the prior that the other segments have; the rest is equal for all languages."""
    heaviest: float = 200.0
    """Letters from which a segment's vote for the others' prior grows no more."""
    rounds: int = 3
    """How often posteriors and prior are computed from each other, and how many segments far a neighbour is heard."""
    stickiness: float = 0.2
    """What the stickiness is taken for before the document is looked at, with the weight of `doubt` segments."""
    doubt: float = 2.0
    stickiest: float = 0.9
    strange: float = 0.001
    """Share of segments taken to be in no candidate language before they are looked at."""
    majority: float = 0.5
    """Exponent of a segment's letters in the vote for the document's language: at 0 a line is a vote, at 1 a letter is.
    In between, neither a page of short foreign lines nor one long foreign notice outvotes an article."""


def posteriors(likelihoods: Array, votes: Array, weights: Weights) -> Array:
    """Probabilities of each language (columns) for each segment (rows).

    Args:
        likelihoods: log-likelihoods; rows of zeros where there is no evidence.
        votes: how many letters each row speaks for; a segment of none has no say in the others' prior.
    """
    # Here a language is a row, so that what is done with all segments is done along memory, and in place.
    own = likelihoods.T.astype(float, order="C")
    own *= weights.own
    np.exp(np.maximum(own, -200.0, out=own), out=own)
    votes = np.minimum(votes, weights.heaviest)
    total = np.maximum(votes.sum() - votes, 0.0)
    uniform = 1 / len(own)
    share = np.where(total > 0, weights.document / np.maximum(total, 1.0), 0.0)
    rest = np.where(total > 0, (1 - weights.document) * uniform, uniform)
    posterior = _normal(own.copy())
    prior = np.empty_like(own)
    for _ in range(weights.rounds):
        np.multiply(posterior, votes, out=prior)
        np.subtract(prior.sum(axis=1, keepdims=True), prior, out=prior)
        np.maximum(prior, 0.0, out=prior)
        prior *= share
        prior += rest
        _normal(np.multiply(own, prior, out=posterior))
    if own.shape[1] == 1:
        return posterior.T
    stickiness = _stickiness(posterior, weights)
    for part in _blocks(own.shape[1]):
        # No message comes from further away than there are rounds, so that much around a block makes it complete.
        first, last = max(part.start - weights.rounds, 0), min(part.stop + weights.rounds, own.shape[1])
        heard = _with_neighbours(own[:, first:last], prior[:, first:last], stickiness, weights.rounds)
        posterior[:, part] = heard[:, part.start - first : part.stop - first]
    return posterior.T


def _with_neighbours(own: Array, prior: Array, stickiness: float, rounds: int) -> Array:
    """Posteriors of adjacent segments that tell each other what they are."""
    # Messages from either side, each without what this segment told its neighbours: nothing is counted twice.
    left, right = prior.copy(), prior.copy()
    fresh = (1 - stickiness) * prior
    told = np.empty_like(own)
    for _ in range(rounds):
        _normal(np.multiply(own, left, out=told))
        told *= stickiness
        np.add(told[:, :-1], fresh[:, 1:], out=left[:, 1:])
        _normal(np.multiply(own, right, out=told))
        told *= stickiness
        np.add(told[:, 1:], fresh[:, :-1], out=right[:, :-1])
    np.multiply(own, left, out=told)
    told *= right
    told /= prior
    return _normal(told)


def _blocks(size: int) -> Iterator[slice]:
    for start in range(0, size, BLOCK):
        yield slice(start, min(start + BLOCK, size))


def familiar(strangeness: Array, weights: Weights) -> Array:
    """The probability of each segment's being in one of the candidate languages at all."""
    odds = np.exp(np.minimum(weights.own * strangeness, 50.0)) * weights.strange / (1 - weights.strange)
    shares: Array = 1 / (1 + odds)
    return shares


def document_language(posterior: Array, votes: Array, weights: Weights) -> int:
    """The column of the document's language: that of most lines, long ones more."""
    votes = np.where(votes > 0, votes**weights.majority, 0.0)
    return int((votes @ posterior).argmax())


def _stickiness(posterior: Array, weights: Weights) -> float:
    """How much more often neighbours are in one language than segments drawn at random would be."""
    pairs = posterior.shape[1] - 1
    alike = float((posterior[:, 1:] * posterior[:, :-1]).sum())
    by_chance = pairs * float((posterior.mean(axis=1) ** 2).sum())
    found: float = (alike - by_chance + weights.doubt * weights.stickiness) / (pairs - by_chance + weights.doubt)
    return min(max(found, 0.0), weights.stickiest)


def _normal(odds: Array) -> Array:
    """Odds as probabilities, in their place."""
    odds /= np.maximum(odds.sum(axis=0), 1e-300)
    return odds
