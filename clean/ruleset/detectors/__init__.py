"""Detectors by the names that rules call them by; one file each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clean.ruleset.detectors.ages import AGE_LINE
from clean.ruleset.detectors.base import Detector, DocumentDetector, LineDetector, ModelDetector
from clean.ruleset.detectors.bylines import BYLINE
from clean.ruleset.detectors.captions import FILE_CAPTION
from clean.ruleset.detectors.datelines import DATELINE
from clean.ruleset.detectors.json_dump import JSON_DUMP
from clean.ruleset.detectors.lines import LINE_MODEL
from clean.ruleset.detectors.php_dump import PHP_DUMP
from clean.ruleset.detectors.tickers import TICKER_TABLE
from clean.ruleset.detectors.titles import REPEATED_TITLE, TITLE

if TYPE_CHECKING:
    from clean.ruleset.rule import Rule

__all__ = ["DETECTORS", "Detector", "DocumentDetector", "LineDetector", "ModelDetector", "is_model"]

DETECTORS: dict[str, LineDetector | DocumentDetector | ModelDetector] = {
    "age_line": AGE_LINE,
    "byline": BYLINE,
    "dateline": DATELINE,
    "file_caption": FILE_CAPTION,
    "json_dump": JSON_DUMP,
    "line_model": LINE_MODEL,
    "php_dump": PHP_DUMP,
    "repeated_title": REPEATED_TITLE,
    "ticker_table": TICKER_TABLE,
    "title": TITLE,
}


def is_model(rule: Rule) -> bool:
    """Whether a model decides for the rule, by a score."""
    return rule.detector is not None and isinstance(DETECTORS[rule.detector], ModelDetector)
