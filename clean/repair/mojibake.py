"""Mojibake: text that was decoded in the wrong charset, such as `cafÃ©` for `café`.

ftfy decides what is mojibake and in which charsets it came about; its plan is replayed here, so that each repaired
character is traced to the very characters that its bytes were read as.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from ftfy import ExplanationStep, TextFixerConfig, chardata, fix_encoding_and_explain, fixes
from ftfy.badness import badness, is_bad

from clean.repair.tracked import Replacement, Tracked, shrunk

LONGEST = 10_000
"""Characters that ftfy gets at a time. Its time is not linear in what it gets, and a paragraph is far below this."""

WORD = re.compile(r"\S*\s*")
NON_ASCII = re.compile(r"[^\x00-\x7f]")

DOUBTFUL = re.compile("[\u0180-\u036f]")
"""Letters of no widely written language, and marks. A repair that ends in one, other than from the usual charsets,
has read »Ü as Macintosh or Ć© as cp1250, and is not to be trusted."""

NAMES = {name: name.replace("sloppy-windows-", "cp") for name in chardata.CHARMAP_ENCODINGS}

RUN = re.compile("[\x80-\U0010ffff]+")

DAGGER = "†"
"""U+2020, for which ftfy takes the first two bytes of a closing quote, its third byte lost, and a space after it."""

RARE_SYMBOL = re.compile("[\u2900-\u2aff]")
"""Arrows and operators of mathematics that hardly any text has."""

CUT_OFF = re.compile(r"(?<=[a-zß-ÿ.,:;?!\s])[ÂÃ]\Z")

ISO_CODECS = tuple(f"iso8859_{part}" for part in (15, 9, 5, 7, 13, 11, 16, 4, 10, 3, 14, 6, 8))
"""The parts of ISO 8859 that ftfy does not try, the widespread ones first."""

SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]"
    rb"|\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]"
    rb"|[\xe0-\xef][\x80-\xbf]{2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{3}"
    rb"|\xc0\x80"
)
"""The bytes of one character in UTF-8 and its relatives: CESU-8 pairs, and Java's two bytes for NUL."""


def fix_encoding(text: str, suspect: re.Pattern[str]) -> list[Replacement]:
    """What ftfy repairs in `text`: whole if that helps, and else in windows between the words that are right.

    A repair is kept only if it leaves less that looks like mojibake, by ftfy's own measure.

    Args:
        suspect: the gate's pattern, which is found in all that ftfy's measure finds, and is much faster.
    """
    if not suspect.search(text):
        return []
    out: list[Replacement] = []
    for start, end in _chunks(text, LONGEST):
        chunk = text[start:end]
        if suspect.search(chunk) and is_bad(chunk):
            out.extend(_shifted(_fix_chunk(chunk), start))
    return out


def _fix_chunk(text: str) -> list[Replacement]:
    tracked = Tracked(text)
    before = badness(text)
    tracked.apply(_fix_iso(text))
    tracked.apply(_vetted(tracked.text, fix_whole(tracked.text)))
    if tracked.text != text:
        tracked.apply(_fix_end(tracked.text))
    after = badness(tracked.text)
    if after >= before:
        tracked = Tracked(text)
        after = before
    if after:
        attempt = tracked.copy()
        attempt.apply(_fix_windows(attempt.text))
        if badness(attempt.text) < after:
            tracked = attempt
    return tracked.replacements()


def _fix_windows(text: str) -> Iterator[Replacement]:
    """Repairs of the runs of words between those that hold more than ASCII and look right."""
    start = end = 0
    for match in WORD.finditer(text):
        word = match.group()
        if NON_ASCII.search(word) and not is_bad(word):
            yield from _fix_window(text, start, end)
            start = match.end()
        end = match.end()
    yield from _fix_window(text, start, end)


