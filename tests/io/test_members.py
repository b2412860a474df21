"""Compressed files, whole and damaged: every byte before damage in gzip data comes out, and nothing is passed over."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
from collections.abc import Callable

import pytest
from backports import zstd

from clean.io.compression import decompressed
from clean.io.members import Damaged, Members
from clean.io.streams import Pushback, buffered, read_upto
from clean.verify_gzip import Unzipped

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd.compress,
}
TEXT = "".join(f"{random.Random(5).random()} and {n}\n" for n in range(9000)).encode()


def opened(raw: bytes, compression: str) -> Members:
    return decompressed(io.BytesIO(raw), compression)


def content(members: Members) -> tuple[bytes, OSError | None]:
    return read_upto(buffered(Pushback(members)))


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("between", [b"", bytes(7), bytes(100_000)])
def test_members_come_one_after_another_with_zeros_between_them(name: str, between: bytes) -> None:
    pack = PACKERS[name]
    raw = pack(TEXT) + between + pack(b"") + pack(b"more") + between
    assert content(opened(raw, name)) == (TEXT + b"more", None)


@pytest.mark.parametrize("name", PACKERS)
def test_what_stands_behind_the_data_is_told(name: str) -> None:
    packed = PACKERS[name](TEXT)
    text, error = content(opened(packed + b"no data of that kind", name))
    assert text == TEXT
    assert f"what stands at byte {len(packed):,} of the file is no {name} data" == str(error)


@pytest.mark.parametrize("name", PACKERS)
def test_a_second_member_whose_beginning_is_damaged_is_not_passed_over(name: str) -> None:
    packed = PACKERS[name](TEXT)
    assert content(opened(packed + b"x" + packed[1:], name))[1] is not None


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("raw", [b"", bytes(99)])
def test_a_file_without_data_is_an_error(name: str, raw: bytes) -> None:
    assert str(content(opened(raw, name))[1]) == f"there are no {name} data in the file"


@pytest.mark.parametrize("name", PACKERS)
def test_data_that_break_off_are_an_error(name: str) -> None:
    error = content(opened(PACKERS[name](TEXT)[:-5], name))[1]
    assert str(error) == "the compressed data break off before their end"


def test_frames_of_zstd_that_are_to_be_skipped_are() -> None:
    skipped = b"\x50\x2a\x4d\x18\x04\0\0\0abcd"
    assert content(opened(skipped + zstd.compress(TEXT) + skipped, "zstd")) == (TEXT, None)


@pytest.mark.parametrize("place", range(5))
def test_two_readers_give_the_same_bytes_before_damage_in_gzip_data(place: int) -> None:
    raw = bytearray(gzip.compress(TEXT))
    raw[len(raw) * (place + 1) // 6] ^= 0x5A
    text, error = content(opened(bytes(raw), "gzip"))
    assert error is not None
    assert read_upto(io.BufferedReader(Unzipped(io.BytesIO(bytes(raw)))))[0] == text


def test_all_that_stands_before_a_damaged_byte_comes_out() -> None:
    packed = gzip.compress(TEXT, 0)  # stored as it is, in blocks that begin with their length
    raw = bytearray(packed)
    size = int.from_bytes(raw[11:13], "little")
    raw[10 + 5 + size + 1] ^= 0xFF
    text, error = content(opened(bytes(raw), "gzip"))
    assert text == TEXT[:size]
    assert isinstance(error, Damaged)


JUNK = {"none": b"", "damaged": b"\x1f\x8b\x08\0 no member", "another kind": gzip.compress(b"another kind of data")}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_reading_goes_on_at_the_next_member_that_begins_as_asked(junk: bytes) -> None:
    first, second = gzip.compress(b"begin one"), gzip.compress(b"begin two")
    broken = first[:-6] + b"xxxxxx"
    members = opened(broken + junk + second, "gzip")
    assert isinstance(content(members)[1], Damaged)
    assert members.resume(b"begin") == (0, len(broken + junk))
    assert content(members) == (b"begin two", None)


def test_a_member_that_begins_within_what_the_damaged_one_has_swallowed_is_found() -> None:
    first, second = gzip.compress(os.urandom(3000)), gzip.compress(b"begin two")
    members = opened(first[:1000] + second + bytes(9000), "gzip")
    assert content(members)[1] is not None
    assert members.resume(b"begin") == (0, 1000)
    assert content(members) == (b"begin two", None)


def test_without_another_member_there_is_nothing_to_go_on_with() -> None:
    members = opened(gzip.compress(TEXT)[:-6], "gzip")
    assert content(members)[1] is not None
    assert members.resume(b"begin") is None
    assert content(members)[1] is not None
