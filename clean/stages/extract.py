"""Extract: HTML becomes blocks of text, each pointing into the markup. Plain text passes through."""

from __future__ import annotations

from clean.config import ExtractConfig
from clean.document import HTML_TYPES, UNDETERMINED, Document, Removal


class Extract:
    """Fills the segments of a page with its content, and lists the blocks that it leaves out."""

    def __init__(self, config: ExtractConfig) -> None:
        self.config = config

    def __call__(self, document: Document) -> Document:
        if document.origin.media_type not in HTML_TYPES:
            return document
        from clean.html.blocks import read
        from clean.html.data import read_data
        from clean.html.decide import decide
        from clean.html.segments import places, segments

        page = read(document.source)
        verdicts = decide(page, self.config)
        judged = list(zip(page.blocks, verdicts, places(page), strict=True))
        document.segments = segments(page, [(block, place) for block, verdict, place in judged if verdict.keep])
        starts, ends = page.tokens.starts, page.tokens.ends
        document.removals += [
            Removal(
                (starts[block.runs[0]], ends[block.runs[-1]]),
                verdict.rule,
                place.kind,
                UNDETERMINED,
                None if verdict.score is None else round(verdict.score, 4),
                page.path(block.element),
            )
            for block, verdict, place in judged
            if not verdict.keep
        ]
        document.chosen = self.config.extractor == "model" and bool(document.segments)
        if not document.segments and self.config.extractor != "none":
            document.segments, flags = read_data(page)
            document.flags += flags
        if self.config.metadata != "none":
            from clean.html.metadata import read_metadata

            document.metadata |= read_metadata(page, self.config.metadata)
        return document
