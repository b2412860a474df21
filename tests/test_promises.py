"""The promises of the design, over arbitrary text."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clean import Cleaner, DocumentError
from clean.record import Record
from clean.verify import check
from clean.verify_sources import Source
from tests.golden import SEEDS
from tests.strategies import anything, chrome

CLEANER = Cleaner()
TWIN = Cleaner()
PROFILES = {name: Cleaner(repair={"profile": name}) for name in ("off", "minimal", "full")}
TEXTS = st.one_of(anything, chrome())
FUZZ = settings(max_examples=20_000, derandomize=False)

CODECS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252", "cp1251", "koi8-r", "shift_jis", "gb18030"]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """What a file may hold: text in some encoding, perhaps with stray bytes in it."""
    raw = draw(TEXTS).encode(draw(st.sampled_from(CODECS)), "ignore")
    at = draw(st.integers(0, len(raw)))
    return raw[:at] + draw(st.binary(max_size=3)) + raw[at:]


def assert_accounts(text: str, record: Record) -> None:
    """Kept and removed spans are in order, never overlap, and leave out nothing but blanks."""
    spans = sorted([s.source for s in record.segments] + [r.source for r in record.removed])
    at = 0
    for start, end in spans:
        assert at <= start <= end
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()


def assert_traces(text: str, record: Record) -> None:
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


def assert_verifies(raw: bytes) -> None:
    """Whatever cleaning says of these bytes, the verifier, which shares no code with it, agrees."""
    try:
        record = CLEANER.clean_bytes(raw, media_type="text/plain")
    except DocumentError:
        return
    assert check(json.loads(record.to_json()), Source("file", raw)) == []


@given(TEXTS)
def test_every_character_is_accounted_for(text: str) -> None:
    assert_accounts(text, CLEANER.clean_text(text))


@given(TEXTS)
def test_every_kept_character_has_its_place_in_the_source(text: str) -> None:
    assert_traces(text, CLEANER.clean_text(text))


@given(TEXTS)
def test_cleaning_is_deterministic(text: str) -> None:
    assert TWIN.clean_text(text).to_json() == CLEANER.clean_text(text).to_json()


@given(TEXTS)
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    once = CLEANER.clean_text(text).text
    assert CLEANER.clean_text(once).text == once


@given(TEXTS)
def test_a_record_survives_json(text: str) -> None:
    record = CLEANER.clean_text(text)
    assert json.loads(record.to_json()) == record.to_dict()
    assert b"\n" not in record.to_json()


@given(files())
@example(b"00\xc2\x80\xc2\x80\xc2\x80\xf0\x90\x81\x80\n\x81\x80")  # UTF-8 among lines in GB18030
def test_the_verifier_agrees_with_the_record_of_any_file(raw: bytes) -> None:
    assert_verifies(raw)


@pytest.mark.parametrize("profile", PROFILES)
@given(text=TEXTS)
def test_the_promises_hold_in_every_repair_profile(profile: str, text: str) -> None:
    cleaner = PROFILES[profile]
    record = cleaner.clean_text(text)
    assert_accounts(text, record)
    assert_traces(text, record)
    assert cleaner.clean_text(record.text).text == record.text


@pytest.mark.parametrize("collecting", [True, False])
@pytest.mark.parametrize("raw", [b"A river rose.", b"\x00\x01\x02" * 100], ids=["text", "not a text"])
def test_garbage_is_collected_after_a_document_if_it_was_before(raw: bytes, collecting: bool) -> None:
    (gc.enable if collecting else gc.disable)()
    try:
        with suppress(DocumentError):
            CLEANER.clean_bytes(raw, media_type="text/plain")
        assert gc.isenabled() == collecting
    finally:
        gc.enable()


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    outputs = []
    for seed in ("1", "2"):
        run = [sys.executable, "-m", "clean", "run", "seeds", "-o", "-", "-q", "--isolated"]
        done = subprocess.run(
            run, cwd=SEEDS.parent, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]
    assert outputs[0].count(b"\n") == 5


@pytest.mark.fuzz
@FUZZ
@given(TEXTS)
def test_the_promises_hold_at_length(text: str) -> None:
    record = CLEANER.clean_text(text)
    assert_accounts(text, record)
    assert_traces(text, record)
    assert CLEANER.clean_text(record.text).text == record.text


@pytest.mark.fuzz
@FUZZ
@given(files())
def test_the_verifier_agrees_at_length(raw: bytes) -> None:
    assert_verifies(raw)
