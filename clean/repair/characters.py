"""Characters that do not belong in text, and characters written in more ways than one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from clean.repair.tracked import Replacement, shrunk

if TYPE_CHECKING:
    from clean.config import RepairConfig

LINE_BREAKS = "\n\r\v\f\u2028\u2029"
BLANKS = r"\t\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u202f\u205f\u3000" + LINE_BREAKS

CONTROLS = "\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc"
"""What ftfy removes: control characters, deprecated formatting characters, byte order marks."""

CONTROL = re.compile(f"[{CONTROLS}]+")
TERMINAL_ESCAPE = re.compile(r"\x1b\[[\d;]*[a-zA-Z]")
SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
LINE_BREAK = re.compile(f"\r\n|[{LINE_BREAKS}]")
BLANK_RUN = re.compile(f"[{BLANKS}]+")
UNUSUAL_BLANK = re.compile(f"[{BLANKS}][{BLANKS}]+|(?! )[{BLANKS}]")
ENDS = re.compile(r"\A[ \t]+|[ \t]+\Z")

JOINED = "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\u1a20-\u1aaf\u1b00-\u1bff\ua840-\ua8ff\ua9e0-\uaa7f"
JOINED += "\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefe\U00010a00-\U00010fff\U00011000-\U00011fff\ufffd"
"""Scripts whose letters join: Arabic and its relatives, the scripts of India, Khmer, Mongolian, Myanmar; and U+FFFD,
which may have been such a letter."""

UNSPACED = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
"""Scripts that write no blank between words, where U+200B marks the border: Thai, Lao, Tibetan, Khmer, Myanmar."""

PICTURES = "\u00a9\u00ae\u203c-\u3299\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f"
"""What an emoji sequence is made of."""

ZERO_WIDTH = re.compile(
    f"[\u200b-\u200d\u2060]"
    f"(?:(?<=\u2060)"
    f"|(?<=\u200b)(?<![{UNSPACED}]\u200b)(?![{UNSPACED}])"
    f"|(?<=\u200c)(?<![{JOINED}]\u200c)"
    f"|(?<=\u200d)(?<![{JOINED}]\u200d)(?!(?<=[{PICTURES}]\u200d)[{PICTURES}]))"
)


MAX_MARKS = 256
"""Combining marks on one character that are put in order. Python takes time quadratic in them; Unicode's stream-safe
text has 30."""


def remove_terminal_escapes(text: str) -> list[Replacement]:
    """The sequences that colour the text of a terminal."""
    return [Replacement(*m.span(), "", "remove_terminal_escapes") for m in TERMINAL_ESCAPE.finditer(text)]


def remove_control_chars(text: str) -> list[Replacement]:
    """Control characters without a function in text; what breaks lines or tabulates is not among them."""
    return [Replacement(*m.span(), "", "remove_control_chars") for m in CONTROL.finditer(text)]


def fix_surrogates(text: str) -> list[Replacement]:
    """Surrogate pairs as the character they stand for, lone surrogates as U+FFFD."""
    return [
        Replacement(
            *m.span(), m.group().encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "fix_surrogates"
        )
        for m in SURROGATES.finditer(text)
    ]


def break_no_line(text: str) -> list[Replacement]:
    """Line breaks as blanks: the output has one segment a line."""
    return [Replacement(*m.span(), " ", "whitespace") for m in LINE_BREAK.finditer(text)]


def trim(text: str) -> list[Replacement]:
    """Blanks and tabs at either end, which the next run would take for separators."""
    return [Replacement(*m.span(), "", "whitespace") for m in ENDS.finditer(text)]


def normalize_whitespace(text: str) -> list[Replacement]:
    """Any run of blanks as one space, and none at either end."""
    out: list[Replacement] = []
    for match in UNUSUAL_BLANK.finditer(text):
        start, end = match.span()
        new = "" if start == 0 or end == len(text) else " "
        out.append(shrunk(Replacement(start, end, new, "whitespace"), text))
    if text[:1] == " " and not (out and out[0].start == 0):
        out.insert(0, Replacement(0, 1, "", "whitespace"))
    if len(text) > 1 and text[-1] == " " and not (out and out[-1].end == len(text)):
        out.append(Replacement(len(text) - 1, len(text), "", "whitespace"))
    return out


def remove_zero_width(text: str) -> list[Replacement]:
    """Zero-width characters, but for those that do something: joiners in Persian, in Hindi, in emoji."""
    return [Replacement(*m.span(), "", "remove_zero_width") for m in ZERO_WIDTH.finditer(text)]


def substitutions(options: RepairConfig) -> dict[str, dict[str, str]]:
    """The characters that are replaced wherever they stand, and what by, for each step that is switched on."""
    from ftfy import chardata

    found: dict[str, dict[str, str]] = {}
    if options.fix_latin_ligatures:
        found["fix_latin_ligatures"] = {chr(code): new for code, new in chardata.LIGATURES.items()}
    if options.fix_character_width:
        found["fix_character_width"] = {chr(code): new for code, new in chardata.WIDTH_MAP.items()}
    if options.uncurl_quotes:
        single = dict.fromkeys("\u02bc\u2018\u2019\u201a\u201b", "'")
        found["uncurl_quotes"] = single | dict.fromkeys("\u201c\u201d\u201e\u201f", '"')
    return found


def translate(text: str, table: Mapping[str, str], pattern: re.Pattern[str], rule: str) -> list[Replacement]:
    """Each match of `pattern` as `table` has it."""
    return [Replacement(*m.span(), table[m.group()], rule) for m in pattern.finditer(text)]


def is_normalized(text: str, form: str) -> bool:
    """Whether `text` is in the normalisation form "NFC" or "NFKC"."""
    return unicodedata.is_normalized(form, text)  # type: ignore[arg-type]  # a form from the configuration


def normalize(text: str, form: str) -> list[Replacement]:
    """Unicode normalisation, a character with its combining marks at a time.

    Args:
        form: "NFC" or "NFKC".
    """
    rule = f"normalize: {form}"
    out: list[Replacement] = []
    made: list[str] = []
    for start, end in _clusters(text):
        before = text[start:end]
        after = unicodedata.normalize(form, before)  # type: ignore[arg-type]  # a form from the configuration
        made.append(after)
        if after != before:
            out.append(shrunk(Replacement(start, end, after, rule), text))
    if max(map(len, made)) > MAX_MARKS:
        return out
    whole = unicodedata.normalize(form, text)  # type: ignore[arg-type]  # as above
    return out if "".join(made) == whole else [shrunk(Replacement(0, len(text), whole, rule), text)]


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Spans that normalisation cannot reach across: each begins with a character that attaches to nothing before."""
    start = 0
    for i, char in enumerate(text):
        if char < "\u0300":
            attaches = False
        elif "\u1160" <= char <= "\u11ff":
            attaches = True
        else:
            attaches = unicodedata.category(char)[0] == "M"
        if i and (not attaches or i - start > MAX_MARKS):
            yield start, i
            start = i
    if text:
        yield start, len(text)
