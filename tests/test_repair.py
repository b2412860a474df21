"""Repair: right text, an exact map, nothing made worse, nothing left to do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import ftfy
import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad
from hypothesis import given, settings
from hypothesis import strategies as st

from clean.config import RepairConfig
from clean.document import Document, Segment
from clean.offsets import Alignment, Change
from clean.repair.gate import Gate
from clean.repair.mojibake import fix_whole
from clean.repair.tracked import Tracked
from clean.stages.repair import Repair

CASES = Path(__file__).parent / "cases"
PROFILES = ("minimal", "standard", "full")
REPAIRS = {profile: Repair(RepairConfig(profile)) for profile in ("off", *PROFILES)}
STANDARD = REPAIRS["standard"]
FTFY = {
    "minimal": ftfy.TextFixerConfig(
        unescape_html=False,
        uncurl_quotes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        fix_line_breaks=False,
        normalization=None,
    ),
    "standard": ftfy.TextFixerConfig(
        uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False, fix_line_breaks=False
    ),
    "full": ftfy.TextFixerConfig(fix_line_breaks=False),
}

MOJIBAKE_CHARACTERS = "".join(
    re.sub("(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), members)
    for members in MOJIBAKE_CATEGORIES.values()
)
WRONG_CODECS = ("latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250", "macroman")
SENTENCES = st.sampled_from(
    [
        "café crème",
        "“quoted” – it’s",
        "Привет, мир",
        "naïve 😀 text",
        "日本語のテキスト",
        "می‌خواهم",
        "हिन्दी क्‍ष",
        "à la carte",
        "Łódź",
    ]
)


@st.composite
def mojibake(draw: st.DrawFn) -> str:
    """Text read in a wrong charset, once or twice."""
    text = draw(SENTENCES)
    for _ in range(draw(st.integers(1, 2))):
        codec = draw(st.sampled_from(WRONG_CODECS))
        text = text.encode("utf-8").decode(codec, "replace")
    return text


TEXTS = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=()), max_size=12),
        st.text(st.sampled_from(sorted(set(MOJIBAKE_CHARACTERS)) + list(" aeZ.,'")), max_size=8),
        st.text(
            st.sampled_from(
                "\x00\x07\x1b[0m\r\n\v\f\t \xa0\u2003\u3000\u2028\u200b\u200c\u200d\u2060\ufeff\xadमکa😀\ud83d\ude00"
            ),
            max_size=8,
        ),
        st.sampled_from(
            ["&amp;", "&lt;", "&nbsp;", "&#10;", "&#x1f600;", "&amp;eacute;", "&#1;", "&semi;", "&", "amp;", "<", "lt;"]
        ),
        st.sampled_from(["e\u0301", "\u1100\u1161\u11a8", "\u0958", "<\u0338", "\u212b", "ﬁ", "Ａ", "“", "ŉ"]),
        SENTENCES,
        mojibake(),
    ),
    max_size=5,
).map("".join)


def load(name: str) -> list[dict[str, str]]:
    cases: list[dict[str, str]] = json.loads((CASES / name).read_text(encoding="utf-8"))
    return cases


def segment(text: str, start: int = 0, group: int = 0) -> Segment:
    return Segment(text, Alignment.identity(start, len(text)), group)


def replayed(before: str, after: str, changes: list[Change]) -> None:
    """Hold that `changes` lead from `before` to `after` and everything else is equal."""
    at = out = 0
    for change in changes:
        assert at <= change.start <= change.end <= len(before)
        same = change.start - at
        assert before[at : change.start] == after[out : out + same]
        out += same
        assert before[change.start : change.end] != after[out : out + change.length]
        assert change.rule
        out += change.length
        at = change.end
    assert before[at:] == after[out:]


@pytest.mark.parametrize("profile", PROFILES)
@given(text=TEXTS)
@settings(max_examples=400, deadline=None)
def test_repairing_a_repaired_text_changes_nothing(profile: str, text: str) -> None:
    once, _ = REPAIRS[profile].text(text)
    assert REPAIRS[profile].text(once) == (once, [])


@pytest.mark.parametrize("profile", PROFILES)
@given(text=TEXTS)
@settings(max_examples=400, deadline=None)
def test_the_changes_lead_from_source_to_output(profile: str, text: str) -> None:
    fixed, changes = REPAIRS[profile].text(text)
    replayed(text, fixed, changes)


@pytest.mark.parametrize("profile", PROFILES)
@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_no_surrogate_and_no_line_break_survives(profile: str, text: str) -> None:
    fixed, _ = REPAIRS[profile].text(text)
    assert not re.search("[\ud800-\udfff\n\r\v\f\u2028\u2029]", fixed)


@pytest.mark.parametrize("profile", PROFILES)
@given(text=TEXTS)
@settings(max_examples=600, deadline=None)
def test_ftfy_changes_nothing_that_passes_the_gate(profile: str, text: str) -> None:
    options = RepairConfig(profile).resolved()
    gate = Gate(options, replaced="ﬁＡ\u3000“”‘’„ŉ" if profile == "full" else "")
    if gate.passes(text):
        assert ftfy.fix_text(text, FTFY[profile]) == text


@given(text=st.text(st.sampled_from(sorted(set(MOJIBAKE_CHARACTERS)) + list("aZ .,²³°ÂÃŒœвЂβ€×à√≈‚")), max_size=6))
@settings(max_examples=1000, deadline=None)
def test_what_ftfy_calls_bad_does_not_pass_the_gate(text: str) -> None:
    if is_bad(text):
        assert not STANDARD._repair.gate.passes(text)


@given(text=st.one_of(mojibake(), TEXTS))
@settings(max_examples=400, deadline=None)
def test_a_replayed_plan_gives_what_ftfy_gives(text: str) -> None:
    tracked = Tracked(text)
    tracked.apply(fix_whole(text))
    assert tracked.text == ftfy.fix_encoding(text)


@given(texts=st.lists(TEXTS, max_size=6))
@settings(max_examples=200, deadline=None)
def test_a_segment_is_repaired_whatever_stands_beside_it(texts: list[str]) -> None:
    document = Document("".join(texts))
    start = 0
    for text in texts:
        document.segments.append(segment(text, start))
        start += len(text)
    document.source = "".join(texts)
    kept = [fixed for text in texts if (fixed := STANDARD.text(text)[0]) and not fixed.isspace()]
    assert [s.text for s in STANDARD(document).segments] == kept


@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_every_character_that_is_not_blank_is_kept_or_removed(text: str) -> None:
    document = Document(text, source=text, segments=[segment(text)])
    STANDARD(document)
    covered = set()
    for s in document.segments:
        for piece in s.alignment.pieces:
            covered.update(range(piece.src_start, piece.src_end))
        assert len(s.alignment) == len(s.text)
        at = 0
        for piece in s.alignment.pieces:
            if piece.rule is None:
                assert s.text[at : at + piece.out_len] == text[piece.src_start : piece.src_end]
            at += piece.out_len
    for removal in document.removals:
        covered.update(range(*removal.source))
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)
