"""Repair: right text, an exact map, nothing made worse, nothing left to do."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import ftfy
import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad
from hypothesis import given, settings
from hypothesis import strategies as st

from clean.config import Config, RepairConfig
from clean.document import Document, Segment
from clean.errors import ConfigError
from clean.offsets import Alignment, Change, Piece
from clean.repair.gate import SIGNS, _members, mojibake_pattern
from clean.repair.mojibake import fix_whole
from clean.repair.text import TextRepair
from clean.repair.tracked import Tracked
from clean.stages.decode import decode
from clean.stages.repair import Repair
from clean.stages.segment import segment as segment_stage

ROOT = Path(__file__).resolve().parent.parent
CASES = Path(__file__).parent / "cases"
PROFILES = ("minimal", "standard", "full")
REPAIRS = {profile: Repair(RepairConfig(profile)) for profile in ("off", *PROFILES)}
GATES = {profile: TextRepair(RepairConfig(profile).resolved()).gate for profile in PROFILES}
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
    if GATES[profile].passes(text):
        assert ftfy.fix_text(text, FTFY[profile]) == text


@given(text=st.text(st.sampled_from(sorted(set(MOJIBAKE_CHARACTERS)) + list("aZ .,²³°ÂÃŒœвЂβ€×à√≈‚")), max_size=6))
@settings(max_examples=1000, deadline=None)
def test_what_ftfy_calls_bad_does_not_pass_the_gate(text: str) -> None:
    if is_bad(text):
        assert mojibake_pattern().search(text)


@given(text=st.one_of(mojibake(), TEXTS))
@settings(max_examples=400, deadline=None)
def test_a_replayed_plan_gives_what_ftfy_gives(text: str) -> None:
    tracked = Tracked(text)
    replacements = fix_whole(text)
    tracked.apply(replacements)
    assert tracked.text == ftfy.fix_encoding(text)
    assert all(replacement.rule != "fix_encoding" for replacement in replacements), "the plan was not replayed"


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


@pytest.mark.parametrize("case", load("repair_in_the_wild.json"), ids=lambda case: case["label"])
def test_what_was_found_in_the_wild_is_repaired(case: dict[str, str]) -> None:
    fixed, changes = STANDARD.text(case["original"])
    assert fixed == case["fixed"]
    replayed(case["original"], fixed, changes)


@pytest.mark.parametrize("case", load("repair_negative.json"), ids=lambda case: case["label"])
def test_what_looks_odd_and_is_right_stays(case: dict[str, str]) -> None:
    assert STANDARD.text(case["text"]) == (case["text"], [])


@pytest.mark.parametrize("case", load("repair_known_failures.json"), ids=lambda case: case["label"])
def test_a_known_failure_still_fails(case: dict[str, str]) -> None:
    assert STANDARD.text(case["original"])[0] != case["fixed"], "repaired now: move it to repair_in_the_wild.json"


def test_each_repaired_character_is_traced_to_the_characters_its_bytes_were_read_as() -> None:
    rule = "fix_encoding: utf-8 read as cp1252"
    assert STANDARD.text("â€œÅ‚Ã³dÅºâ€\x9d") == (
        "“łódź”",
        [Change(*span, 1, rule) for span in ((0, 3), (3, 5), (5, 7), (8, 10), (10, 13))],
    )


@pytest.mark.parametrize("profile", PROFILES)
@given(lines=st.lists(TEXTS, max_size=5))
@settings(max_examples=200, deadline=None)
def test_cleaning_a_cleaned_document_changes_nothing(profile: str, lines: list[str]) -> None:
    once = cleaned("\n".join(lines), profile)
    assert cleaned(once, profile) == once


def cleaned(text: str, profile: str) -> str:
    return REPAIRS[profile](segment_stage(decode(Document(text)))).text


def test_a_space_that_was_a_lost_byte_is_traced_without_the_space_after_it() -> None:
    rule = "fix_encoding: utf-8 read as latin-1"
    assert STANDARD.text("voilÃ le travail, Ã la carte schÃ¶n") == (
        "voilà le travail, à la carte schön",
        [Change(4, 5, 1, rule), Change(18, 19, 1, rule), Change(32, 34, 1, rule)],
    )


def test_an_entity_is_replaced_whole() -> None:
    assert STANDARD.text("R&amp;D  x") == ("R&D x", [Change(1, 6, 1, "unescape_html"), Change(8, 9, 0, "whitespace")])


def test_an_untouched_segment_keeps_its_identity() -> None:
    document = Document("clean\ncafÃ©", source="clean\ncafÃ©", segments=[segment("clean"), segment("cafÃ©", 6)])
    first, second = STANDARD(document).segments
    assert first.alignment.is_identity
    assert second.alignment.pieces == (
        Piece(3, 6, 3),
        Piece(1, 9, 2, "fix_encoding: utf-8 read as latin-1"),
    )


def test_blanks_at_the_ends_become_separators() -> None:
    source = "\xa0 word\u3000"
    (kept,) = STANDARD(Document(source, source=source, segments=[segment(source)])).segments
    assert (kept.text, kept.alignment.pieces) == ("word", (Piece(4, 2, 4),))


def test_an_entity_for_a_blank_at_the_end_is_an_edit_to_nothing() -> None:
    source = "word&nbsp;"
    (kept,) = STANDARD(Document(source, source=source, segments=[segment(source)])).segments
    assert kept.text == "word"
    assert [piece[:3] for piece in kept.alignment.pieces] == [(4, 0, 4), (0, 4, 6)]


def test_a_segment_of_which_nothing_is_left_is_removed_and_the_paragraphs_stay() -> None:
    lines = ["one", "\x00\x01", "&#8203;", "two", "three"]
    document = Document("\n".join(lines), source="\n".join(lines))
    start = 0
    for line, group in zip(lines, (0, 0, 1, 2, 2), strict=True):
        document.segments.append(segment(line, start, group))
        start += len(line) + 1
    STANDARD(document)
    assert [(s.text, s.group) for s in document.segments] == [("one", 0), ("two", 2), ("three", 2)]
    assert [(r.source, r.rule) for r in document.removals] == [
        ((4, 6), "remove_control_chars"),
        ((7, 14), "unescape_html; remove_zero_width"),
    ]


def test_the_profile_off_changes_nothing() -> None:
    text = "cafÃ©\x00 &amp;\ud800  \xa0"
    document = Document(text, source=text, segments=[segment(text)])
    assert REPAIRS["off"](document).segments[0].text == text


@pytest.mark.parametrize(
    ("profile", "fixed"),
    [
        ("minimal", "café “ok”… &amp; e\u0301\xa0ﬁ  ＡＢ\u200b."),
        ("standard", "café “ok”… & é ﬁ ＡＢ."),
        ("full", 'café "ok"… & é fi AB.'),
    ],
)
def test_a_profile_does_what_it_says(profile: str, fixed: str) -> None:
    text = "cafÃ©\x07 “ok”\x85 &amp; e\u0301\xa0ﬁ  ＡＢ\u200b."
    assert REPAIRS[profile].text(text)[0] == fixed


@pytest.mark.parametrize(
    ("option", "text", "fixed"),
    [
        ({"fix_encoding": False}, "cafÃ© &amp;", "cafÃ© &"),
        ({"unescape_html": "never"}, "cafÃ© &amp;", "café &amp;"),
        ({"unescape_html": "always"}, "<b> &amp;", "<b> &"),
        ({"normalization": "none"}, "e\u0301", "e\u0301"),
        ({"normalization": "NFKC"}, "x²", "x2"),
        ({"normalize_whitespace": False}, "a  b", "a  b"),
        ({"remove_zero_width": False}, "a\u200bb", "a\u200bb"),
        ({"uncurl_quotes": True}, "“it’s”", '"it\'s"'),
        ({"profile": "off", "remove_control_chars": True}, "a\x00  b", "a  b"),
    ],
)
def test_an_option_can_be_set_alone(option: dict[str, object], text: str, fixed: str) -> None:
    config = Config().with_overrides(repair=option).repair
    assert Repair(config).text(text)[0] == fixed


@pytest.mark.parametrize("option", [{"fix_encoding": "yes"}, {"unescape_html": True}, {"profile": "loud"}])
def test_an_option_of_the_wrong_kind_is_refused(option: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        Config().with_overrides(repair=option)
    with pytest.raises(ConfigError):
        RepairConfig(**option)  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize(
    "text",
    [
        "&" + "amp;" * 50_000,
        "&am" * 20_000 + "&#1;p;" * 20_000,
        "&#1;" * 20_000 + ";" * 50_000,
        "a" + "\u0315\u0300" * 20_000,
        "\xa0" * 100_000 + "x",
        "漢" * 100_000 + "Ã©",
        "\x1b[" + "1;" * 50_000,
    ],
    ids=["nested", "completed", "deleted", "marks", "blanks", "unspaced", "escape"],
)
def test_hostile_text_is_repaired_in_linear_time(text: str) -> None:
    fixed, _ = STANDARD.text(text)
    assert STANDARD.text(fixed) == (fixed, [])


def test_signs_of_mojibake_are_pairs_outside_ascii() -> None:
    for first, second, _ in SIGNS:
        for names in (first, second):
            members = re.compile(f"[{_members(names, MOJIBAKE_CATEGORIES)}]")
            assert not any(members.match(chr(point)) for point in range(0x80)), names


def test_text_in_latin_letters_is_read_without_ftfy() -> None:
    code = (
        "import sys; from clean import Cleaner\n"
        "text = 'The mayor’s café – it is “closed” – has 3 £ coffees.\\n\\nRelated Articles'\n"
        "assert Cleaner().clean_text(text).removed\n"
        "print([name for name in ('ftfy', 'chardet') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"
