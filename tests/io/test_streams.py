"""Streams give every byte before an error, and the error once."""

from __future__ import annotations

import io

import pytest

from clean.io.streams import BUFFER, Ahead, buffered, lines, read_upto


class Once:
    """A stream that breaks one time, between two parts."""

    def __init__(self, *parts: bytes | None) -> None:
        self.parts = list(parts)

    def read(self, size: int) -> bytes:
        part = self.parts.pop(0) if self.parts else b""
        if part is None:
            raise OSError("reset")
        return part


def test_an_error_in_the_head_comes_up_after_the_bytes_before_it() -> None:
    ahead = Ahead(Once(b"one\ntw", None))  # type: ignore[arg-type] # what it needs of a file is read
    stream = buffered(ahead)
    assert ahead.head == b"one\ntw"
    assert stream.readline() == b"one\n"
    with pytest.raises(OSError, match="reset"):
        stream.readline()


def test_what_was_read_before_an_error_is_given_with_it() -> None:
    raw, error = read_upto(buffered(Ahead(Once(b"one", None), size=0)))  # type: ignore[arg-type] # as above
    assert raw == b"one"
    assert str(error) == "reset"


def test_no_more_is_read_than_was_asked_for() -> None:
    stream = buffered(Ahead(io.BytesIO(b"one two")))
    assert read_upto(stream, 3) == (b"one", None)
    assert stream.read() == b" two"


@pytest.mark.parametrize("size", [1, 7, BUFFER - 1, BUFFER, BUFFER + 1, 3 * BUFFER])
def test_lines_are_those_of_the_stream(size: int) -> None:
    raw = b"x" * size + b"\n\n" + b"y" * size + b"\r\nlast"
    found = list(lines(buffered(Ahead(io.BytesIO(raw)))))
    assert found == [(line, None) for line in raw.splitlines(keepends=True)]
    assert list(lines(buffered(Ahead(io.BytesIO(b""))))) == []


def test_the_piece_of_a_line_before_an_error_is_given_with_it() -> None:
    stream = buffered(Ahead(Once(b"one\ntw", b"o", None), size=0))  # type: ignore[arg-type] # as above
    [first, (piece, error)] = lines(stream)
    assert first == (b"one\n", None)
    assert piece == b"two"
    assert str(error) == "reset"
