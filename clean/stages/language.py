"""Language: each segment, and the document, gets a language or `und`."""

from __future__ import annotations

from clean.config import LanguageConfig
from clean.document import Document


class Language:
    """Labels segments by their own evidence and the rest of the document's."""

    def __init__(self, config: LanguageConfig) -> None:
        self.config = config

    def __call__(self, document: Document) -> Document:
        return document
