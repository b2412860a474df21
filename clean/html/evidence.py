"""What a page says of itself: its title and description, and its JSON-LD. Evidence for the model, never text."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import Any

from clean.html.tokens import Tokens

LONGEST_DATA = 300_000
"""JSON-LD beyond this is left unread: real objects are far smaller."""

TEXTS = frozenset(("articleBody", "text", "description", "reviewBody", "headline", "name"))
KINDS = {
    "article": ("article", "newsarticle", "blogposting", "report", "techarticle"),
    "product": ("product", "offer", "aggregateoffer"),
    "forum": ("discussionforumposting", "qapage", "question", "comment"),
    "listing": ("itemlist", "collectionpage", "searchresultspage", "blog"),
    "organisation": ("organization", "localbusiness", "service", "webpage", "faqpage"),
}

_WORD = re.compile(r"\w+")
_META = re.compile(r"""(name|property|itemprop|content)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)


@dataclass(slots=True)
class Evidence:
    """Words of the title and the description, five-word runs of JSON-LD texts, and features of the page."""

    title: frozenset[str] = frozenset()
    description: frozenset[str] = frozenset()
    shingles: frozenset[str] = frozenset()
    page: dict[str, float] = field(default_factory=dict)


def gather(tokens: Tokens) -> Evidence:
    """Read what the tokenizer passed over."""
    meta: dict[str, str] = {}
    for name, attributes, _ in tokens.metas:
        if name == "meta":
            found = {key.lower(): value.strip("\"'") for key, value in _META.findall(attributes)}
            key = found.get("property") or found.get("name") or found.get("itemprop")
            if key and "content" in found:
                meta.setdefault(key.lower(), html.unescape(found["content"]))
    texts: list[str] = []
    types: set[str] = set()
    for attributes, start, end in tokens.scripts:
        if "ld+json" in attributes and end - start <= LONGEST_DATA:
            _walk(_parse(tokens.source[start:end]), texts, types)
    shingles: set[str] = set()
    for text in texts:
        words = _WORD.findall(html.unescape(text).lower())
        shingles.update(" ".join(words[i : i + 5]) for i in range(min(len(words) - 4, 5000)))
    kind = meta.get("og:type", "").lower()
    page = {
        "og_article": float("article" in kind),
        "og_product": float("product" in kind),
        "og_website": float("website" in kind),
        "data_words": float(sum(len(text) for text in texts)),
    }
    for name, members in KINDS.items():
        page[f"data_{name}"] = float(any(member in types for member in members))
    title = f"{meta.get('og:title', '')} {_title(tokens)}"
    description = f"{meta.get('og:description', '')} {meta.get('description', '')}"
    return Evidence(_words(title), _words(description), frozenset(shingles), page)


def _title(tokens: Tokens) -> str:
    for name, _, at in tokens.noted:
        if name == "title":
            end = tokens.source.find("<", at + 1)
            return html.unescape(tokens.source[at:end].partition(">")[2])
        if name == "body":
            break
    return ""


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _parse(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _walk(value: Any, texts: list[str], types: set[str]) -> None:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            kind = value.get("@type")
            for name in kind if isinstance(kind, list) else (kind,):
                if isinstance(name, str):
                    types.add(name.lower())
            for key, inner in value.items():
                if isinstance(inner, str):
                    if key in TEXTS:
                        texts.append(inner)
                elif isinstance(inner, (list, dict)):
                    waiting.append(inner)