def _fix_window(text: str, start: int, end: int) -> Iterator[Replacement]:
    window = text[start:end]
    before = badness(window)
    if not before or len(window) == len(text):
        return
    tracked = Tracked(window)
    tracked.apply(_vetted(window, fix_whole(window)))
    if badness(tracked.text) < before:
        yield from _shifted(tracked.replacements(), start)


def fix_whole(text: str) -> list[Replacement]:
    """Exactly what ftfy makes of `text`, as replacements."""
    fixed, plan = fix_encoding_and_explain(text, TextFixerConfig())
    if fixed == text:
        return []
    tracked = Tracked(text)
    steps = list(plan or ())
    while steps:
        tracked.apply(_replayed(tracked.text, steps))
    if tracked.text != fixed:
        return [shrunk(Replacement(0, len(text), fixed, "fix_encoding"), text)]
    return tracked.replacements()


def _vetted(text: str, replacements: list[Replacement]) -> Iterator[Replacement]:
    """The replacements, with doubtful ones read in another way or left out."""
    opened = 0
    at = 0
    for replacement in replacements:
        start, end, new, rule = replacement
        opened += _opened(text[at:start])
        at = end
        if end - start == 3 and text[end - 1] == " ":
            # ftfy took the space for a byte A0; it may as well be a space, after a byte that was lost.
            if new == DAGGER and opened > 0:
                new, replacement = "”", Replacement(start, end - 1, "”", rule)
            elif RARE_SYMBOL.match(new):
                continue
        opened += _opened(new)
        if DOUBTFUL.search(new) and not rule.endswith(("latin-1", "cp1252")):
            yield from _read_otherwise(text, start, end)
        else:
            yield replacement


def _opened(text: str) -> int:
    return text.count("“") - text.count("”")


def _read_otherwise(text: str, start: int, end: int) -> Iterator[Replacement]:
    """`[start, end)` as UTF-8 that was read in the first charset that makes common letters of it."""
    for encoding in chardata.CHARMAP_ENCODINGS:
        other = reread(text[start:end], encoding)
        if other and not any(DOUBTFUL.search(replacement.text) for replacement in other):
            yield from _shifted(other, start)
            return


def _fix_end(text: str) -> list[Replacement]:
    """The last letter of a text that held mojibake, if it is one whose second byte was a blank and was trimmed off."""
    match = CUT_OFF.search(text)
    if match is None:
        return []
    return [Replacement(*match.span(), "à" if match.group() == "Ã" else " ", "fix_encoding: utf-8 read as latin-1")]


def _fix_iso(text: str) -> list[Replacement]:
    """UTF-8 read in a part of ISO 8859 that ftfy does not try, such as Thai ๐ and three controls: an emoji."""
    found: dict[tuple[int, int], list[Replacement]] = {}
    used: set[str] = set()
    runs = [match.span() for match in RUN.finditer(text)]
    for start, end in runs:
        run = text[start:end]
        # C1 control characters show that a charset of ISO 8859 was used, which has them; those of Windows have not.
        if chardata.C1_CONTROL_RE.search(run) and not any(
            chardata.possible_encoding(run, encoding) for encoding in chardata.CHARMAP_ENCODINGS
        ):
            for encoding in ISO_CODECS:
                if again := reread(run, encoding):
                    found[start, end] = again
                    used.add(encoding)
                    break
    if len(used) == 1:
        (encoding,) = used
        for start, end in runs:
            found.setdefault((start, end), reread(text[start:end], encoding))
    return [replacement for start, end in runs for replacement in _shifted(found.get((start, end), ()), start)]


def reread(text: str, encoding: str) -> list[Replacement]:
    """`text` as UTF-8 that was read as `encoding`; nothing if it cannot have been."""
    try:
        widths = [len(char.encode(encoding)) for char in text]
        if sum(widths) == len(text):
            return _redecoded(text, encoding, [], "utf-8")
        return _regrouped(text, text.encode(encoding).decode("utf-8"), widths, encoding)
    except UnicodeError:
        return []


