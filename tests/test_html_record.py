"""Records of pages from all stages: what points where, and which model has the word."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean import Cleaner
from clean.record import Record
from clean.verify import check
from clean.verify_sources import Source

CLEANER = Cleaner()
RULES_OFF = Cleaner(select=[])
PROSE = (
    "The function below takes the smallest number out of the list, again and again, until there is none left in it, "
    "and that is all there is to it."
)
CODE = (
    "def sort(numbers):\n    out = []\n    while numbers:\n\tif x < 3:\n            pass   # not fast\n\n    return out"
)
MARKED_UP = html.escape(CODE, quote=False).replace("sort", "<b>sort</b>", 1)
TUTORIAL = f"<main><h1>Sorting by hand</h1><p>{PROSE}</p><pre><code>{MARKED_UP}\n</code></pre><p>{PROSE}!</p></main>"


def read_alone(source: str, record: Record) -> list[tuple[str, str]]:
    """The text of each segment, and what its markup gives by itself, both without blanks."""
    out = []
    for segment in record.segments:
        bare = html.unescape(re.sub(r"(?s)<!--.*?-->|<[^>]*>", "", source[slice(*segment.source)]))
        out.append(("".join(record.text[slice(*segment.span)].split()), "".join(bare.split())))
    return out


def problems(source: str, record: Record) -> list[str]:
    return check(json.loads(record.to_json()), Source("page", source.encode(), is_value=True))


def test_code_keeps_its_indentation_with_exact_spans() -> None:
    record = CLEANER.clean_html(TUTORIAL)
    (segment,) = [s for s in record.segments if s.kind == "code"]
    assert record.text[slice(*segment.span)] == CODE
    assert TUTORIAL[slice(*segment.source)] == MARKED_UP
    assert record.edits == ()
    assert problems(TUTORIAL, record) == []


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("caf\u00c3\u00a9", "\u00e9"),
        ("dark\u200b and cold", ""),
        ("dark&#8203; and cold", ""),
        ("<b>caf\u00c3\u00a9</b> and bar", "\u00e9"),
    ],
)
def test_a_repair_stands_by_itself_and_the_rest_of_its_block_reads_as_its_markup(written: str, becomes: str) -> None:
    source = f"<main><h1>Cold</h1><p>{PROSE} It was {written}. {PROSE}</p></main>"
    record = CLEANER.clean_html(source)
    assert [text for text, bare in read_alone(source, record) if text != bare] == [becomes]
    assert [edit.after for edit in record.edits] == [becomes]
    assert problems(source, record) == []


@given(
    st.lists(
        st.sampled_from(
            ["word ", "caf\u00c3\u00a9", "\u200b", "&#8203;", "&nbsp;", "&amp;", "<b>x</b>", "<br>", "\u212a "]
        )
    )
)
def test_whatever_is_repaired_only_edits_differ_from_their_markup(parts: list[str]) -> None:
    source = f"<main><p>{PROSE}</p><p>{''.join(parts)}</p></main>"
    record = RULES_OFF.clean_html(source)
    changed = {edit.span for edit in record.edits}
    for segment, (text, bare) in zip(record.segments, read_alone(source, record), strict=True):
        start, end = segment.span
        inside = [span for span in changed if start <= span[0] and span[1] <= end]
        assert text == bare or sum(b - a for a, b in inside) == end - start
    assert problems(source, record) == []


@pytest.mark.parametrize("paragraph", ["word " * 200, PROSE])
def test_a_page_of_one_paragraph_over_and_over_keeps_it_once(paragraph: str) -> None:
    record = CLEANER.clean_html(f"<p>{paragraph}</p>" * 1000)
    assert record.text == paragraph.strip()
    assert {removal.rule for removal in record.removed} <= {"EXT001", "EXT003"}


def test_a_long_page_keeps_its_paragraphs() -> None:
    paragraphs = [f"{PROSE} This is step {i} of the way to a list of {i * 7} numbers." for i in range(300)]
    record = CLEANER.clean_html("<article><h1>Sorting</h1>" + "".join(f"<p>{p}</p>" for p in paragraphs) + "</article>")
    assert sum(p in record.text for p in paragraphs) > 0.95 * len(paragraphs)


MENU = "<p>Home<p>About<p>Shop<p>Blog<p>Contact<p>Log in"
FOOT = "<p>Related posts<p>Leave a comment<p>Your email address will not be published.<p>Sign up<p>Terms of Use"


def test_what_the_model_of_pages_kept_the_line_model_leaves_alone() -> None:
    source = f"<main>{MENU}<p>{PROSE}<p>{PROSE}!{FOOT}</main>"
    lines = Cleaner(select=["MOD001"], extract={"lowest_threshold": 0.0, "highest_threshold": 0.0})
    assert {r.rule for r in lines.clean_html(source).removed} <= {"EXT003"}


def test_the_line_model_judges_a_page_that_no_model_judged() -> None:
    source = f"<main>{MENU}<p>{PROSE}<p>{PROSE}!{FOOT}</main>"
    lines = Cleaner(select=["MOD001"], extract={"extractor": "none"})
    assert "MOD001" in {r.rule for r in lines.clean_html(source).removed}
