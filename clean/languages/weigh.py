"""What a segment's own words say: the log-likelihood of each candidate language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clean.languages import Model
from clean.languages.evidence import evidence
from clean.languages.scripts import WEIGHTS, WRITERS, dominant

OTHER_SCRIPT = 6.0
"""What each letter of a script costs a language that is not written in it, up to `MAX_OTHER_SCRIPT`, in nats."""
MAX_OTHER_SCRIPT = 60.0

NO_KANA = 0.4
"""What each Han character costs Japanese in a text without kana, from the fifth: half of Japanese is kana."""
HAN_ALONE = 4
"""Han characters that stand without kana in Japanese as well: names, headings."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What one segment says for itself."""

    letters: float
    """How many letters it was read from; 0 means that it says nothing."""
    likelihoods: NDArray[Any]
    """Log-likelihood of each candidate, less the largest of them; all 0 where it says nothing."""


class Weigher:
    """Reads the evidence of segments with a model; scripts that few languages write decide before it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.languages = model.languages
        self._writers = {"": np.ones(len(self.languages), dtype=bool)} | {
            script: np.array([language in writers for language in self.languages])
            for script, writers in WRITERS.items()
        }
        others = {language for script, writers in WRITERS.items() for language in writers}
        self._writers["latin"] = np.array([language not in others for language in self.languages])

    def __call__(self, texts: Sequence[str]) -> list[Evidence]:
        """The evidence of each text; it does not depend on the other texts."""
        read = [evidence(text) for text in texts]
        scripts, letters = dominant(read)
        unsure = [i for i, script in enumerate(scripts) if script and self._writers[script].sum() > 1]
        found = np.zeros((len(texts), len(self.languages)))
        if unsure:
            found[unsure] = self.model.likelihoods([read[i] for i in unsure])
        out: list[Evidence] = []
        for script, count, row in zip(scripts, letters, found, strict=True):
            writers = self._writers[script]
            if not writers.any():
                count = 0.0
            if count == 0:
                out.append(Evidence(0.0, np.zeros(len(self.languages), dtype=np.float32)))
                continue
            if script == "han" and "ja" in self.languages:
                row[self.languages.index("ja")] -= NO_KANA * max(0.0, count / WEIGHTS["han"] - HAN_ALONE)
            row -= row[writers].max()
            row[~writers] = -min(OTHER_SCRIPT * count, MAX_OTHER_SCRIPT)
            out.append(Evidence(float(count), row.astype(np.float32)))
        return out
