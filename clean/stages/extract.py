"""Extract: HTML becomes blocks of text, each pointing into the markup. Plain text passes through."""

from __future__ import annotations

from clean.config import ExtractConfig
from clean.document import Document

HTML_TYPES = ("text/html", "application/xhtml+xml")


class Extract:
    """Fills the segments of a page, and lists the blocks that it leaves out."""

    def __init__(self, config: ExtractConfig) -> None:
        self.config = config

    def __call__(self, document: Document) -> Document:
        if document.origin.media_type not in HTML_TYPES:
            return document
        from clean.html.blocks import read
        from clean.html.segments import segments

        page = read(document.source)
        document.segments = segments(page, page.blocks)
        return document
