"""The promises of the design, over arbitrary text."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean import Cleaner
from clean.record import Record
from tests.strategies import anything, chrome

CLEANER = Cleaner()
TEXTS = st.one_of(anything, chrome())
OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FUZZ = settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def accounts(text: str, record: Record) -> None:
    """Kept and removed spans are in order, never overlap, and leave out nothing but blanks."""
    spans = sorted([s.source for s in record.segments] + [r.source for r in record.removed])
    at = 0
    for start, end in spans:
        assert at <= start <= end
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()


def traces(text: str, record: Record) -> None:
    """Each output character is a source character or part of a listed edit, and `bytes` say where it stands."""
    raw = text.encode("utf-8", "surrogatepass")
    edits = {(edit.span, edit.source): edit for edit in record.edits}
    at = 0
    for segment in record.segments:
        assert record.text[at : segment.span[0]] in ("", "\n", "\n\n")
        out, source = segment.span[0], segment.source[0]
        for out_len, src_start, src_len in segment.map or (
            (segment.span[1] - out, source, segment.source[1] - source),
        ):
            assert src_start == source
            before, after = text[src_start : src_start + src_len], record.text[out : out + out_len]
            if before != after:
                edit = edits.pop(((out, out + out_len), (src_start, src_start + src_len)))
                assert (edit.before, edit.after) == (before, after)
                assert edit.rule
            out, source = out + out_len, src_start + src_len
        assert (out, source) == (segment.span[1], segment.source[1])
        at = out
    assert at == len(record.text)
    for one in (*record.segments, *record.removed):
        assert raw[slice(*one.bytes)].decode("utf-8", "surrogatepass") == text[slice(*one.source)]
    for removal in record.removed:
        assert removal.text == text[slice(*removal.source)]
        assert removal.rule


def test_every_character_is_accounted_for() -> None:
    @OFTEN
    @given(TEXTS)
    def check(text: str) -> None:
        accounts(text, CLEANER.clean_text(text))

    check()


def test_every_kept_character_has_its_place_in_the_source() -> None:
    @OFTEN
    @given(TEXTS)
    def check(text: str) -> None:
        traces(text, CLEANER.clean_text(text))

    check()


def test_cleaning_is_deterministic() -> None:
    @OFTEN
    @given(TEXTS)
    def check(text: str) -> None:
        assert Cleaner(CLEANER.config).clean_text(text).to_json() == CLEANER.clean_text(text).to_json()

    check()


def test_cleaning_a_clean_text_changes_nothing() -> None:
    @OFTEN
    @given(TEXTS)
    def check(text: str) -> None:
        once = CLEANER.clean_text(text).text
        assert CLEANER.clean_text(once).text == once

    check()


def test_a_record_survives_json() -> None:
    @OFTEN
    @given(TEXTS)
    def check(text: str) -> None:
        record = CLEANER.clean_text(text)
        assert json.loads(record.to_json()) == record.to_dict()
        assert b"\n" not in record.to_json()

    check()


@pytest.mark.parametrize("profile", ["off", "minimal", "full"])
def test_the_promises_hold_in_every_repair_profile(profile: str) -> None:
    cleaner = Cleaner(repair={"profile": profile})

    @OFTEN
    @given(TEXTS)
    def check(text: str) -> None:
        record = cleaner.clean_text(text)
        accounts(text, record)
        traces(text, record)
        assert cleaner.clean_text(record.text).text == record.text

    check()


@pytest.mark.fuzz
def test_the_promises_hold_at_length() -> None:
    @FUZZ
    @given(TEXTS)
    def check(text: str) -> None:
        record = CLEANER.clean_text(text)
        accounts(text, record)
        traces(text, record)
        assert CLEANER.clean_text(record.text).text == record.text

    check()
