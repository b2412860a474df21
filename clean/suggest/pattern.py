"""The regular expression of a template, in RE2 syntax, for whole lines, whatever their punctuation."""

from __future__ import annotations

import re
from itertools import groupby

from clean.suggest.template import DATE, EMAIL, HANDLE, NAME, NUMBER, REST, SLOTS, TIME, URL, Template

OTHER = r"[^\pL\pN]"
"""What stands between words. `\\W` would take in the letters of all scripts but Latin."""
NAMED = r"\p{Lu}[\pL\pN]*"
ORDINAL = r"(?:st|nd|rd|th)?"
OF = rf"(?:(?:de|of|del){OTHER}+)?"

PATTERNS = {
    NUMBER: r"\p{Nd}[\p{Nd}.,\x{a0}\x{202f}]*(?:st|nd|rd|th|[km])?",
    TIME: r"\p{Nd}+:\p{Nd}+(?::\p{Nd}+)?(?:\pZ?[ap]\.?m\b\.?)?",
    DATE: r"(?:\p{Nd}+[-/.]\p{Nd}+[-/.]\p{Nd}+|\p{Nd}+\pZ?[年년]\pZ?\p{Nd}+\pZ?[月월]\pZ?\p{Nd}+\pZ?[日일]"
    rf"|(?:\pL+{OTHER}+)?(?:\pL+{OTHER}+\p{{Nd}}+{ORDINAL}(?:{OTHER}+\p{{Nd}}+)?"
    rf"|\p{{Nd}}+{ORDINAL}{OTHER}+{OF}\pL+(?:{OTHER}+{OF}\p{{Nd}}+)?))",
    URL: r"(?:https?://|www\.)\PZ+",
    EMAIL: r"[^\pZ@]+@[^\pZ@]+",
    HANDLE: r"[@#][\pL\pN_]+",
    NAME: rf"{NAMED}(?:{OTHER}+{NAMED})*",
}
META = re.compile(r"([\\.+*?()|\[\]{}^$])")


def pattern(template: Template) -> str:
    """A pattern that every line of the template matches."""
    if template[-1] == REST:
        label = f"{OTHER}+".join(map(_escaped, template[:-1]))
        return rf"(?i)^{OTHER}*{label}\pZ*[:：]\pZ*\PZ"
    cased = NAME in template
    parts: list[str] = []
    for is_slot, run in groupby(template, key=SLOTS.__contains__):
        texts = list(run)
        if is_slot:
            parts.append(f"{OTHER}*".join(_insensitive(PATTERNS[slot], cased and slot != NAME) for slot in texts))
        else:
            parts.append(_insensitive(f"{OTHER}+".join(map(_escaped, texts)), cased))
    # A number may touch the word beside it: `4GB`.
    joined = f"{OTHER}*".join(parts)
    return f"{'' if cased else '(?i)'}^{OTHER}*{joined}{OTHER}*$"


def _insensitive(part: str, wanted: bool) -> str:
    return f"(?i:{part})" if wanted else part


def _escaped(word: str) -> str:
    return META.sub(r"\\\1", word)
