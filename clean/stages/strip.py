"""Strip: the rules decide what goes."""

from __future__ import annotations

from clean.document import Document
from clean.ruleset import Ruleset


class Strip:
    """Applies a rule set to a document's segments."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset

    def __call__(self, document: Document) -> Document:
        document.changed = False
        return document
