"""The stages, in the order a document goes through them.

Each is one module with a callable from document to document. It never reads a file, never prints, and knows nothing of
the command line. `language` and `strip` are repeated until `strip` finds nothing more: what a rule sees of a line's
surroundings is then what it would see in the finished text, so that cleaning a clean text changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from clean.document import Document

if TYPE_CHECKING:
    from clean.config import Config
    from clean.ruleset import Ruleset

Stage = Callable[[Document], Document]

NAMES = ("decode", "extract", "segment", "repair", "language", "strip")
REPEATED = ("language", "strip")


def build(config: Config, ruleset: Ruleset) -> dict[str, Stage]:
    """The configured stages by name, in order."""
    from clean.stages.decode import decode
    from clean.stages.extract import Extract
    from clean.stages.language import Language
    from clean.stages.repair import Repair
    from clean.stages.segment import segment
    from clean.stages.strip import Strip

    repair = Repair(config.repair)
    return {
        "decode": decode,
        "extract": Extract(config.extract),
        "segment": segment,
        "repair": repair,
        "language": Language(config.language),
        "strip": Strip(ruleset, stable=lambda text: repair.text(text)[0] == text),
    }
