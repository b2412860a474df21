"""What of a line is evidence of its language: words, and nothing that looks the same in every language."""

from __future__ import annotations

import re

MAX_EVIDENCE = 200
"""Characters of a segment that are looked at; more do not change the answer."""

MAX_SCANNED = 600
"""Characters of a segment that are searched for evidence."""

Noise = tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]

NOISE: Noise = tuple(
    (needles, re.compile(pattern))
    for needles, pattern in (
        (("://", "www."), r"(?:https?://|www\.)\S+"),
        # An address, what pages show in place of one, a handle.
        (("@",), r"[^\s@]{1,64}@[^\s@]{1,64}|(?<!\S)@[\w.-]+"),
        (("[email",), r"\[email\sprotected\]"),
        # Hashtags, tickers, variables.
        (("#", "$"), r"(?<!\S)[#$][\w.-]+"),
        # Hosts and files. The bounds keep a hostile line linear.
        (
            (".com", ".org", ".net", ".info", ".htm", ".php", ".jp", ".png", ".gif", ".mp", ".pdf", ".txt", ".json"),
            r"(?<![\w-])[\w-]{1,64}(?:\.[\w-]{1,64}){0,8}?"
            r"\.(?:com|org|net|info|html?|php|jpe?g|png|gif|mp[34]|pdf|txt|json)\b\S*",
        ),
        (("&",), r"&#?\w{1,32};"),
        (("<",), r"</?[a-zA-Z][^<>]{0,200}>"),
    )
)
"""What looks the same in every language, with strings one of which such text holds."""

DIGITS = re.compile(r"[0-9_]")
TICKER = re.compile(r"\W*[A-Z]{2,6}(?:/[A-Z]{2,6})?\W+[\d.,+%$€£-]+\W*")
"""A whole line of a table of prices."""
IDENTIFIER = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z]*+[0-9_][A-Za-z0-9_]*")

LONGEST_WORD = 50
"""Characters of ASCII without a blank from which they are data: encoded bytes, keys, paths."""
TOKEN = re.compile(rf"[!-~]{{{LONGEST_WORD},}}")

CODE_HINT = re.compile(r"""[{}\[\]<>"=|\\/_$@#*+^~]""")
"""What code and data hold some of: a text without it is not counted through."""

CODE = re.compile(r"""[{}\[\]<>"'=;:|\\/_$@#*+^~`]""")
"""Characters that code and data are full of and prose is not."""

CODE_SHARE = 0.12
"""Share of such characters from which a line is data: JSON has 0.2 and more, prose less than 0.06."""

SHORTEST_CODE = 20
"""Characters below which a share says nothing."""

ITEM_BORDERS = "|,;/·•►»\t"
ITEM_EDGES = ITEM_BORDERS + "()[]<>-–—:.*"
MANY_ITEMS = 6
SHORT_ITEM = 2.5
"""Words an item of a list has at most on average; the parts of an enumerating sentence are longer."""

LONGEST_MENU = 500
"""Characters from which a line is no longer looked at as a language menu."""


def noise_of(text: str) -> Noise:
    """What of `NOISE` there is in a text: all that needs to be looked for in its lines."""
    held = ((tuple(needle for needle in needles if needle in text), pattern) for needles, pattern in NOISE)
    return tuple(kind for kind in held if kind[0])


def evidence(text: str, noise: Noise = NOISE) -> str:
    """The words of a text, blanks between them; empty when it says nothing about its language."""
    if len(text) > MAX_SCANNED:
        text = text[:MAX_SCANNED]
    for needles, pattern in noise:
        for needle in needles:
            if needle in text:
                text = pattern.sub(" ", text)
                break
    if CODE_HINT.search(text) and is_data(text):
        return ""
    if " " not in text[:LONGEST_WORD]:
        text = TOKEN.sub(" ", text)
    if DIGITS.search(text):
        text = "" if TICKER.fullmatch(text) else IDENTIFIER.sub(" ", text)
    return text[:MAX_EVIDENCE]


def is_list(text: str, borders: str = ITEM_BORDERS) -> bool:
    """Whether a text is a menu or a tag cloud: many short items, whose languages say little about the document's.

    Args:
        borders: those of `ITEM_BORDERS` that the text may hold.
    """
    items = 1 + sum(map(text.count, borders))
    return items >= MANY_ITEMS and len(text.split()) <= SHORT_ITEM * items


def is_menu(text: str, names: frozenset[str]) -> bool:
    """Whether a text consists of names of languages alone."""
    if len(text) > LONGEST_MENU:
        return False
    named = False
    for word in text.split():
        name = word.strip(ITEM_EDGES).lower()
        if name and name not in names:
            return False
        named = named or bool(name)
    return named


def is_data(text: str) -> bool:
    """Whether a text is JSON, code, markup: most of its words are keys and values."""
    return len(text) > SHORTEST_CODE and len(CODE.findall(text)) > CODE_SHARE * len(text)
