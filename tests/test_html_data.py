"""Text that stands in a page's data alone, and pages too short to compare their blocks."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean import Cleaner
from clean.html.decide import repetitions
from clean.verify import check
from clean.verify_sources import Source

CLEANER = Cleaner(select=[])
BODY = 'He said "no" \\ and left \u2014 caf\u00e9, \U0001f600. ' + "The river rose through the night. " * 5


def page(body: str, kind: str = "application/ld+json", key: str = "articleBody", visible: str = "") -> str:
    data = json.dumps({"@type": "NewsArticle", "headline": "A headline", key: body})
    return f"<html><body><div id=app>{visible}</div><script type='{kind}'>{data}</script></body></html>"


def test_the_body_in_json_ld_is_text_where_nothing_else_is() -> None:
    record = CLEANER.clean_html(page(BODY))
    assert record.text == BODY.strip()
    assert [flag.rule for flag in record.flags] == ["EXT002"]


def test_the_flag_spans_the_string_as_written() -> None:
    source = page(BODY)
    (flag,) = CLEANER.clean_html(source).flags
    assert json.loads(f'"{source[slice(*flag.source)]}"') == BODY


def test_each_line_of_the_string_is_a_paragraph() -> None:
    assert CLEANER.clean_html(page("One line.\nAnother\n\nA third.")).text == "One line.\n\nAnother\n\nA third."


def test_markup_in_the_string_is_read_as_markup() -> None:
    assert CLEANER.clean_html(page("<p>Fish &amp; <b>chips</b></p><p>Tea</p>")).text == "Fish & chips\n\nTea"


def test_data_is_no_text_where_the_page_shows_some() -> None:
    shown = "The river rose through the night, and by the morning the lower streets stood under water. " * 3
    record = CLEANER.clean_html(page(BODY, visible=f"<p>{shown}</p>"))
    assert record.text == shown.strip()
    assert record.flags == ()


def test_the_body_comes_before_the_description() -> None:
    source = page(BODY).replace('"headline"', '"description": "A summary.", "headline"')
    assert "A summary" not in CLEANER.clean_html(source).text


def test_a_description_stands_for_a_body_that_is_missing() -> None:
    assert CLEANER.clean_html(page("A summary of it.", key="description")).text == "A summary of it."


def test_prose_in_the_state_of_an_application_is_text() -> None:
    assert CLEANER.clean_html(page(BODY, "application/json", "content")).text == BODY.strip()


def test_labels_in_the_state_of_an_application_are_none() -> None:
    assert CLEANER.clean_html(page("Add to basket", "application/json", "label")).text == ""


def test_other_scripts_are_no_text() -> None:
    assert CLEANER.clean_html(page(BODY, "text/javascript")).text == ""


@pytest.mark.parametrize(
    "body", ['"' * 20_000, "<" * 20_000, "&" * 20_000, "\n" * 20_000, "\ud800" * 2_000, "\\" * 9_999]
)
def test_hostile_strings_are_read(body: str) -> None:
    assert len(CLEANER.clean_html(page(body)).text) <= len(body)


@pytest.mark.parametrize("data", ['"' + '\\"' * 200_000, '"' + '\\"' * 200_000 + "\\", '"a":' * 50_000, "{" * 100_000])
def test_hostile_data_is_read(data: str) -> None:
    source = f"<script type=application/ld+json>{data}</script>"
    assert len(CLEANER.clean_html(source).text) <= len(source)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_whatever_the_string_each_character_is_the_sources_or_a_listed_edit(body: str) -> None:
    source = page(body)
    record = CLEANER.clean_html(source)
    listed = {edit.source for edit in record.edits}
    for segment in record.segments:
        start = segment.span[0]
        for length, at, size in segment.map or ((segment.span[1] - start, segment.source[0], len(record.text)),):
            text = record.text[start : start + length]
            start += length
            if (at, at + size) not in listed:
                bare = html.unescape(re.sub(r"<[^>]*>", "", source[at : at + (size if segment.map else length)]))
                assert "".join(bare.split()) == "".join(text.split())


def test_a_record_of_text_from_data_verifies() -> None:
    source = page(BODY)
    assert check(json.loads(CLEANER.clean_html(source).to_json()), Source("x", source.encode(), is_value=True)) == []


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Hello", "Hello"),
        ("<pre>x = 1\ny = 2</pre>", "x = 1\ny = 2"),
        ("<h1>Gone</h1>", "Gone"),
        ("<p>漢字漢字漢字漢字。</p>", "漢字漢字漢字漢字。"),
        ("<title>x</title><p>One short paragraph.</p>", "One short paragraph."),
    ],
)
def test_a_page_of_one_paragraph_is_not_empty(source: str, text: str) -> None:
    assert CLEANER.clean_html(source).text == text


@pytest.mark.parametrize(
    "source", ["<a href=/>Log in</a>", "<div>Loading</div>", "<p hidden>x</p>", "<p><a href=/>x</a></p>"]
)
def test_a_page_of_one_button_has_no_text(source: str) -> None:
    assert CLEANER.clean_html(source).text == ""


CARD = "Break free from the boundaries of your tools"


def test_text_that_is_kept_already_is_removed_as_repeated() -> None:
    sentence = "The river rose through the night, and by the morning the lower streets stood under water. "
    slides = f"<div class=slide><p>{CARD}</p></div>" * 3
    record = CLEANER.clean_html(f"<main><h1>On rivers</h1><p>{sentence * 3}</p>{slides}<p>{sentence * 2}</p></main>")
    assert [r.rule for r in record.removed if r.text == CARD][-2:] == ["EXT003", "EXT003"]


@pytest.mark.parametrize(
    ("words", "scores", "removed"),
    [
        ((9, 9), (0.9, 0.5), [1]),
        ((9, 9), (0.5, 0.9), []),
        ((3, 3), (0.5, 0.5), []),
    ],
)
def test_repetitions_are_long_and_uncertain(words: tuple[int, int], scores: tuple[float, float], removed: list) -> None:
    assert repetitions(["text", "text"], words, scores, [True, True]) == removed


def test_what_was_not_kept_is_not_repeated() -> None:
    assert repetitions(["text", "text"], (9, 9), (0.1, 0.5), [False, True]) == []
