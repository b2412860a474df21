"""`clean diff`: a patch that `patch` applies, the rule beside each line, and what people see."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clean import Cleaner
from clean.cli.main import invoke
from clean.diffs.difference import difference
from clean.diffs.hunks import hunks
from clean.diffs.unified import patch
from clean.document import Document, Origin
from clean.stages import NAMES
from tests.golden import SEEDS

CLEANER = Cleaner()
PATCH = shutil.which("patch")

needs_patch = pytest.mark.skipif(PATCH is None, reason="needs the program `patch`")


def clean_file(raw: bytes) -> bytes:
    """The file that the kept text of a document stands for."""
    text = CLEANER.clean_document(Document(raw, Origin(media_type="text/plain"))).text
    return (text + "\n" if text else "").encode()


def patch_of(raw: bytes, name: str = "a.txt") -> bytes:
    found = difference(CLEANER, raw, Origin(media_type="text/plain"), NAMES[0], NAMES[-1])
    rows = found.comparison.rows
    shown = hunks(rows, lambda row: not row.exact)
    return b"".join(patch(found.comparison, shown, name, CLEANER.ruleset.names))


def applied(raw: bytes, diff: bytes) -> bytes:
    """What a patch makes of `raw`, by the rules of the format: each old line must be the file's own."""
    lines = raw.split(b"\n")
    terminated = not lines[-1]
    if terminated:
        lines.pop()
    out: list[bytes] = []
    at = 0
    body = diff.split(b"\n")[2:-1] if diff else []
    for n, line in enumerate(body):
        if line.startswith(b"@@"):
            found = re.match(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line)
            assert found
            start = int(found[1]) - (found[2] != b"0")
            assert start >= at
            out += lines[at:start]
            assert len(out) == int(found[3]) - (found[4] != b"0")
            at = start
        elif line.startswith(b"\\"):
            assert at == len(lines)
            assert not terminated
        elif line.startswith(b"+"):
            out.append(line[1:])
        else:
            assert line[:1] in (b" ", b"-"), (n, line)
            assert lines[at] == line[1:]
            if line.startswith(b" "):
                out.append(line[1:])
            at += 1
    out += lines[at:]
    return b"".join(line + b"\n" for line in out)


LINES = st.sampled_from(
    [
        "The river rose in the night and the people of the town carried what they could to the hill.",
        "Visit us:",
        "Follow us on Facebook",
        "Share this article",
        "Il pleut sur la ville et les rues sont vides.",
        "Itâ€™s a cafe\u0301.",
        "",
        "  ",
        " two  blanks\u00a0here ",
        "\u200b",
        "a\rb",
        "c\u2028d\u2029e",
        "\x07",
        "@@ -1 +1 @@",
        "--- a",
        "\\ No newline at end of file",
    ]
)
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\n\n", "\r"])
TEXTS = st.lists(st.tuples(LINES, ENDS), max_size=25).map(lambda parts: "".join(map("".join, parts)))


@given(TEXTS, st.sampled_from(["", "tail", "Visit us:"]))
@example("", "")
@example("\n\n", "")
@example("Visit us:\n", "")
@example("\ufeffThe first line.\n", "")
def test_a_patch_makes_the_cleaned_file_of_the_source(text: str, tail: str) -> None:
    raw = (text + tail).encode()
    assert applied(raw, patch_of(raw)) == clean_file(raw)


BYTES = st.sampled_from(
    [b"caf\xe9 ", b"\n", b"\r\n", b"\x80", b"\xc3\xa9t\xc3\xa9 ", b"Visit us:", b"\x93so\x94 ", b"\xff"]
)


@given(st.lists(BYTES, max_size=30).map(lambda parts: b"The caf\xe9 stood by the river.\n" + b"".join(parts)))
def test_a_patch_of_a_file_in_another_charset_is_of_its_bytes(raw: bytes) -> None:
    assert applied(raw, patch_of(raw)) == clean_file(raw)


@needs_patch
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_the_program_patch_applies_it(tmp_path: Path, path: Path, ending: str) -> None:
    raw = path.read_bytes().replace(b"\n", ending.encode())
    assert run_patch(tmp_path, raw) == clean_file(raw)


@needs_patch
@pytest.mark.parametrize(
    "raw",
    [
        b"Visit us:\n",
        b"Visit us:",
        b"One plain line without its end",
        b"One plain line.\n\n\n\n",
        b"\n\n\nOne plain line.\n",
        b"\xef\xbb\xbfA line after a byte order mark.\n",
        "Une ligne écrite en été, au café.\nUne autre ligne.\n".encode("latin-1"),
        b"old\rMacintosh\rlines\r",
        b"--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n",
        b"a line with \x07 a bell\n" * 3,
    ],
)
def test_the_program_patch_applies_what_is_out_of_the_ordinary(tmp_path: Path, raw: bytes) -> None:
    assert run_patch(tmp_path, raw) == clean_file(raw)


@needs_patch
@pytest.mark.parametrize("name", ["plain.txt", "two words.txt", "tab\there.txt", 'quo"te.txt', "été.txt"])
def test_the_program_patch_finds_the_file_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"Plain words.\nVisit us:\n")
    diff = patch_of(b"Plain words.\nVisit us:\n", name)
    done = subprocess.run(["patch", "-p0"], cwd=tmp_path, input=diff, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / name).read_bytes() == b"Plain words.\n"


def run_patch(folder: Path, raw: bytes) -> bytes:
    diff = patch_of(raw)
    if not diff:
        return raw
    (folder / "a.txt").write_bytes(raw)
    for more in (["--dry-run"], []):
        done = subprocess.run(["patch", "-p0", "--binary", *more], cwd=folder, input=diff, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert b"fuzz" not in done.stdout
        assert b"offset" not in done.stdout
    return (folder / "a.txt").read_bytes() if (folder / "a.txt").exists() else b""
