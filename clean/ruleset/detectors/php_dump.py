"""PHP debug output: var_dump, print_r and serialised values, read by their own grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clean.offsets import Span
from clean.ruleset.detectors.base import DocumentDetector, Match, Options
from clean.ruleset.detectors.json_dump import parse as parse_json
from clean.ruleset.detectors.json_dump import unless_examples
from clean.ruleset.view import View

GATE = re.compile(r"string\(\d|array\(\d|object\([\w\\]+\)#\d|^\s*Array\s*$|Object\s*$|\b[aO]:\d+:", re.MULTILINE)
SIGNS = ("string(", "array(", "object(", "Array", "Object", ":{")
"""Every dump holds one of these; most texts hold none, and that is known sooner than what the gate says."""

STRING = re.compile(r'\bstring\((\d{1,9})\) "')
SERIALISED = re.compile(r'\b(?:a:\d+|O:\d+:"[\w\\]+":\d+):\{')
SERIAL_TOKEN = re.compile(
    r'(?:i:-?\d+;|d:[-+.\dEINFA]+;|b:[01];|N;|s:\d+:"[^"\n]*";|a:\d+:(?P<open>\{)|O:\d+:"[\w\\]+":\d+:(?P<object>\{)|(?P<close>\}))'
)

KEY = r'\[(?:"[^"\n]*"|[^\]\n]*)\]\s*=>\s*'
OPEN = re.compile(rf"\s*(?:{KEY})?(?:array\(\d+\) \{{|object\([\w\\]+\)#\d+ \(\d+\) \{{|(?:Array|[\w\\]+ Object))\s*")
SCALAR = r'(?:string\(\d+\) ".*"|int\(-?\d+\)|float\([^)]*\)|bool\((?:true|false)\)|NULL)'
BODY = re.compile(rf"\s*(?:{KEY}.*|{SCALAR}|[(){{}}])\s*")
KEYED = re.compile(rf"\s*{KEY}")

MAX_FAILURES = 64
"""Claimed string lengths that may turn out false before the rest is not tried: each try reads that many characters."""


def find(view: View, options: Options) -> Iterator[Match]:
    text = view.text
    if not any(sign in text for sign in SIGNS) or not GATE.search(text):
        return
    if "(" not in text and "{" not in text and not any(segment.text == "Array" for segment in view.segments):
        return
    found = sorted([*_strings(text), *_serialised(text), *_dumps(view, options["min_lines"])])
    dumps: list[Span] = []
    for span in found:
        if not dumps or span[0] >= dumps[-1][1]:
            dumps.append(span)
    yield from (Match(*span) for span in unless_examples(text, dumps, options["always_above"]))


def _strings(text: str) -> Iterator[Span]:
    """`string(5) "hello"`: the length in bytes says where it ends; failing that, the JSON in it."""
    at = failures = 0
    while failures < MAX_FAILURES and (opening := STRING.search(text, at)):
        at = opening.end()
        end = _after_bytes(text, at, int(opening[1]))
        if end is None or text[end : end + 1] != '"':
            end, keys, closed = parse_json(text, at)
            while text[end : end + 1] == " ":
                end += 1
            if not (closed and keys and text[end : end + 1] == '"'):
                failures += 1
                continue
        at = end + 1
        yield opening.start(), at


def _after_bytes(text: str, start: int, count: int) -> int | None:
    window = text[start : start + count]
    if window.isascii():
        return start + count if len(window) == count else None
    raw = window.encode("utf-8", "surrogatepass")[:count]
    return start + len(raw.decode("utf-8", "ignore")) if len(raw) == count else None


def _serialised(text: str) -> Iterator[Span]:
    at = 0
    while opening := SERIALISED.search(text, at):
        depth, end = 1, opening.end()
        while depth and (token := SERIAL_TOKEN.match(text, end)):
            depth += 1 if token["open"] or token["object"] else -1 if token["close"] else 0
            end = token.end()
        at = max(end, opening.end())
        if depth == 0:
            yield opening.start(), end


def _dumps(view: View, min_lines: int) -> Iterator[Span]:
    """Runs of lines in the grammar of var_dump and print_r that begin with an opening line."""
    texts = [segment.text for segment in view.segments]
    i = 0
    while i < len(texts):
        if not OPEN.fullmatch(texts[i]):
            i += 1
            continue
        first, keyed = i, 0
        while i < len(texts) and (OPEN.fullmatch(texts[i]) or BODY.fullmatch(texts[i])):
            keyed += KEYED.match(texts[i]) is not None
            i += 1
        if keyed and i - first >= min_lines:
            yield view.starts[first], view.starts[i - 1] + len(texts[i - 1])


PHP_DUMP = DocumentDetector(find, defaults={"min_lines": 3, "always_above": 300}, data_files=("technical",))
