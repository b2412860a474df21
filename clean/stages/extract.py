"""Extract: HTML becomes blocks of text, each pointing into the markup. Plain text passes through."""

from __future__ import annotations

from clean.config import ExtractConfig
from clean.document import Document
from clean.errors import DocumentError

HTML_TYPES = ("text/html", "application/xhtml+xml")


class Extract:
    """Leaves text alone; refuses HTML, whose extraction this version does not have."""

    def __init__(self, config: ExtractConfig) -> None:
        self.config = config

    def __call__(self, document: Document) -> Document:
        if document.origin.media_type in HTML_TYPES:
            raise DocumentError("unsupported", "this version cleans text, not HTML: extract the page's text first")
        return document
