"""JSON that leaked into a text: tracking payloads, embedded state, API answers. Found by parsing, not by a brace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from clean.offsets import Span
from clean.ruleset.detectors.base import DocumentDetector, Match, Options
from clean.ruleset.detectors.technical import is_technical
from clean.ruleset.view import View

START = re.compile(r'(?:[\[{]\s*){1,4}"[^"\\\n]{1,80}"\s*:')
"""An object's first key, with the brackets before it."""

TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<mark>[\[\]{}:,])'
    r"|(?P<scalar>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|undefined|NaN))"
)

BEFORE = re.compile(
    r"""(?:(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$\[\]'"]{0,80}\s*=\s*|[A-Za-z_$][\w.$]{0,80}\(\s*|["'])$"""
)
"""An assignment, a call, or a quote that opens right before the dump belongs to it."""

AFTER = re.compile(r"""\s*(?:\)\s*;?|["'];?|;)""")
LOOK_BACK = 180

SPACED = re.compile(r'"\s*: |\n')

WHOLE = 0.8
"""Share of a document's characters beyond which data is the document."""

CLOSER = {"{": "}", "[": "]"}


def parse(text: str, start: int) -> tuple[int, int, bool]:
    """Read JSON from `start`: where it ends, how many keys it has, and whether its brackets were all closed.

    Linear, and tolerant of a trailing comma. Where reading fails, the end is the place of the failure.
    """
    stack: list[str] = []
    keys = 0
    at = start
    expect = "value"  # value | key | colon | next
    while token := TOKEN.match(text, at):
        mark = token["mark"]
        if expect == "next":
            if mark == ",":
                expect = "key" if stack[-1] == "{" else "value"
            elif mark and mark == CLOSER[stack[-1]]:
                stack.pop()
            else:
                return at, keys, False
        elif expect == "colon":
            if mark != ":":
                return at, keys, False
            keys += 1
            expect = "value"
        elif expect == "key":
            if token["string"]:
                expect = "colon"
            elif mark == "}":
                stack.pop()
                expect = "next"
            else:
                return at, keys, False
        elif mark in ("{", "["):
            stack.append(mark)
            expect = "key" if mark == "{" else "value"
        elif mark == "]" and stack and stack[-1] == "[":
            stack.pop()
            expect = "next"
        elif mark:
            return at, keys, False
        else:
            expect = "next"
        at = token.end()
        if not stack:
            return at, keys, True
    return at, keys, False


def find(view: View, options: Options) -> Iterator[Match]:
    text = view.text
    if "{" not in text:
        return
    dumps = [widened(text, *span) for span in _dumps(text, options)]
    if _is_all_there_is(text, dumps):
        return
    yield from (Match(*span) for span in unless_examples(text, dumps, options["always_above"]))


def _is_all_there_is(text: str, dumps: Sequence[Span]) -> bool:
    """Whether the document is data laid out for the eye, and nothing is left to call the text that it leaked into."""
    laid_out = any("\n" in text[start:end] for start, end in dumps)
    return laid_out and sum(end - start for start, end in dumps) > WHOLE * len(text)


def _dumps(text: str, options: Options) -> Iterator[Span]:
    at = 0
    while opening := START.search(text, at):
        end, keys, closed = parse(text, opening.start())
        at = max(end, opening.end())
        if not closed:
            stop = text.find("\n", end)
            line_end = len(text) if stop < 0 else stop
            # Cut off at the end of a line: the rest of the last string is part of it. Anything else is not JSON.
            rest = text[end:line_end].lstrip(" ,:")
            cut_off = not rest.strip() or (rest.startswith('"') and '"' not in rest[1:])
            if not cut_off or keys < options["min_keys_cut_off"]:
                continue
            at = end = max(end, line_end)
        elif keys < options["min_keys"]:
            continue
        yield opening.start(), end


def unless_examples(text: str, dumps: Sequence[Span], always_above: int) -> Iterator[Span]:
    """The dumps that are no examples: all in a text that is not about programs; in one that is, only long compact ones.

    What people write as an example has blanks and line breaks for the eye.
    """
    if not dumps:
        return
    technical = is_technical(text, dumps)
    for start, end in dumps:
        if not technical or (end - start > always_above and not SPACED.search(text, start, end)):
            yield start, end


def widened(text: str, start: int, end: int) -> Span:
    """With the assignment, call or quotes around a dump."""
    line = max(text.rfind("\n", 0, start) + 1, start - LOOK_BACK)
    before = BEFORE.search(text[line:start])
    if before is None:
        return start, end
    after = AFTER.match(text, end)
    return line + before.start(), after.end() if after else end


JSON_DUMP = DocumentDetector(
    find,
    defaults={"min_keys": 2, "min_keys_cut_off": 3, "always_above": 300},
    data_files=("technical",),
)
