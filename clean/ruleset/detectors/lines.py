"""Lines that the line model takes for chrome; docs/models/lines.md says what it was made from, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from clean.document import Segment
from clean.ruleset.detectors.base import ModelDetector, Opinion, Options
from clean.ruleset.detectors.titles import title_index
from clean.ruleset.view import View, count_words

if TYPE_CHECKING:
    from clean.lines.reading import Reading

TITLE_WORDS = (2, 30)
FEWEST_ROUNDS, MOST_ROUNDS = 2, 16
LINES_AGAIN = 20_000
"""Lines that all rounds of one pass may look at before the lower bound holds."""


def find_lines(view: View, options: Options, ruled: Any) -> Iterator[tuple[int, float]]:
    """The lines that the model takes, with their probability of not being content.

    What is left is judged again, as if all that goes had never been there, until nothing more goes: a pass over the
    document for each round would find the same, and take longer.
    """
    import numpy as np

    from clean.lines.reading import Reading

    places = np.arange(len(view))
    reading = Reading(view.segments, view.language)
    rounds = max(FEWEST_ROUNDS, min(MOST_ROUNDS, LINES_AGAIN // max(len(view), 1)))
    for _ in range(rounds):
        state = (dict(options), reading.language, reading.languages)
        if not ruled.any() and _is_settled(view.segments, state):
            return
        taken = _taken(view, reading, options, ruled) if _is_judged(view, options) else {}
        if not taken:
            if not ruled.any():
                _settle(view.segments, state)
            return
        for i, score in taken.items():
            yield int(places[i]), score
        stays = ruled == 0
        stays[list(taken)] = False
        kept = np.flatnonzero(stays)
        places = places[kept]
        reading = reading.only(kept)
        view = View(reading.segments, view.language, view.chosen)
        ruled = np.zeros(len(kept), dtype=np.float32)


def _settle(segments: Sequence[Segment], state: object) -> None:
    """Note that the model, asked in this state about just these segments, took none."""
    for segment in segments:
        if segment.features is not None:
            segment.features.settled = state


def _is_settled(segments: Sequence[Segment], state: tuple[object, str, list[str]]) -> bool:
    """Whether that was noted; a text that changed since has lost the note."""
    before = segments[0].features.settled if segments and segments[0].features is not None else None
    return before == state and all(one.features is not None and one.features.settled is before for one in segments)


def _taken(view: View, reading: Reading, options: Options, ruled: Any) -> dict[int, float]:
    import numpy as np

    from clean.lines.decide import chosen
    from clean.lines.model import model

    judge = model()
    probability = judge.probabilities(reading, ruled, options["threshold"])
    if probability is None:
        return {}
    words = reading.words(judge.lexicon, judge.known).counts
    goes = chosen(probability, words, options["threshold"], options["budget"])
    title = title_index(view, *TITLE_WORDS)
    return {i: round(float(probability[i]), 4) for i in np.flatnonzero(goes & (ruled == 0)).tolist() if i != title}


def _is_judged(view: View, options: Options) -> bool:
    """Without prose there is nothing to tell chrome from: a poem, a list, a table, a page of links look alike.

    Of a page, the model of pages has judged already, and by more than words: the markup.
    """
    return not view.chosen and view.first_prose is not None and len(view) >= options["min_lines"]


def explain_line(view: View, options: Options, ruled: Any, place: int) -> Opinion | None:
    """The model's probability for one line, its main reasons, and what follows; None where it says nothing."""
    from clean.lines.decide import needed
    from clean.lines.model import model
    from clean.lines.reading import Reading

    if not _is_judged(view, options):
        return None
    score, reasons = model().reasons(Reading(view.segments, view.language), ruled, place)
    least = float(needed(count_words(view.segments[place].text), options["threshold"]))
    found = dict(find_lines(view, options, ruled))
    if ruled[place]:
        outcome = "a rule has the line"
    elif place in found and score > least:
        outcome = f"removes the line: a line of its length goes above {least:.3f}"
    elif place in found:
        outcome = f"removes the line: above {least:.3f}, what a line of its length needs, once others are gone"
    elif score <= least:
        outcome = f"stays: a line of its length goes above {least:.3f}"
    elif place == title_index(view, *TITLE_WORDS):
        outcome = "stays: it reads like the title"
    elif not found:
        outcome = "stays: at first sight nothing here looks like chrome"
    else:
        outcome = "stays: with surer lines the document would lose more than the budget"
    return Opinion(score, tuple(reasons), outcome)


def model_fingerprint() -> str:
    """sha256, in hex, of the model's files."""
    from clean.lines.model import fingerprint

    return fingerprint()


LINE_MODEL = ModelDetector(
    find_lines, explain_line, model_fingerprint, defaults={"threshold": 0.93, "budget": 0.004, "min_lines": 3}
)
