"""Alignment against a plain model: a list with the origin of each character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.offsets import Alignment, ByteOffsets, Change, Piece
from tests.strategies import characters

SOURCE = "abcdefghijklmnop"


@st.composite
def changes(draw: st.DrawFn, size: int) -> list[Change]:
    """Changes of a text of `size` characters: in order, free of overlap, of any kind."""
    out: list[Change] = []
    at = 0
    while at <= size:
        start = draw(st.integers(at, size + 1))
        if start > size:
            break
        end = draw(st.integers(start, min(size, start + 3)))
        length = draw(st.integers(0, 3))
        if start == end and length == 0:
            break
        out.append(Change(start, end, length, f"r{len(out)}"))
        at = end + (start == end)
    return out


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, Alignment]:
    """A text made from SOURCE by up to three rounds of changes, and its alignment. New text is in capitals."""
    text, alignment = SOURCE, Alignment.identity(0, len(SOURCE))
    for _ in range(draw(st.integers(0, 3))):
        wanted = draw(changes(len(text)))
        for start, end, length, _rule in reversed(wanted):
            text = text[:start] + "X" * length + text[end:]
        alignment = alignment.edit(wanted)
    return text, alignment


@given(edited())
def test_after_any_edits_pieces_cover_text_and_source_in_order(case: tuple[str, Alignment]) -> None:
    text, alignment = case
    assert len(alignment) == len(text)
    at = source = 0
    for piece in alignment.pieces:
        assert piece.src_start == source
        if piece.rule is None:
            assert text[at : at + piece.out_len] == SOURCE[piece.src_start : piece.src_end]
        at, source = at + piece.out_len, piece.src_end
    assert source == len(SOURCE)


@given(edited(), st.data())
def test_a_cut_takes_its_text_and_leaves_a_gap(case: tuple[str, Alignment], data: st.DataObject) -> None:
    text, alignment = case
    start = data.draw(st.integers(0, len(text)))
    start, end = alignment.atomic_span(start, data.draw(st.integers(start, len(text))))
    if start == end:
        return
    lo, hi = alignment.source_of(start, end)
    cut = alignment.edit([], cuts=[(start, end)])
    left = text[:start] + text[end:]
    assert len(cut) == len(left)
    at = 0
    for piece in cut.pieces:
        assert piece.src_end <= lo or piece.src_start >= hi
        if piece.rule is None:
            assert left[at : at + piece.out_len] == SOURCE[piece.src_start : piece.src_end]
        at += piece.out_len


@given(edited(), st.data())
def test_a_slice_is_the_alignment_of_that_part(case: tuple[str, Alignment], data: st.DataObject) -> None:
    text, alignment = case
    start = data.draw(st.integers(0, len(text)))
    start, end = alignment.atomic_span(start, data.draw(st.integers(start, len(text))))
    part = alignment.slice(start, end)
    assert len(part) == end - start
    at = start
    for piece in part.pieces:
        if piece.rule is None:
            assert text[at : at + piece.out_len] == SOURCE[piece.src_start : piece.src_end]
        at += piece.out_len


def test_a_change_inside_an_edited_run_makes_one_run_that_names_both() -> None:
    once = Alignment.identity(0, 10).edit([Change(2, 4, 3, "first")])
    twice = once.edit([Change(3, 6, 1, "second")])
    assert twice.pieces == (Piece(2, 0, 2), Piece(2, 2, 3, "first; second"), Piece(5, 5, 5))


def test_a_border_inside_an_edited_run_is_refused() -> None:
    alignment = Alignment.identity(0, 10).edit([Change(2, 4, 4, "rule")])
    with pytest.raises(ValueError, match="inside an edited run"):
        alignment.slice(0, 3)
    with pytest.raises(ValueError, match="inside the edited run"):
        alignment.edit([], cuts=[(0, 3)])
    assert alignment.atomic_span(0, 3) == (0, 2)


def test_untouched_text_costs_one_piece() -> None:
    alignment = Alignment(Piece(1, i, 1) for i in range(1000))
    assert alignment.pieces == (Piece(1000, 0, 1000),)
    assert alignment.is_identity


def test_a_position_outside_the_text_is_an_error() -> None:
    with pytest.raises(IndexError):
        Alignment.identity(0, 3).source_of(2, 5)


@given(st.text(characters), st.data())
def test_byte_offsets_are_those_of_the_encoded_text(text: str, data: st.DataObject) -> None:
    positions = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    expected = [len(text[:p].encode("utf-8", "surrogatepass")) for p in positions]
    assert ByteOffsets.of_text(text).at(positions) == expected
