"""Lines that the line model takes for chrome; docs/models/lines.md says what it was made from, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clean.ruleset.detectors.base import ModelDetector, Opinion, Options
from clean.ruleset.detectors.titles import title_index
from clean.ruleset.view import View, count_words

TITLE_WORDS = (2, 30)


def find_lines(view: View, options: Options, ruled: Any) -> Iterator[tuple[int, float]]:
    """The lines that the model takes, with their probability of not being content."""
    import numpy as np

    from clean.lines.decide import decide
    from clean.lines.model import model

    if not _is_judged(view, options):
        return
    probability = model().probabilities(view.segments, view.language, ruled)
    texts = [segment.text for segment in view.segments]
    goes = decide(probability, texts, options["threshold"], options["budget"])
    title = title_index(view, *TITLE_WORDS)
    for i in np.flatnonzero(goes & (ruled == 0)).tolist():
        if i != title:
            yield i, round(float(probability[i]), 4)


def _is_judged(view: View, options: Options) -> bool:
    """Without prose there is nothing to tell chrome from: a poem, a list, a table, a page of links look alike.

    Of a page, the model of pages has judged already, and by more than words: the markup.
    """
    return not view.chosen and view.first_prose is not None and len(view) >= options["min_lines"]


def explain_line(view: View, options: Options, ruled: Any, place: int) -> Opinion | None:
    """The model's probability for one line, its main reasons, and what follows; None where it says nothing."""
    from clean.lines.decide import needed
    from clean.lines.model import model

    if not _is_judged(view, options):
        return None
    score, reasons = model().reasons(view.segments, view.language, ruled, place)
    least = needed(count_words(view.segments[place].text), options["threshold"])
    if ruled[place]:
        outcome = "a rule has the line"
    elif score <= least:
        outcome = f"stays: a line of its length goes above {least:.3f}"
    elif place == title_index(view, *TITLE_WORDS):
        outcome = "stays: it reads like the title"
    elif any(i == place for i, _ in find_lines(view, options, ruled)):
        outcome = f"removes the line: a line of its length goes above {least:.3f}"
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
