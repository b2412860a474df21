"""Tags, text and comments of a page, each with its place in the source.

The tokenizer finds where text stands and hands the parser a skeleton: the page's tags, without attributes but for a
number, and in the place of each run of text its number. What the parser then makes of the page, however malformed,
its text nodes hold numbers of runs, so that the origin of each visible character is known and never searched for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

BLANK = " \t\n\r\f"
"""White space in HTML; other blanks, U+00A0 among them, are characters like any."""

_TAG = r"""<(/?)([a-zA-Z][^ \t\n\r\f/>]*+)
    ((?:[^=>]++|=[ \t\n\r\f]*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^ \t\n\r\f>]*+))*+)>()"""
_OPENER = re.compile(rf"{_TAG}[ \t\n\r\f]*+|<[a-zA-Z/!?]", re.VERBOSE)
"""A tag and the blanks after it, or what begins like one."""

_SCRIPT_STEP = re.compile(r"<!--|-->|<(/?)script(?=[ \t\n\r\f/>])", re.IGNORECASE)
_COMMENT_END = re.compile("--!?>")
_VISIBLE = re.compile(r"[^ \t\n\r\f]")
_SAFE_NAME = re.compile(r"[a-z][a-z0-9:-]*")

RAW = frozenset(("script", "style", "iframe", "noembed", "noframes", "noscript"))
"""Elements whose content is no markup and is never shown (as in a browser that runs scripts)."""

RAW_TEXT = frozenset(("title", "textarea", "xmp"))
"""Elements whose content is text whatever it looks like."""

LEFT_OUT = frozenset(
    ("img", "input", "meta", "link", "source", "track", "wbr", "area", "param", "embed", "base", "col")
)
"""Elements without content: the tree is the same without them, and smaller."""

FOREIGN = frozenset(("svg", "math"))
KEPT_IN_FOREIGN = frozenset(
    str.split("a abbr address article aside button cite del details figcaption figure font footer form header")
    + str.split("html ins label legend main option picture q section summary tbody td tfoot th thead time tr")
)
"""Ordinary elements that do not end foreign content."""

ORDINARY = frozenset(
    str.split("""a abbr address article aside b blockquote body br button center cite code dd del details div
        dl dt em fieldset
        figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i ins label legend li main nav ol
        option p picture pre q s section small span strike strong sub summary sup table tbody td tfoot th thead time tr
        tt u ul""")
)
"""Elements that need no thought here: most tags of most pages."""

LEFT_OUT_OF_SVG = frozenset(("path", "g", "use", "rect", "circle", "polygon", "polyline", "line", "ellipse", "defs"))


@dataclass(slots=True)
class Tokens:
    """What the tokenizer found. Runs and tags are numbered in source order."""

    source: str
    skeleton: str = ""
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    """Runs of text that is not all blank: `source[starts[i]:ends[i]]`."""
    blank_before: list[bool] = field(default_factory=list)
    """Whether blank text stands between a run and the one before it."""
    broken_before: list[bool] = field(default_factory=list)
    """Whether something other than plain tags and comments stands there (a script, a comment left open)."""
    literal: set[int] = field(default_factory=set)
    """Runs in which character references are not decoded."""
    tag_names: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    """Names, and attributes as written, of the start tags in the skeleton, by number."""
    tag_starts: list[int] = field(default_factory=list)
    metas: list[tuple[str, str, int]] = field(default_factory=list)
    """Name, attributes and source position of attributes, of `meta` and `link` tags."""
    scripts: list[tuple[str, int, int]] = field(default_factory=list)
    """Attributes and content span of scripts."""
    noscripts: list[tuple[int, int]] = field(default_factory=list)
    """Content spans of `noscript` elements that were passed over."""


def tokenize(source: str, scripting: bool = True) -> Tokens:
    """Find the tokens of a page. Without `scripting`, the content of `noscript` is part of it."""
    out = Tokens(source)
    skeleton: list[str] = []
    starts, ends, blanks, breaks = out.starts, out.ends, out.blank_before, out.broken_before
    names, tags, tag_starts = out.tag_names, out.tags, out.tag_starts
    find, visible, opener = source.find, _VISIBLE.search, _OPENER.search
    raw = RAW if scripting else RAW - {"noscript"}
    size = len(source)
    pos = text_from = 0
    foreign = 0
    blank = broken = False

    while True:
        tag = opener(source, pos)
        at = tag.start() if tag else size
        if at > text_from:
            if at > pos > text_from or visible(source, text_from, at):
                skeleton.append(f"{len(starts)} ")
                starts.append(text_from)
                ends.append(at)
                blanks.append(blank)
                breaks.append(broken)
                blank = broken = False
            else:
                skeleton.append(" ")
                blank = True
        if tag is None:
            break
        close, name, attributes, _ = tag.groups()
        if name is None:
            after = source[at + 1]
            if after == "!" and source.startswith("<!--", at):
                end, plain = _comment_end(source, at)
                broken = broken or not plain
            elif after in "!?" or not source[at + 2 : at + 3].isascii() or not source[at + 2 : at + 3].isalpha():
                if at + 2 >= size and after == "/":
                    # "</" at the very end is text; it holds nothing to read.
                    break
                end = find(">", at) + 1 or size
                if source[at : at + 9].lower() == "<!doctype":
                    skeleton.append(source[at:end])
                broken = broken or source[end - 1] != ">"
            else:
                # A tag that never ends takes the rest of the page with it.
                break
            pos = text_from = end
            continue
        name = name.lower()
        text_from = tag.end(4)
        pos = tag.end()
        if attributes and ("<" in attributes or ">" in attributes):
            broken = True
        if name in ORDINARY:
            if close:
                skeleton.append(f"</{name}>")
            else:
                if foreign and name not in KEPT_IN_FOREIGN:
                    foreign = 0
                skeleton.append(f"<{name} id={len(tags)}{' /' if attributes and attributes[-1] == '/' else ''}>")
                names.append(name)
                tags.append(attributes)
                tag_starts.append(at)
            continue
        if name in LEFT_OUT:
            if name in ("meta", "link"):
                out.metas.append((name, attributes, tag.start(3)))
            continue
        if foreign:
            if name in LEFT_OUT_OF_SVG:
                continue
            if name in FOREIGN and close:
                foreign -= 1
        if close:
            if (foreign or name not in raw) and (name.isalnum() or _SAFE_NAME.fullmatch(name)) and name.isascii():
                skeleton.append(f"</{name}>")
            continue
        closed = attributes.endswith("/")
        if name in FOREIGN and not closed:
            foreign += 1
        if name in raw and (not foreign or name == "script"):
            if foreign and closed:
                continue
            pos = text_from
            end = _script_end(source, pos) if name == "script" else _raw_end(source, pos, name)
            if name == "script":
                out.scripts.append((attributes, pos, end))
            elif name == "noscript":
                out.noscripts.append((pos, end))
            pos = text_from = (find(">", end) + 1 or size) if end < size else size
            broken = True
            continue
        if not (name.isalnum() and name.isascii()) and not _SAFE_NAME.fullmatch(name):
            name = "x-unknown"
        elif name == "template" and "shadowrootmode" in attributes.lower():
            name = "div"
        skeleton.append(f"<{name} id={len(tags)}{' /' if closed else ''}>")
        names.append(name)
        tags.append(attributes)
        tag_starts.append(at)
        if foreign:
            continue
        if name in RAW_TEXT:
            pos = _raw_end(source, text_from, name)
        elif name == "plaintext":
            pos = size
        else:
            continue
        if pos > text_from:
            if visible(source, text_from, pos):
                if name in ("xmp", "plaintext"):
                    out.literal.add(len(starts))
                skeleton.append(f"{len(starts)} ")
                starts.append(text_from)
                ends.append(pos)
                blanks.append(blank)
                breaks.append(True)
            blank, broken = False, True
            text_from = pos
    out.skeleton = "".join(skeleton)
    return out


def _comment_end(source: str, at: int) -> tuple[int, bool]:
    """Where the comment at `at` ends, and whether it does so by the usual `-->`."""
    if source.startswith(">", at + 4):
        return at + 5, False
    if source.startswith("->", at + 4):
        return at + 6, False
    end = _COMMENT_END.search(source, at + 4)
    return (end.end(), end.group() == "-->") if end else (len(source), False)


def _raw_end(source: str, pos: int, name: str) -> int:
    """Where the end tag of the raw element `name` begins, or the end of the page."""
    length = len(name)
    while (pos := source.find("</", pos)) >= 0:
        if (
            source[pos + 2 : pos + 2 + length].lower() == name
            and source[pos + 2 + length : pos + 3 + length] in _AFTER_NAME
        ):
            return pos
        pos += 2
    return len(source)


_AFTER_NAME = frozenset((*BLANK, "/", ">"))


def _script_end(source: str, pos: int) -> int:
    """As `_raw_end` for a script, in which `<!-- <script>` hides an end tag."""
    end = _raw_end(source, pos, "script")
    if source.find("<!--", pos, end) < 0:
        return end
    escaped = double = False
    for step in _SCRIPT_STEP.finditer(source, pos):
        text = step.group()
        if text == "<!--":
            escaped = True
        elif text == "-->":
            escaped = double = False
        elif step.group(1):
            if not double:
                return step.start()
            double = False
        elif escaped:
            double = True
    return len(source)
