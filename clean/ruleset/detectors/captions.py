"""File names left where a picture stood: `IMG_2034.jpg`, `guan youfei_0`, `photo-1200x800`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clean.ruleset.detectors.base import LineDetector, Match, Options

MAX_CHARS = 120
MAX_WORDS = 8

EXTENSION = re.compile(
    r"[^/\\<>|:*?\"]*\w\)?\.(?:jpe?g|png|gif|webp|svg|bmp|tiff?|heic|avif|mp4|m4v|mov|avi|webm|mp3|wav)", re.IGNORECASE
)
CAMERA = re.compile(
    r"(?:IMG|DSC|DSCN|DSCF|PXL|MVI|VID|SAM|GOPR|P)_?\d{4,}(?:[_-]\w+)*|Screen ?[Ss]hot \d{4}-\d\d-\d\d.*"
)
NUMBERED = re.compile(r"(?=.*[^\W\d_])[\w.-]+(?: [\w.-]+){1,7}_\d{1,3}")
"""Words and a counter that content systems append (`guan youfei_0`). One word alone may be code."""
SIZED = re.compile(r"(?=.*[^\W\d_])[\w. -]*\w[-_]\d{2,4}x\d{2,4}")


def find(text: str, options: Options) -> Iterator[Match]:
    line = text.strip()
    if 0 < len(line) <= MAX_CHARS and len(line.split()) <= MAX_WORDS:
        for pattern in (EXTENSION, CAMERA, NUMBERED, SIZED):
            if pattern.fullmatch(line):
                yield Match(0, len(text))
                return


FILE_CAPTION = LineDetector(
    find,
    prefilter=r"(?i)(?:\.(?:jpe?g|png|gif|webp|svg|bmp|tiff?|heic|avif|mp4|m4v|mov|avi|webm|mp3|wav)|_\d+|[-_]\d+x\d+)\s*$"
    r"|^\s*(?:(?:IMG|DSCN?|DSCF|PXL|MVI|VID|SAM|GOPR|P)_?\d{4}|screen ?shot \d{4}-)",
)
