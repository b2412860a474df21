"""Tags, text and comments of a page, each with its place in the source.

The tokenizer finds where text stands and hands the parser a skeleton: the page's tags, without attributes but for a
number, and in the place of each run of text its number and a comma. What the parser then makes of the page, however
malformed, its text nodes hold numbers of runs, so that the origin of each visible character is known and never searched
for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

BLANK = " \t\n\r\f"
"""White space in HTML; other blanks, U+00A0 among them, are characters like any."""

_TAG = r"""(/?)([a-zA-Z][^ \t\n\r\f/>]*+)
    ((?:[^=>]++|=[ \t\n\r\f]*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^ \t\n\r\f>]*+))*+)>"""
_BLANKS = re.compile(r"[ \t\n\r\f]*+")
_SCRIPT_STEP = re.compile(r"<!--|-->|<(/?)script(?=[ \t\n\r\f/>])", re.IGNORECASE)
_COMMENT_END = re.compile("--!?>")
_SAFE_NAME = re.compile(r"[a-z][a-z0-9:-]*")

RAW = frozenset(("script", "style", "iframe", "noembed", "noframes", "noscript"))
"""Elements whose content is no markup and is never shown (as in a browser that runs scripts)."""

RAW_TEXT = frozenset(("title", "textarea", "xmp"))
"""Elements whose content is text whatever it looks like."""

LEFT_OUT = frozenset(
    str.split("img input meta link source track wbr area param embed base col frame keygen bgsound basefont")
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

_USUAL = "|".join(("div", "a", "span", "li", "p", *sorted(ORDINARY)))
_OPENER = re.compile(
    rf"<(?:(?:(/(?:{_USUAL})>(?:[ \t\n\r\f]*+</(?:{_USUAL})>)*+)|{_TAG})([ \t\n\r\f]*+)|[a-zA-Z/!?])", re.VERBOSE
)
"""End tags that need no thought, or one tag, and the blanks after; or what begins like a tag."""

END_TAGS = {name: f"</{name}>" for name in ORDINARY}

NEVER_MARKUP = frozenset(("style", "iframe", "noembed", "noframes", "script", "xmp", "plaintext"))
"""Elements whose content the parser would not read as markup. In foreign content it is, under the name `UNKNOWN`."""

UNKNOWN = "x-unknown"

NOTED = frozenset(("title", "body", "time"))
"""Elements whose start tags others look for."""

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
    noted: list[tuple[str, str, int]] = field(default_factory=list)
    """Name, attributes and source position of the start tags of `NOTED` elements."""
    metas: list[tuple[str, str, int]] = field(default_factory=list)
    """Name, attributes and source position of attributes, of `meta` and `link` tags."""
    scripts: list[tuple[str, int, int]] = field(default_factory=list)
    """Attributes and content span of scripts."""
    noscripts: list[tuple[int, int]] = field(default_factory=list)
    """Content spans of `noscript` elements that were passed over."""

    def add_run(self, start: int, end: int, blank: bool, broken: bool) -> str:
        """Number a run of text. Returns what stands for it in the skeleton."""
        number = len(self.starts)
        self.starts.append(start)
        self.ends.append(end)
        self.blank_before.append(blank)
        self.broken_before.append(broken)
        return f"{number},"


def tokenize(source: str, scripting: bool = True) -> Tokens:
    """Find the tokens of a page. Without `scripting`, the content of `noscript` is part of it."""
    out = Tokens(source)
    skeleton: list[str] = []
    put, add_run = skeleton.append, out.add_run
    names, tags = out.tag_names, out.tags
    raw = RAW if scripting else RAW - {"noscript"}
    size = len(source)
    foreign = 0
    blank = broken = False
    text_from = 0

    while text_from < size:
        # Text not yet accounted for begins at `text_from`; what is visible of it, if anything, at `pos`.
        pos = _after_blanks(source, text_from)
        for tag in _OPENER.finditer(source, pos):
            at = tag.start()
            if at > pos:
                put(add_run(text_from, at, blank, broken))
                blank = broken = False
            elif at > text_from:
                put(" ")
                blank = True
            ends, close, name, attributes, _ = tag.groups()
            if ends:
                put(f"<{ends}")
                blank = blank or len(ends.split(None, 1)) > 1
                text_from, pos = tag.span(5)
                continue
            if name is None:
                text_from, plain = _declaration_end(source, at)
                if source[at : at + 9].lower() == "<!doctype":
                    put(source[at:text_from])
                broken = broken or not plain
                break
            text_from, pos = tag.span(5)
            if attributes and ("<" in attributes or ">" in attributes):
                broken = True
            name = name.lower()
            if name in END_TAGS:
                if close:
                    put(END_TAGS[name])
                    continue
                if foreign and name not in KEPT_IN_FOREIGN:
                    foreign = 0
                put(
                    f"<{name} id={len(tags)} />" if attributes and attributes[-1] == "/" else f"<{name} id={len(tags)}>"
                )
                names.append(name)
                tags.append(attributes)
                if name in NOTED:
                    out.noted.append((name, attributes, at))
                continue
            if name in LEFT_OUT:
                if name in ("meta", "link"):
                    out.metas.append((name, attributes, tag.start(4)))
                continue
            if foreign:
                if name in LEFT_OUT_OF_SVG:
                    continue
                if name in FOREIGN and close:
                    foreign -= 1
            if not (name.isalnum() and name.isascii()) and not _SAFE_NAME.fullmatch(name):
                name = UNKNOWN
            parsed = UNKNOWN if foreign and name in NEVER_MARKUP else name
            if close:
                if (foreign or name not in raw) and name != UNKNOWN:
                    put(f"</{parsed}>")
                continue
            closed = " /" if attributes.endswith("/") else ""
            if name in FOREIGN and not closed:
                foreign += 1
            if name in raw and (not foreign or name == "script"):
                if foreign and closed:
                    continue
                end = _script_end(source, text_from) if name == "script" else _raw_end(source, text_from, name)
                if name == "script":
                    out.scripts.append((attributes, text_from, end))
                elif name == "noscript":
                    out.noscripts.append((text_from, end))
                text_from = (source.find(">", end) + 1 or size) if end < size else size
                broken = True
                break
            if name == "template" and "shadowrootmode" in attributes.lower():
                name = parsed = "div"
            put(f"<{parsed} id={len(tags)}{closed}>")
            names.append(name)
            tags.append(attributes)
            if name in NOTED:
                out.noted.append((name, attributes, at))
            if not foreign and (name in RAW_TEXT or name == "plaintext"):
                end = size if name == "plaintext" else _raw_end(source, text_from, name)
                if end > pos:
                    if name != "title" and name != "textarea":
                        out.literal.add(len(out.starts))
                    put(add_run(text_from, end, blank, True))
                if end > text_from:
                    blank, broken = False, True
                text_from = end
                break
        else:
            if size > pos:
                put(add_run(text_from, size, blank, broken))
            break
    out.skeleton = "".join(skeleton)
    return out


def _after_blanks(source: str, at: int) -> int:
    """The first character from `at` on that is not blank."""
    match = _BLANKS.match(source, at)
    return match.end() if match else at


def _declaration_end(source: str, at: int) -> tuple[int, bool]:
    """Where the comment, declaration or broken tag at `at` ends, and whether it does so as a comment should."""
    if source.startswith("<!--", at):
        return _comment_end(source, at)
    size = len(source)
    following = source[at + 2 : at + 3]
    if source[at + 1] not in "!?" and following.isascii() and following.isalpha():
        # A tag that never ends takes the rest of the page with it.
        return size, False
    end = source.find(">", at) + 1 or size
    return end, source[end - 1] == ">"


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
