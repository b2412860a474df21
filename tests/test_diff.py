"""`clean diff`: a patch that `patch` applies, the rule beside each line, and what people see."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from clean import Cleaner
from clean.cli.main import invoke
from clean.diffs.difference import difference
from clean.diffs.hunks import hunks
from clean.diffs.unified import patch
from clean.diffs.words import widened
from clean.document import Document, Origin
from clean.errors import DocumentError
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
    try:
        wanted = clean_file(raw)
    except DocumentError:  # so many control characters that it is no text
        reject()
    assert applied(raw, patch_of(raw)) == wanted


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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_exit_code_says_whether_anything_would_change(folder: Path) -> None:
    Path("clean.txt").write_text("Plain words.\n\nMore of them.\n")
    Path("other.txt").write_text("Plain words.\nVisit us:\n")
    assert invoke(["diff", "clean.txt"]) == 0
    assert invoke(["diff", "clean.txt", "other.txt"]) == 1
    assert invoke(["diff", "missing.txt", "other.txt"]) == 2
    assert invoke(["diff", "other.txt", "--rule", "SOC999"]) == 2
    assert invoke(["diff", "other.txt", "--from", "strip", "--to", "repair"]) == 2


def test_nothing_is_written_for_a_clean_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("clean.txt").write_text("Plain words.\n")
    invoke(["diff", "clean.txt"])
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "nothing would change in 1 document\n"


def test_a_bad_file_does_not_hide_the_diff_of_a_good_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_bytes(bytes(range(256)) * 20)
    Path("b.txt").write_text("Visit us:\n")
    assert invoke(["diff", "a.txt", "b.txt"]) == 2
    told = capsys.readouterr()
    assert "error: a.txt: a binary file" in told.err
    assert "-Visit us:" in told.out


def test_the_rule_stands_beside_what_it_removes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("Plain words.\n\nVisit us:\nFollow us on Facebook\n")
    invoke(["diff", "a.txt"])
    assert "@@ -1,4 +1 @@ 2-3 SOC001 visit-us; 4 SOC002 follow-us" in capsys.readouterr().out


def test_one_rule_can_be_shown_and_patched_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "Plain words.\n\nVisit us:\n\nFollow us on Facebook\n"
    Path("a.txt").write_text(source)
    assert invoke(["diff", "a.txt", "--rule", "follow-us"]) == 1
    diff = capsys.readouterr().out
    assert applied(source.encode(), diff.encode()) == b"Plain words.\n\nVisit us:\n\n"


def test_a_step_of_the_repair_stage_can_be_shown_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("Itâ€™s raining.\nVisit us:\n")
    assert invoke(["diff", "a.txt", "--rule", "fix-encoding"]) == 1
    removed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("-")]
    assert removed == ["--- a.txt", "-Itâ€™s raining."]


def test_two_stages_in_the_middle_can_be_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("Itâ€™s raining.\nVisit us:\n")
    assert invoke(["diff", "a.txt", "--from", "repair"]) == 1
    assert capsys.readouterr().out == (
        "--- a.txt\tafter repair\n+++ a.txt\tafter strip\n@@ -1,2 +1 @@ 2 SOC001 visit-us\n It’s raining.\n-Visit us:\n"
    )
    assert invoke(["diff", "a.txt", "--from", "repair", "--to", "language"]) == 0


def test_words_mark_what_went_and_what_came(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("Itâ€™s raining.\nVisit us:\n")
    invoke(["diff", "a.txt", "--format", "words"])
    assert " [-Itâ€™s-]{+It’s+} raining." in capsys.readouterr().out


def test_a_terminal_is_sent_no_escapes_of_the_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("Plain \x1b[31mred words.\nVisit us: \x07\n")
    invoke(["diff", "a.txt", "--format", "words"])
    assert not set("\x1b\x07") & set(capsys.readouterr().out)


def test_a_record_of_json_lines_has_its_line_in_the_header(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.jsonl").write_text('\n{"text": "Plain words.\\nVisit us:\\n"}\n')
    assert invoke(["diff", "a.jsonl"]) == 1
    assert capsys.readouterr().out.startswith("--- a.jsonl:2\n+++ a.jsonl:2\n")


def test_a_lone_surrogate_is_shown_as_its_escape(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.jsonl").write_text('{"text": "a \\ud800 b\\nVisit us:"}\n')
    for more in ([], ["--format", "words"], ["--format", "html"]):
        assert invoke(["diff", "a.jsonl", *more]) == 1
        assert "Visit us:" in capsys.readouterr().out


def test_a_page_for_a_browser_escapes_what_it_shows_and_needs_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("<b>.txt").write_text('<script>alert("x")</script>\nVisit us:\n')
    assert invoke(["diff", "<b>.txt", "--format", "html"]) == 1
    page = capsys.readouterr().out
    assert "alert(&quot;x&quot;)" in page
    assert "<h2>&lt;b&gt;.txt</h2>" in page
    assert not re.search(r"(?:src|href)=|url\(|@import|https?:", page)


def test_a_file_in_sixteen_bits_is_replaced_whole(folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    raw = "Plain words.\nVisit us:\n".encode("utf-16")
    Path("a.txt").write_bytes(raw)
    assert invoke(["diff", "a.txt"]) == 1
    assert applied(raw, capsysbinary.readouterr().out) == b"Plain words.\n"


@given(TEXTS)
def test_rows_hold_each_line_of_both_sides_once_and_in_order(text: str) -> None:
    found = difference(CLEANER, text, Origin(media_type="text/plain"), NAMES[0], NAMES[-1]).comparison
    assert [line for row in found.rows for line in row.old] == list(range(len(found.old.lines)))
    assert [line for row in found.rows for line in row.new] == list(range(len(found.new.lines)))


@given(TEXTS)
def test_the_parts_of_a_row_make_up_its_lines(text: str) -> None:
    found = difference(CLEANER, text, Origin(media_type="text/plain"), NAMES[0], NAMES[-1]).comparison
    for row in found.rows:
        for parts in (found.parts(row), widened(found.parts(row))):
            assert "".join(part.old for part in parts) == "\n".join(
                found.old.text[slice(*found.old.lines[i])] for i in row.old
            ).removesuffix("\r")
            assert "".join(part.new for part in parts) == "\n".join(map(found.new_text, row.new))
            assert all(part.changed or part.old == part.new for part in parts)


@given(TEXTS, st.sampled_from(NAMES[2:-1]))
def test_between_two_stages_a_patch_makes_the_later_text_of_the_earlier(text: str, stage: str) -> None:
    found = difference(CLEANER, text, Origin(media_type="text/plain"), stage, NAMES[-1])
    diff = b"".join(patch(found.comparison, hunks(found.comparison.rows, lambda row: not row.exact), "a", {}))
    old, new = found.comparison.old.text, found.comparison.new.text
    assert applied(old.encode(), diff) == new.encode()


@given(TEXTS)
def test_every_line_that_is_gone_has_a_rule_unless_it_is_blank(text: str) -> None:
    found = difference(CLEANER, text, Origin(media_type="text/plain"), NAMES[0], NAMES[-1]).comparison
    for row in found.rows:
        if not row.new and found.has_text(row):
            assert row.rules


PAGE = """<title>A storm</title>
<nav><a href=/>Home</a> <a href=/n>News</a></nav>
<main><h1>A storm came in the night</h1>
<p>The river rose again &amp; again in the night, and the people of the village moved to the hill.</p>
<p>In the morning the water had gone, and the people came back and began to clean what was left.</p>
</main>
<footer><p>Follow us on Facebook</p><p>Imprint</p></footer>
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A page in the folder that commands run in."""
    monkeypatch.chdir(tmp_path)
    Path("a.html").write_text(PAGE)
    return "a.html"


def test_of_a_page_people_see_blocks_with_their_lines_in_the_markup(
    page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["diff", page, "--format", "words"]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[2:] == [
        "@@ lines 2-7 of the markup @@",
        " [-Home News-]  # EXT001 not-content",
        " A storm came in the night",
        " The river rose again & again in the night, and the people of the village moved to the hill.",
        " In the morning the water had gone, and the people came back and began to clean what was left.",
        " [-Follow us on Facebook-]  # EXT001 not-content",
        " [-Imprint-]  # EXT001 not-content",
    ]


def test_a_browser_shows_the_blocks_of_a_page_beside_their_lines(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["diff", page, "--format", "html"]) == 1
    shown = capsys.readouterr().out
    assert "<div class=gone><i>7</i><i></i><b aria-hidden=true>−</b><p>Imprint</p>" in shown
    assert "A block of a page that is not its content" in shown
    assert "&lt;nav" not in shown


def test_a_page_in_a_pipe_is_a_patch_of_its_markup(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["diff", page]) == 1
    assert "-<title>A storm</title>" in capsys.readouterr().out


@given(
    text=st.lists(st.sampled_from(["<p>", "</p>", "<td>", "<br>", "&amp;", "words of it", "\n", "<pre>", "Visit us:"]))
)
@settings(max_examples=200, deadline=None)
def test_each_line_of_a_page_and_of_its_text_stands_in_one_row(text: list[str]) -> None:
    origin = Origin(media_type="text/html")
    found = difference(CLEANER, "".join(text), origin, NAMES[0], NAMES[-1], readable=True).comparison
    assert [line for row in found.rows for line in row.old] == list(range(len(found.old.lines)))
    assert [line for row in found.rows for line in row.new] == list(range(len(found.new.lines)))
    kept = [line for line in CLEANER.clean_html("".join(text)).text.split("\n") if line]
    assert [found.new_text(line) for line in range(len(found.new.lines))] == kept
    assert all(1 <= found.number(line) <= "".join(text).count("\n") + 1 for line in range(len(found.old.lines)))
