"""The gate: proof, by a few linear scans, that repair would change nothing.

It may be wrong only by asking for a closer look. Clean text of any script passes it many times faster than ftfy reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from clean.config import RepairConfig
from clean.repair import characters
from clean.repair.characters import is_normalized, substitutions
from clean.repair.entities import ENTITY

PUNCTUATION = "bad lower_accented upper_accented box start_punctuation end_punctuation currency numeric law"

SIGNS = (
    (f"{PUNCTUATION} lower_common upper_common", "bad", ""),
    ("bad", PUNCTUATION, ""),
    ("lower_accented lower_common box end_punctuation currency numeric", "upper_accented", ""),
    ("box end_punctuation currency numeric", "lower_accented", ""),
    ("lower_accented box end_punctuation", "currency", ""),
    ("upper_accented", "currency numeric law start_punctuation °", ""),
    ("box", "numeric law kaomoji end_punctuation start_punctuation", ""),
    ("lower_accented currency end_punctuation", "start_punctuation", "[{numeric}]"),
    ("lower_accented upper_accented currency numeric law", "end_punctuation", "[{start_punctuation}]"),
    ("currency numeric", "start_punctuation", ""),
    ("lower_accented upper_accented currency numeric start_punctuation end_punctuation law", "box", ""),
    ("lower_accented upper_accented", "start_punctuation end_punctuation", r"\w"),
    ("ÂÃÎÐ", "€œŠš¢£Ÿž\xa0\xad®©°·»–—´¡ start_punctuation end_punctuation", ""),
    ("×", "²³", ""),
    ("ØÙ", "common currency bad numeric start_punctuation ŸŠ®°µ»", ""),
    ("à", "²µ¹¼½¾", ""),
    ("√", "±∂†≠®™´≤≥¥µø", ""),
    ("≈", "°¢", ""),
    ("‚", "Äâó", ""),
    ("в", "Ђ", ""),
    ("Г", "ў", ""),
    ("ВГРСΒΓΞΟ", "bad start_punctuation end_punctuation currency °µ", "[ВГРСΒΓΞΟ]"),
    ("βā", "€", ""),
)
"""Each of ftfy's signs of mojibake (`BADNESS_RE`) holds one of these: a first character and a second, by category or
by itself, and what follows them. Its other signs are a C1 control character, Œ or œ before anything but a letter, and
Â or Ã before a space."""


class Gate:
    """Tells text that a repair, as configured, would leave alone.

    Args:
        options: the configuration with every option set.
    """

    def __init__(self, options: RepairConfig) -> None:
        single = "\r\v\f\u2028\u2029"
        if options.remove_control_chars:
            single += characters.CONTROLS
        if options.remove_terminal_escapes:
            single += "\x1b"
        if options.fix_surrogates:
            single += "\ud800-\udfff"
        if options.fix_c1_controls or options.fix_encoding:
            single += "\x80-\x9f"
        if options.normalize_whitespace:
            single += "\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\x1c-\x1f\x85"
        self._options = options
        self._single = single
        self._suspect = re.compile(f"[{single}\x80-\U0010ffff](?:(?<=[{single}ŒœÂÃ])|(?<=[^\x00-\x7f])[^\x00-\x7f])")
        self._substitutes = bool(options.fix_latin_ligatures or options.fix_character_width or options.uncurl_quotes)
        self._whitespace = bool(options.normalize_whitespace)
        self._zero_width = bool(options.remove_zero_width)
        self._entities = options.unescape_html
        self._form = None if options.normalization == "none" else options.normalization

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        from ftfy.badness import MOJIBAKE_CATEGORIES

        single = self._single + "".join(char for table in substitutions(self._options).values() for char in table)
        return _pattern(single, MOJIBAKE_CATEGORIES if self._options.fix_encoding else None)

    def passes(self, text: str) -> bool:
        """Whether repair would change nothing in `text`."""
        return "\n" not in text and text[:1] not in (" ", "\t") and text[-1:] not in (" ", "\t") and self._inside(text)

    def all_pass(self, texts: Sequence[str]) -> bool:
        """Whether repair would change none of `texts`: at less than the cost of asking for each."""
        block = "\n".join(texts)
        return (
            block.count("\n") == len(texts) - 1
            and "\n " not in block
            and " \n" not in block
            and "\n\t" not in block
            and "\t\n" not in block
            and block[:1] not in (" ", "\t")
            and block[-1:] not in (" ", "\t")
            and self._inside(block)
        )

    def _inside(self, text: str) -> bool:
        # A sign of mojibake is two characters beside each other, neither of them in ASCII, or one of four letters: most
        # texts in Latin letters are known to be fine before ftfy is loaded.
        plain = text.isascii() or not self._substitutes
        if (not plain or self._suspect.search(text)) and self._pattern.search(text):
            return False
        if self._whitespace and "  " in text:
            return False
        if self._entities != "never" and "&" in text and ENTITY.search(text):
            return False
        if text.isascii():
            return True
        if self._zero_width and characters.ZERO_WIDTH.search(text):
            return False
        return self._form is None or is_normalized(text, self._form)


def mojibake_pattern() -> re.Pattern[str]:
    """A pattern that is found wherever ftfy finds a sign of mojibake, and sometimes elsewhere."""
    from ftfy.badness import MOJIBAKE_CATEGORIES

    return _pattern("\x80-\x9f", MOJIBAKE_CATEGORIES)


def _pattern(single: str, categories: Mapping[str, str] | None) -> re.Pattern[str]:
    """One pattern for all, that begins with one character class: the regex engine skips fast to the next member.

    Of a pair it is the second character that is looked for: it is the rarer one, and no letter of Cyrillic or Greek.
    """
    if categories is None:
        return re.compile(f"[{single}]")
    firsts = seconds = ""
    pairs = []
    for first, second, rest in SIGNS:
        first, second = _members(first, categories), _members(second, categories)
        firsts += first
        seconds += second
        pairs.append(f"(?<=[{first}][{second}]){rest.format(**categories)}")
    return re.compile(
        f"[{single}{seconds}ŒœÂÃ]"
        f"(?:(?<=[{single}])"
        f"|(?<=[{firsts}][{seconds}])(?:{'|'.join(pairs)})"
        f"|(?<=[Œœ])[^A-Za-z]"
        f"|(?<=[ÂÃ]) )"
    )


def _members(names: str, categories: Mapping[str, str]) -> str:
    """The inside of a character class from names of categories and single characters."""
    return "".join(categories.get(name, name) for name in names.split(" "))
