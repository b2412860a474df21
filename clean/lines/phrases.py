"""Features in words, for people who ask why."""

from __future__ import annotations

import re

NAMES = {
    "p": "first impression",
    "lex": "learned words",
    "lex_high": "the most telling word for chrome",
    "lex_low": "the most telling word for content",
    "lex_mean": "learned words, by their number",
    "topical": "words of site chrome",
    "ruled": "taken by a rule",
    "foreign": "in another language",
    "capitals": "share of capitals",
    "capital_words": "words with a capital",
    "letters": "share of letters",
    "coded": "characters of code",
    "group_words": "words of the paragraph, as a logarithm",
    "chars": "length, as a logarithm",
    "run_words": "words a line in its run of short lines",
    "built_alike": "lines of one build in a row",
    "against_usual": "length against the usual paragraph",
    "prose_before": "share of the prose above",
}
SHAPES = (
    (re.compile(r"(.+)_window(\d+)"), "{0} within {1} lines"),
    (re.compile(r"(.+)\+(\d+)"), "{0} {1} below"),
    (re.compile(r"(.+)-(\d+)"), "{0} {1} above"),
    (re.compile(r"since_(.+)"), "lines since {0}"),
    (re.compile(r"until_(.+)"), "lines until {0}"),
    (re.compile(r"document_(.+)"), "{0} in the document"),
    (re.compile(r"(.+)_document"), "{0} in the document"),
    (re.compile(r"p_(.+)"), "first impression of its {0}"),
    (re.compile(r"topic_(.+)"), "words of {0}"),
)


def named(feature: str) -> str:
    """A feature's name in words."""
    if feature in NAMES:
        return NAMES[feature]
    for pattern, form in SHAPES:
        if found := pattern.fullmatch(feature):
            base, *rest = found.groups()
            return form.format(named(base), *rest)
    return feature.replace("_", " ")


def phrase(feature: str, value: float, weight: float) -> str:
    """A feature, its value, and how much it speaks for chrome (above 0) or for content."""
    return f"{named(feature)} = {value:.3g} ({weight:+.2f})"
