"""What a line model does to texts, counted as the line and word figures of the benchmark."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

import numpy as np
from data import Text

from clean.ruleset.view import is_prose

PASSES = 16
HURT = 0.05
Choose = Callable[[Any, Any], Any]
"""From probabilities and words of lines to which of them go."""


def strip(text: Text, judge: Callable[[list[Any], Any], Any], choose: Choose) -> Any:
    """Of each line of the text, whether it goes: rules and model, again until nothing more goes.

    Args:
        judge: the model's probabilities of segments, given which of them rules take; None where none can go.
    """
    kept = np.arange(len(text.segments))
    ruled = text.ruled.copy()
    for _ in range(PASSES):
        if not len(kept):
            break
        segments = [text.segments[i] for i in kept]
        goes = ruled > 0
        if any(is_prose(segment.text) for segment in segments):
            probability = judge(segments, ruled)
            if probability is not None:
                words = np.array([sum(text.line_words[k].values()) for k in text.place[kept]])
                goes |= choose(probability, words)
        if not goes.any():
            break
        kept = kept[~goes]
        ruled = np.zeros(len(kept), dtype=np.float32)
    gone = np.ones(len(text.line_labels), dtype=bool)
    gone[text.place[kept]] = False
    return gone


class Tally:
    """Figures by source, and of pages in other languages than English."""

    def __init__(self) -> None:
        self.sources: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)

    def add(self, text: Text, gone: Any) -> None:
        labels = np.array(text.line_labels)
        content, boilerplate = labels == "content", labels == "boilerplate"
        words = np.array([sum(counts.values()) for counts in text.line_words])
        if text.main is None:
            if text.language != "en":
                t = self.sources[f"not en/{text.source}"]
                t["content"] += content.sum()
                t["lost"] += (content & gone).sum()
                t["tp"] += (boilerplate & gone).sum()
                t["fn"] += (boilerplate & ~gone).sum()
            return
        t = self.sources[text.source]
        t["pages"] += 1
        t["before"] += self._f1(text, np.zeros_like(gone))
        t["after"] += self._f1(text, gone)
        if not text.judged:
            return
        t["judged"] += 1
        t["tp"] += (boilerplate & gone).sum()
        t["fn"] += (boilerplate & ~gone).sum()
        t["fp"] += (content & gone).sum()
        all_words, lost = words[content].sum(), words[content & gone].sum()
        t["content"] += all_words
        t["lost"] += lost
        t["hurt"] += bool(all_words and lost / all_words > HURT)

    @staticmethod
    def _f1(text: Text, gone: Any) -> float:
        kept: collections.Counter[str] = collections.Counter()
        for i in np.flatnonzero(~gone):
            kept.update(text.line_words[i])
        size, wanted = kept.total(), (text.main or collections.Counter()).total()
        if not size or not wanted:
            return float(size == wanted)
        return 2 * (kept & (text.main or collections.Counter())).total() / (size + wanted)

    def show(self, title: str) -> None:
        for source, t in sorted(self.sources.items()):
            recall = t["tp"] / max(1, t["tp"] + t["fn"])
            damage = t["lost"] / max(1, t["content"])
            line = f"{title:12} {source:12} recall {recall:.3f}  damage {damage:.2%}"
            if t["pages"]:
                precision = t["tp"] / max(1, t["tp"] + t["fp"])
                line += (
                    f"  F1 {t['before'] / t['pages']:.4f} to {t['after'] / t['pages']:.4f}"
                    f"  precision {precision:.3f}  hurt {t['hurt'] / max(1, t['judged']):.1%}"
                )
            print(line, flush=True)
