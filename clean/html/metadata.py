"""Title, author and date of a page, each with the place where the markup states it.

Read from `meta` tags, JSON-LD, `time` elements and headings; or by trafilatura (and htmldate), whose answers count only
where the value can be found in the source.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from clean.document import Captured
from clean.errors import ConfigError
from clean.html.blocks import Page
from clean.html.tokens import Tokens
from clean.offsets import Span

TITLES = ("og:title", "twitter:title", "dc.title", "citation_title")
AUTHORS = ("author", "article:author", "dc.creator", "citation_author", "parsely-author", "sailthru.author")
DATES = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "pubdate",
    "publishdate",
    "parsely-pub-date",
    "sailthru.date",
    "citation_publication_date",
)
LONGEST_AUTHOR = 120
LONGEST_DATA = 300_000

_META = re.compile(
    r"""(name|property|itemprop|content)[ \t\n\r\f]*=[ \t\n\r\f]*(?:"([^"]*)"|'([^']*)'|([^ \t\n\r\f"'>]+))""",
    re.IGNORECASE,
)
_STRING = r'"((?:[^"\\]|\\.)*)"'
_LD_HEADLINE = re.compile(rf'"headline"\s*:\s*{_STRING}')
_LD_DATE = re.compile(rf'"datePublished"\s*:\s*{_STRING}')
_LD_AUTHOR = re.compile(rf'"author"\s*:\s*(?:\[\s*)?(?:{_STRING}|\{{[^{{}}\[\]]*?"name"\s*:\s*{_STRING})')
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
_DATETIME = re.compile(r"""datetime[ \t\n\r\f]*=[ \t\n\r\f]*["']?([^"'>]+)""", re.IGNORECASE)
_ISO = re.compile(r"([12]\d{3})[-/.]?([01]?\d)[-/.]?([0-3]?\d)(?!\d)")
_BLANKS = re.compile(r"\s+")


class _Found(NamedTuple):
    value: str
    source: Span


def read_metadata(page: Page, reader: str) -> dict[str, Captured]:
    """The metadata of a page by `reader`: "markup", or "trafilatura", which what the markup lacks then completes.

    Raises:
        ConfigError: trafilatura is asked for and not installed.
    """
    candidates: dict[str, list[_Found]] = {"title": [], "author": [], "date": []}
    if reader == "trafilatura":
        _ask_trafilatura(page.tokens.source, candidates)
    _read_markup(page, candidates)
    out: dict[str, Captured] = {}
    for field, found in candidates.items():
        for candidate in found:
            value = _normalised(field, candidate.value)
            if value:
                out[field] = Captured(value, candidate.source)
                break
    return out


def _read_markup(page: Page, out: dict[str, list[_Found]]) -> None:
    tokens = page.tokens
    metas = dict(_metas(tokens))
    for field, keys in (("title", TITLES), ("author", AUTHORS), ("date", DATES)):
        out[field] += [metas[key] for key in keys if key in metas]
    source = tokens.source
    for attributes, start, end in tokens.scripts:
        if "ld+json" in attributes and end - start <= LONGEST_DATA:
            for field, pattern in (("title", _LD_HEADLINE), ("date", _LD_DATE), ("author", _LD_AUTHOR)):
                if match := pattern.search(source, start, end):
                    group = match.lastindex or 1
                    out[field].append(_Found(_ESCAPE.sub(_unescaped, match.group(group)), match.span(group)))
    firsts = [b for b in page.blocks if page.tree.names[b.element] == "h1"]
    if len(firsts) == 1:
        runs = firsts[0].runs
        out["title"].append(_Found(firsts[0].text, (tokens.starts[runs[0]], tokens.ends[runs[-1]])))
    for name, attributes, at in tokens.noted:
        if name == "title":
            start = source.find(">", at) + 1
            end = source.find("<", start)
            if 0 < start < end:
                out["title"].append(_Found(html.unescape(source[start:end]), (start, end)))
        elif name == "time" and (match := _DATETIME.search(attributes)):
            begin = source.find(match.group(1), at)
            out["date"].append(_Found(match.group(1), (begin, begin + len(match.group(1)))))


def _metas(tokens: Tokens) -> Iterator[tuple[str, _Found]]:
    seen: set[str] = set()
    for name, attributes, at in tokens.metas:
        if name != "meta":
            continue
        key, content = "", None
        for match in _META.finditer(attributes):
            group = match.lastindex or 2
            if match.group(1).lower() == "content":
                content = _Found(html.unescape(match.group(group)), (at + match.start(group), at + match.end(group)))
            else:
                key = key or match.group(group).lower()
        if key and content and content.value.strip() and key not in seen:
            seen.add(key)
            yield key, content


def _ask_trafilatura(source: str, out: dict[str, list[_Found]]) -> None:
    try:
        import trafilatura
    except ImportError:
        raise ConfigError("metadata = 'trafilatura' needs the package trafilatura: pip install trafilatura") from None
    answer = trafilatura.extract_metadata(source)
    for field in out:
        value = getattr(answer, field, None) if answer is not None else None
        if not value:
            continue
        for written in dict.fromkeys((value, html.escape(value), value.replace("-", "/"), value.replace("-", ""))):
            start = source.find(written)
            if start >= 0:
                out[field].append(_Found(value, (start, start + len(written))))
                break


def _normalised(field: str, value: str) -> str:
    value = _BLANKS.sub(" ", value).strip()
    if field == "date":
        match = _ISO.match(value)
        try:
            return date(*map(int, match.groups())).isoformat() if match else ""
        except ValueError:
            return ""
    if field == "author" and (value.startswith(("http:", "https:", "/", "@")) or len(value) > LONGEST_AUTHOR):
        return ""
    return value


def _unescaped(match: re.Match[str]) -> str:
    if match.group(1):
        return chr(int(match.group(1), 16))
    return {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}.get(match.group(2), match.group(2))
