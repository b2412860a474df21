"""What is remembered of lines: bounded, and without a trace in what comes out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean import Cleaner, recent
from clean.languages import LANGUAGES, load
from clean.languages.weigh import Weigher
from clean.recent import Recent

PAGES = (
    "Share this page\nThe river rose again in the night, and by morning the lower road was under water.\nContact us",
    "Contact us\nShare this page\nLe conseil municipal se réunit jeudi pour parler du budget de l'année prochaine.",
    "Read more\nRead more\nRead more\nBTC 61963.30\nETH 2410.55\nXRP 0.52\nBy Jafar Khan",
)


@given(st.lists(st.integers(0, 40), max_size=200))
def test_no_more_than_two_generations_are_remembered(asked: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recent, "MOST_LINES", 8)
        memory: Recent[int] = Recent()
        for n in asked:
            known = memory.get(str(n))
            assert known in (n, None)
            if known is None:
                memory.put(str(n), n)
            assert memory.get(str(n)) == n
        remembered = [n for n in range(41) if memory.get(str(n)) is not None]
    assert len(remembered) <= 2 * 8


def test_a_line_that_comes_again_and_again_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST_LINES", 4)
    memory: Recent[int] = Recent()
    memory.put("again", 1)
    for n in range(100):
        memory.put(str(n), n)
        assert memory.get("again") == 1


def test_what_was_cleaned_before_changes_no_record() -> None:
    used = Cleaner()
    for page in (*PAGES, *reversed(PAGES)):
        assert used.clean_text(page).to_json() == Cleaner().clean_text(page).to_json()


def test_evidence_of_a_line_is_the_same_when_it_comes_again_among_others() -> None:
    lines = [line for page in PAGES for line in page.split("\n")]
    weigher = Weigher(load("letters", LANGUAGES))
    first = {line: weigher([line])[0] for line in lines}
    for line, again in zip(lines, weigher(lines), strict=True):
        alone = Weigher(weigher.model)([line])[0]
        for found in (first[line], again):
            assert (found.letters, found.votes, found.strangeness) == (alone.letters, alone.votes, alone.strangeness)
            assert np.array_equal(found.likelihoods, alone.likelihoods)


def test_what_is_remembered_of_a_line_does_not_hold_the_tables_of_its_document() -> None:
    weigher = Weigher(load("letters", LANGUAGES))
    assert all(found.likelihoods.base is None for found in weigher(PAGES[2].split("\n")))
