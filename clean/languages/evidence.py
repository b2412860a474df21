"""What of a line is evidence of its language: words, and nothing that looks the same in every language."""

from __future__ import annotations

import re

MAX_EVIDENCE = 256
"""Characters of a segment that are looked at; more do not change the answer."""

MAX_SCANNED = 4000
"""Characters of a segment that are searched for evidence."""

NOISE = re.compile(
    r"""
    (?:https?://|www\.)\S+                                  # URL
  | [^\s@]{1,64}@[^\s@]{1,64}                               # e-mail address, user@host
  | \[email[ ]protected\]                                   # what a page shows in place of an address
  | (?<!\S)[@\#$][\w.-]+                                    # handle, hashtag, ticker, variable
  | \b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|html?|php|jpe?g|png|gif|mp[34]|pdf|txt|json)\b\S*   # host or file name
  | &\#?\w{1,32};                                           # character reference
  | </?[a-zA-Z][^<>]{0,200}>                                # tag
  | \A\W*[A-Z]{2,6}(?:/[A-Z]{2,6})?\W+[\d.,+%$€£-]+\W*\Z   # ticker and price
  | [A-Za-z0-9_]*[0-9_][A-Za-z0-9_]*                        # number, identifier
    """,
    re.VERBOSE,
)

HINT = re.compile(r"""[0-9@_#$&<>\[\]{}=|\\/*+^~"]""")
"""What all noise and code holds some of, but for host names: a text without it is taken as it is."""

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


def evidence(text: str) -> str:
    """The words of a text, blanks between them; empty when it says nothing about its language."""
    if len(text) > MAX_SCANNED:
        text = text[:MAX_SCANNED]
    if HINT.search(text) or "." in text[:-1]:
        text = NOISE.sub(" ", text)
        if is_data(text):
            return ""
    return text[:MAX_EVIDENCE]


def is_list(text: str) -> bool:
    """Whether a text is a menu or a tag cloud: many short items, whose languages say little about the document's."""
    items = 1 + sum(map(text.count, ITEM_BORDERS))
    return items >= MANY_ITEMS and len(text.split()) <= SHORT_ITEM * items


def is_menu(text: str, names: frozenset[str]) -> bool:
    """Whether a text consists of names of languages alone."""
    if len(text) > LONGEST_MENU:
        return False
    words = (word.strip(ITEM_EDGES).lower() for word in text.split())
    named = False
    for word in words:
        if word:
            if word not in names:
                return False
            named = True
    return named


def is_data(text: str) -> bool:
    """Whether a text is JSON, code, markup: most of its words are keys and values."""
    return len(text) > SHORTEST_CODE and len(CODE.findall(text)) > CODE_SHARE * len(text)