def _regrouped(text: str, fixed: str, widths: list[int], encoding: str) -> list[Replacement]:
    """`fixed` in the place of `text`, both of the same bytes, in the smallest groups that begin and end in both."""
    rule = f"fix_encoding: utf-8 read as {NAMES.get(encoding, encoding)}"
    out: list[Replacement] = []
    start = first = at = 0  # of the group: in the text, in what is right, and how many bytes the latter is ahead
    j = 0
    for i, width in enumerate(widths, 1):
        at -= width
        while at < 0:
            at += len(fixed[j].encode())
            j += 1
        if at == 0:
            if text[start:i] != fixed[first:j]:
                out.append(Replacement(start, i, fixed[first:j], rule))
            start, first = i, j
    return out


def _replayed(text: str, steps: list[ExplanationStep]) -> Iterable[Replacement]:
    """The next of ftfy's steps, taken off the list, as replacements; encoding and decoding are one."""
    step = steps.pop(0)
    if step.parameter == "decode_inconsistent_utf8":
        return list(_fix_embedded(text))
    if step.parameter == "fix_c1_controls":
        return fix_c1_controls(text)
    transcoders = []
    while steps[0].action == "transcode":
        transcoders.append(steps.pop(0).parameter)
    decoding = steps.pop(0).parameter
    if decoding == "windows-1252":
        return fix_c1_controls(text)
    return _redecoded(text, step.parameter, transcoders, decoding)


def _redecoded(text: str, encoding: str, transcoders: list[str], decoding: str) -> list[Replacement]:
    """`text` read again: as bytes in a single-byte `encoding`, put right by ftfy's `transcoders`, decoded."""
    raw = text.encode(encoding)
    inserted: list[int] = []
    pattern = SEQUENCE
    if "restore_byte_a0" in transcoders:
        # It makes A0 of bytes 20, and inserts one after some bytes C3.
        inserted = [match.start() + 1 + i for i, match in enumerate(fixes.A_GRAVE_WORD_RE.finditer(raw))]
        raw = fixes.restore_byte_a0(raw)
    decodable = raw
    if "replace_lossy_sequences" in transcoders:
        decodable = fixes.replace_lossy_sequences(raw)
        pattern = re.compile(chardata.LOSSY_UTF8_RE.pattern + b"|" + SEQUENCE.pattern)
    fixed = decodable.decode(decoding)
    rule = f"fix_encoding: utf-8 read as {NAMES.get(encoding, encoding)}"
    out: list[Replacement] = []
    ahead = 0
    for match in pattern.finditer(raw):
        start, end = match.span()
        char = fixed[start - ahead]
        ahead += end - start - 1
        out.append(Replacement(start - bisect_left(inserted, start), end - bisect_left(inserted, end), char, rule))
    return out


def _fix_embedded(text: str) -> Iterator[Replacement]:
    """ftfy's `decode_inconsistent_utf8`: what looks like UTF-8 in some charset, each place on its own."""
    for match in chardata.UTF8_DETECTOR_RE.finditer(text):
        part = match.group()
        if len(part) < len(text) and is_bad(part):
            yield from _shifted(fix_whole(part), match.start())


def fix_c1_controls(text: str) -> list[Replacement]:
    """C1 control characters, which nobody means, as the characters that Windows-1252 has in their place."""
    return [
        Replacement(*m.span(), m.group().encode("latin-1").decode("sloppy-windows-1252"), "fix_c1_controls")
        for m in chardata.C1_CONTROL_RE.finditer(text)
    ]


def _shifted(replacements: Iterable[Replacement], by: int) -> Iterator[Replacement]:
    for start, end, text, rule in replacements:
        yield Replacement(start + by, end + by, text, rule)


def _chunks(text: str, longest: int) -> Iterator[tuple[int, int]]:
    """Spans of at most `longest` characters that end after a blank where there is one."""
    start = 0
    while len(text) - start > longest:
        end = text.rfind(" ", start, start + longest) + 1 or start + longest
        yield start, end
        start = end
    yield start, len(text)
