"""Repair: what is broken in a segment's characters is put right, and the map shows where."""

from __future__ import annotations

from clean.config import RepairConfig
from clean.document import Document


class Repair:
    """Repairs each segment on its own, so that one bad line never decides for its neighbours."""

    def __init__(self, config: RepairConfig) -> None:
        self.config = config

    def __call__(self, document: Document) -> Document:
        return document
