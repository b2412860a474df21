"""`clean verify` accepts what `run` writes and rejects every tampering."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.cleaner import Cleaner
from clean.cli.main import invoke
from clean.document import Captured, Document, Flag, Origin, Removal, Segment
from clean.offsets import Alignment, ByteOffsets, Change
from clean.record import build
from clean.verify import check, verify
from clean.verify_sources import Source

Json = dict[str, Any]
TOOL = {"version": "0.1.0", "ruleset": "0" * 64}
TEXT = "Título\nBy A. Author\nIt is good.\n\nFollow us\nThe end…\n"


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def example() -> Json:
    """A record with a removal of each place, an edit, a flag and captured metadata; its source is a.txt."""
    Path("a.txt").write_text(TEXT)
    document = Document(TEXT.encode(), Origin(path="a.txt", media_type="text/plain"), TEXT)
    document.offsets = ByteOffsets.of_text(TEXT)
    at = TEXT.index
    document.segments = [
        Segment("Título", Alignment.identity(0, 6), 0, language="es", score=0.7),
        Segment("It was good.", Alignment.identity(at("It"), 11).edit([Change(3, 5, 3, "fix")]), 0, language="en"),
        Segment("The end…", Alignment.identity(at("The"), 8), 1, language="en"),
    ]
    document.removals = [
        Removal((at("By"), at("By") + 12), "BYL001"),
        Removal((at("Follow"), at("Follow") + 9), "SOC001"),
    ]
    document.flags = [Flag((0, 6), "FLG001")]
    document.metadata = {"author": Captured("A. Author", (at("A."), at("A.") + 9))}
    return build(document, TOOL).to_dict()


def write(*records: Json) -> None:
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    Path("out.jsonl").write_text("".join(lines))


def problems(folder: Path | None = None) -> list[str]:
    return [problem for result in verify(Path("out.jsonl"), folder) for problem in result.problems]


def test_a_true_record_is_accepted() -> None:
    write(example())
    assert problems() == []
    assert invoke(["verify", "out.jsonl"]) == 0


def _text_changed(record: Json) -> None:
    record["text"] = record["text"].replace("end", "eNd")


def _shifted(*path: Any, by: tuple[int, int] = (1, 1)) -> Callable[[Json], None]:
    def tamper(record: Json) -> None:
        span: Any = record
        for key in path:
            span = span[key]
        span[0] += by[0]
        span[1] += by[1]

    return tamper


def _set(value: Any, *path: Any) -> Callable[[Json], None]:
    def tamper(record: Json) -> None:
        at: Any = record
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value

    return tamper


def _dropped(*path: Any) -> Callable[[Json], None]:
    def tamper(record: Json) -> None:
        at: Any = record
        for key in path[:-1]:
            at = at[key]
        del at[path[-1]]

    return tamper


def _removal_dropped_with_stats(record: Json) -> None:
    gone = record["removed"].pop()
    stats = record["stats"]
    stats["chars_removed"] -= len(gone["text"])
    total = stats["chars_removed"] + stats["chars_kept"]
    stats["removed_ratio"] = round(stats["chars_removed"] / total, 4)


def _segment_dropped(record: Json) -> None:
    del record["segments"][-1]


def _reordered(record: Json) -> None:
    record["id"] = record.pop("id")


TAMPERINGS: dict[str, Callable[[Json], None]] = {
    "text changed": _text_changed,
    "span shifted": _shifted("segments", 2, "span"),
    "source span shifted": _shifted("segments", 2, "source"),
    "byte span shifted": _shifted("segments", 2, "bytes"),
    "byte span of a removal shifted": _shifted("removed", 0, "bytes"),
    "segment cut short": _shifted("segments", 0, "source", by=(0, -1)),
    "removal dropped": _dropped("removed", 0),
    "removal dropped and stats adjusted": _removal_dropped_with_stats,
    "removal's text changed": _set("By B. Author", "removed", 0, "text"),
    "removal's source shifted": _shifted("removed", 0, "source"),
    "edit dropped": _dropped("edits", 0),
    "edit's before changed": _set("it", "edits", 0, "before"),
    "edit's after changed": _set("WAS", "edits", 0, "after"),
    "edit's span shifted": _shifted("edits", 0, "span"),
    "edit's source shifted": _shifted("edits", 0, "source"),
    "edit twice": lambda record: record["edits"].append(copy.deepcopy(record["edits"][0])),
    "map changed": _set(1, "segments", 1, "map", 0, 1),
    "map dropped": _dropped("segments", 1, "map"),
    "segment dropped": _segment_dropped,
    "segments swapped": lambda record: record["segments"].reverse(),
    "sha256 changed": _set("0" * 64, "source", "sha256"),
    "size changed": _set(1, "source", "bytes"),
    "encoding changed": _set("cp1252", "source", "encoding"),
    "unknown encoding": _set("klingon", "source", "encoding"),
    "chars_in changed": _set(3, "stats", "chars_in"),
    "chars_kept changed": _set(3, "stats", "chars_kept"),
    "ratio changed": _set(0.5, "stats", "removed_ratio"),
    "language shares changed": _set({"en": 1.0}, "stats", "languages"),
    "metadata beyond the source": _set([50, 99], "metadata", "author", "source"),
    "flag beyond the source": _set([50, 99], "flags", 0, "source"),
    "key missing": _dropped("flags"),
    "inner key missing": _dropped("segments", 0, "bytes"),
    "keys reordered": _reordered,
    "unexpected key": _set(1, "tool", "extra"),
    "text no string": _set(None, "text"),
    "segments no list": _set({}, "segments"),
    "span no span": _set([3, "4"], "segments", 0, "span"),
    "path changed": _set("b.txt", "source", "path"),
}


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_a_tampered_record_is_rejected(tamper: Callable[[Json], None]) -> None:
    record = example()
    tamper(record)
    write(record)
    assert problems()


def test_a_changed_source_file_is_rejected() -> None:
    write(example())
    Path("a.txt").write_text(TEXT.replace("end", "eNd"))
    assert "sha256" in problems()[0]


def test_a_missing_source_file_is_rejected() -> None:
    write(example())
    Path("a.txt").unlink()
    assert problems() == ["source: a.txt: no such file"]


@pytest.mark.parametrize("cut", [1, 20])
def test_a_truncated_last_line_is_rejected(cut: int) -> None:
    write(example())
    Path("out.jsonl").write_bytes(Path("out.jsonl").read_bytes()[:-cut])
    assert invoke(["verify", "out.jsonl"]) == 1


def test_an_output_that_cannot_be_read_is_another_error() -> None:
    assert invoke(["verify", "nowhere.jsonl"]) == 2


@pytest.mark.parametrize("folder", [".", "seeds"])
def test_sources_are_found_by_ever_shorter_tails_of_their_paths(folder: str, tmp_path: Path) -> None:
    record = example()
    record["source"]["path"] = "seeds/a.txt"
    Path("seeds").mkdir()
    Path("a.txt").rename("seeds/a.txt")
    write(record)
    assert problems(Path(folder)) == []


def test_the_candidate_with_the_right_hash_is_taken() -> None:
    record = example()
    record["source"]["path"] = "x/a.txt"
    Path("x").mkdir()
    Path("x/a.txt").write_text("another")
    write(record)
    assert problems(Path()) == []


def test_records_of_json_lines_are_checked_in_any_order() -> None:
    Path("a.jsonl").write_text("".join(f'{{"text": "document {i}"}}\n' for i in range(5)))
    Path("b.jsonl").write_text('{"text": "b"}\n')
    assert invoke(["run", "a.jsonl", "b.jsonl", "-o", "out.jsonl"]) == 0
    lines = Path("out.jsonl").read_text().splitlines(keepends=True)
    Path("out.jsonl").write_text("".join([*lines[::2], *lines[1::2], *lines[::-1]]))
    assert problems() == []
    assert len(list(verify(Path("out.jsonl")))) == 12


def test_a_changed_line_of_json_lines_is_rejected() -> None:
    Path("a.jsonl").write_text('{"text": "one"}\n{"text": "two"}\n')
    invoke(["run", "a.jsonl", "-o", "out.jsonl"])
    Path("a.jsonl").write_text('{"text": "one"}\n{"text": "tvo"}\n')
    assert len(problems()) == 1


def test_a_record_without_a_path_is_checked_against_itself(capsys: pytest.CaptureFixture[str]) -> None:
    write(Cleaner().clean_text("Some words.").to_dict())
    assert invoke(["verify", "out.jsonl"]) == 0
    assert "no source to read again" in capsys.readouterr().err


def test_a_nul_that_a_page_loses_is_accepted() -> None:
    Path("page.html").write_text("<p>Some words\0 of a page \x04\0 and more of them, as pages have.</p>")
    write(Cleaner().clean_file("page.html").to_dict())
    assert problems() == []


def test_undecodable_bytes_that_became_a_replacement_are_accepted() -> None:
    raw = b"a\xff\nb"
    record = example()
    document = Document(raw, Origin(), "a\ufffd\nb")
    document.offsets = ByteOffsets(document.source, "utf-8", [(0, 0, True), (1, 1, False), (2, 2, True)], len(raw))
    document.segments = [
        Segment("a\ufffd", Alignment.identity(0, 2), 0),
        Segment("b", Alignment.identity(3, 1), 0),
    ]
    record = build(document, TOOL).to_dict()
    assert check(record, Source("x", raw)) == []


@given(st.text())
def test_whatever_text_is_cleaned_the_record_verifies(text: str) -> None:
    record = json.loads(Cleaner().clean_text(text).to_json())
    assert check(record, Source("x", text.encode("utf-8", "surrogatepass"), is_value=True)) == []


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_no_line_makes_verify_fail_itself(value: Any) -> None:
    record = copy.deepcopy(BASE)
    for key in record:
        write({**record, key: value})
        list(verify(Path("out.jsonl")))


BASE = build(Document(""), TOOL).to_dict()
