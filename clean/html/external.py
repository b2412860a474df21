"""What trafilatura would keep of a page, as blocks: its output is traced back to the page's own text."""

from __future__ import annotations

import re

from clean.errors import ConfigError
from clean.html.blocks import Page

_WORD = re.compile(r"\w+")
ENOUGH = 0.5
"""The share of a block's words, in order, that the extractor must have put out."""

LOOKAHEAD = 400
"""Words of output searched for a block's first word: beyond it, the output is elsewhere."""


def trafilatura_keeps(page: Page) -> list[bool]:
    """Whether trafilatura keeps each block.

    Raises:
        ConfigError: trafilatura is not installed.
    """
    try:
        import trafilatura
    except ImportError:
        raise ConfigError("extractor = 'trafilatura' needs the package trafilatura: pip install trafilatura") from None
    output = trafilatura.extract(page.tokens.source, output_format="txt", include_comments=True) or ""
    words = _WORD.findall(output.lower())
    out: list[bool] = []
    at = 0
    for block in page.blocks:
        own = _WORD.findall(block.text.lower())
        found = _match(own, words, at) if own else -1
        out.append(found >= 0)
        if found >= 0:
            at = found
    return out


def _match(own: list[str], words: list[str], at: int) -> int:
    """Where in `words` the block ends, searched from `at`; -1 if it is not there."""
    limit = min(len(words), at + LOOKAHEAD)
    start = at
    while start < limit:
        try:
            start = words.index(own[0], start, limit)
        except ValueError:
            return -1
        size = 0
        while size < len(own) and start + size < len(words) and words[start + size] == own[size]:
            size += 1
        if size >= ENOUGH * len(own):
            return start + size
        start += 1
    return -1
