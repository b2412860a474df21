"""Lines that the line model takes for chrome. See docs/models/lines.md for what it was made from, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clean.ruleset.detectors.base import ModelDetector, Options
from clean.ruleset.detectors.titles import title_index
from clean.ruleset.view import View

TITLE_WORDS = (1, 30)


def find_lines(view: View, options: Options, ruled: Any) -> Iterator[tuple[int, float]]:
    """The lines that the model takes, with their probability of not being content."""
    import numpy as np

    from clean.lines.decide import decide
    from clean.lines.model import model

    if len(view) < options["min_lines"]:
        return
    probability = model().probabilities(view.segments, view.language, ruled)
    goes = decide(probability, [segment.text for segment in view.segments], options["threshold"], options["budget"])
    title = title_index(view, *TITLE_WORDS)
    for i in np.flatnonzero(goes & (ruled == 0)).tolist():
        if i != title:
            yield i, round(float(probability[i]), 4)


def explain_line(view: View, ruled: Any, place: int) -> list[str]:
    """The model's main reasons for its verdict on one line."""
    from clean.lines.model import model

    return model().reasons(view.segments, view.language, ruled, place)


def model_fingerprint() -> str:
    """sha256, in hex, of the model's files."""
    from clean.lines.model import fingerprint

    return fingerprint()


LINE_MODEL = ModelDetector(find_lines, explain_line, model_fingerprint, defaults={"threshold": 0.88, "budget": 0.005, "min_lines": 3})
