"""Segment: lines of the source become segments, runs of adjacent lines a paragraph group.

Plain text only: HTML gets its segments from the extract stage. Surrounding blanks stay outside, as separators.
"""

from __future__ import annotations

import re

from clean.document import HTML_TYPES, Document, Segment
from clean.offsets import Alignment

LINE = re.compile(r"[^\n\r\v\f\u2028\u2029]+")
"""Lines end where Unicode says so, but for U+0085: in the wild it is a mojibake of an ellipsis or of "Å"."""

PARAGRAPH = re.compile(r"(?>\r\n|[\n\r\v\f\u2028\u2029])\s*?[\n\r\v\f\u2028\u2029]|\u2029")
"""A blank line, or the paragraph separator: what lies between two lines of different groups."""

TRIMMED = " \t"
"""Not all that Python calls blank: a trailing U+00A0 or U+0085 may be the second half of a mojibake, which the repair
stage has yet to see."""


def segment(document: Document) -> Document:
    """Cut the source into segments, unless it is a page: the extract stage has cut that, maybe into nothing."""
    if document.segments or document.origin.media_type in HTML_TYPES:
        return document
    source = document.source
    group = 0
    last = 0
    for match in LINE.finditer(source):
        line = match.group()
        if line.isspace():
            continue
        start = match.start() + len(line) - len(line.lstrip(TRIMMED))
        text = line.strip(TRIMMED)
        # Most lines follow the one before at once, and then only one character could be more than a line break.
        gap = match.start() - last
        if document.segments and (
            PARAGRAPH.search(source, last, match.start()) if gap > 1 else source[last] == "\u2029"
        ):
            group += 1
        last = match.end()
        document.segments.append(Segment(text, Alignment.identity(start, len(text)), group))
    return document
