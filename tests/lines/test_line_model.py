"""The line model in the strip stage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clean import Cleaner
from clean.document import Document, Origin
from clean.lines import features
from clean.lines.decide import chosen
from clean.lines.model import model
from clean.lines.reading import Reading
from clean.ruleset.detectors.lines import LINE_MODEL
from clean.ruleset.view import View

CONTENT = sorted((Path(__file__).parents[1] / "cases" / "content").iterdir())
PROSE = (
    "The two services have signed a treaty about the use of the northern harbours, which both had claimed for their "
    "own ships since the last war, and which neither of them had been able to hold through a winter."
)
PAGE = f"""Home
About
Shop
Blog
Contact
Log in
{PROSE}
The harbours will be open to merchants of every country from the first of May, and the lamps will be lit again.
Related posts
Leave a comment
Your email address will not be published.
Sign up
Terms of Use
"""
CLEANER = Cleaner()
ALONE = Cleaner(select=["MOD001"])


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.name)
def test_poems_code_tables_lists_and_dialogue_stay_as_they_are(path: Path) -> None:
    assert CLEANER.clean_text(path.read_text(encoding="utf-8")).removed == ()


def nobody(document: Document) -> np.ndarray:
    """Of each segment, that no rule takes it."""
    return np.zeros(len(document.segments), dtype=np.float32)


def test_menus_around_an_article_go_and_the_article_stays() -> None:
    record = ALONE.clean_text(PAGE)
    assert PROSE in record.text
    assert not {"Home", "Shop", "Blog", "Sign up"} & set(record.text.splitlines())


def test_a_removal_of_the_model_carries_its_score() -> None:
    removed = ALONE.clean_text(PAGE).removed
    assert removed
    for removal in removed:
        assert removal.rule == "MOD001"
        assert removal.score is not None
        assert 0.5 < removal.score <= 1


def test_a_rule_that_says_why_goes_before_the_model() -> None:
    record = CLEANER.clean_text(PAGE.replace("Sign up", "Share on Facebook"))
    by_text = {removal.text: removal.rule for removal in record.removed}
    assert by_text["Share on Facebook"].startswith("SOC")
    assert "MOD001" in by_text.values()


def test_it_can_be_switched_off() -> None:
    assert "MOD001" not in {removal.rule for removal in Cleaner(ignore=["MOD001"]).clean_text(PAGE).removed}
    assert "MOD001" not in {removal.rule for removal in Cleaner(ignore=["MOD"]).clean_text(PAGE).removed}


def test_a_higher_threshold_removes_less() -> None:
    sizes = [
        len(Cleaner(select=["MOD001"], rules={"MOD001": {"threshold": at, "budget": 1.0}}).clean_text(PAGE).removed)
        for at in (0.5, 0.93, 0.9999)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1] == 0


def test_a_clean_text_is_clean_again() -> None:
    once = CLEANER.clean_text(PAGE).text
    assert CLEANER.clean_text(once).text == once


def test_what_the_model_leaves_in_a_pass_it_leaves_in_the_next() -> None:
    document = CLEANER.run(Document(PAGE, Origin(media_type="text/plain")), to="language")
    options = LINE_MODEL.checked({})
    gone = dict(LINE_MODEL.find(View(document.segments, document.language), options, nobody(document)))
    assert gone
    document.segments = [segment for i, segment in enumerate(document.segments) if i not in gone]
    assert not list(LINE_MODEL.find(View(document.segments, document.language), options, nobody(document)))


def test_prose_is_not_read_word_for_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def unread(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(features, "said", unread)
    assert not ALONE.clean_text(f"{PROSE}\n{PROSE}\n{PROSE}").removed
    with pytest.raises(AssertionError):
        ALONE.clean_text(PAGE)


def test_where_no_line_can_go_there_is_no_answer_and_else_the_same() -> None:
    document = CLEANER.run(Document(PAGE, Origin(media_type="text/plain")), to="language")
    scores = model().probabilities(Reading(document.segments, document.language), nobody(document))
    at = [
        model().probabilities(Reading(document.segments, document.language), nobody(document), t)
        for t in (0.0, 0.9, 1.0)
    ]
    np.testing.assert_array_equal(at[0], scores)
    np.testing.assert_array_equal(at[1], scores)
    assert at[2] is None


def test_lines_that_rules_take_open_no_gate() -> None:
    document = CLEANER.run(Document(PAGE, Origin(media_type="text/plain")), to="language")
    everybody = np.ones(len(document.segments), dtype=np.float32)
    assert model().probabilities(Reading(document.segments, document.language), everybody, 0.5) is None


def test_an_explanation_says_why_a_line_stays_where_nothing_goes() -> None:
    document = CLEANER.run(Document(f"Sign up\n{PAGE}", Origin(media_type="text/plain")), to="language")
    view, nobody_here = View(document.segments, document.language), nobody(document)
    surest = max(LINE_MODEL.find(view, LINE_MODEL.checked({}), nobody_here), key=lambda found: found[1])[0]
    taken = LINE_MODEL.explain(view, LINE_MODEL.checked({}), nobody_here, surest)
    left = LINE_MODEL.explain(view, LINE_MODEL.checked({"threshold": 1.0}), nobody_here, surest)
    assert taken is not None
    assert left is not None
    assert taken.outcome.startswith("removes the line")
    assert left.outcome.startswith("stays")


def test_the_first_line_is_no_chrome_where_it_reads_like_a_title() -> None:
    text = "Subscribe to our newsletter\n" + PAGE.partition("Log in\n")[2]
    assert ALONE.clean_text(text).text.startswith("Subscribe to our newsletter\n")


def test_a_line_is_judged_the_same_whether_its_features_were_kept_or_not() -> None:
    def segments() -> tuple[list, str]:
        document = CLEANER.run(Document(PAGE, Origin(media_type="text/plain")), to="language")
        return document.segments, document.language

    first, language = segments()
    ruled = np.zeros(len(first), dtype=np.float32)
    fresh = model().probabilities(Reading(first, language), ruled)
    again = model().probabilities(Reading(first, language), ruled)
    np.testing.assert_array_equal(fresh, again)
    other, _ = segments()
    np.testing.assert_array_equal(fresh, model().probabilities(Reading(other, language), ruled))


def test_lines_that_are_left_are_judged_as_if_there_never_were_others() -> None:
    document = CLEANER.run(Document(PAGE, Origin(media_type="text/plain")), to="language")
    reading = Reading(document.segments, document.language)
    model().probabilities(reading, nobody(document))
    left = np.arange(2, len(document.segments), 2)
    nobody_left = np.zeros(len(left), dtype=np.float32)
    for segment in document.segments:
        segment.features = None
    alone = Reading([document.segments[i] for i in left], document.language)
    np.testing.assert_array_equal(
        model().probabilities(reading.only(left), nobody_left), model().probabilities(alone, nobody_left)
    )


def test_reasons_name_features_with_their_values_and_weights() -> None:
    document = CLEANER.run(Document(PAGE, Origin(media_type="text/plain")), to="language")
    ruled = np.zeros(len(document.segments), dtype=np.float32)
    score, reasons = model().reasons(Reading(document.segments, document.language), ruled, 0)
    assert score == pytest.approx(float(model().probabilities(Reading(document.segments, document.language), ruled)[0]))
    assert len(reasons) == 5
    assert all(" = " in reason and reason.endswith(")") for reason in reasons)


def test_contributions_add_up_to_what_the_trees_say() -> None:
    forest = model().first
    random = np.random.default_rng(1)
    matrix = random.normal(size=(len(forest.names), 3)).astype(np.float32) * 5
    for column, logit in zip(matrix.T, forest.logits(matrix), strict=True):
        mean = forest.bias + float(forest.leaf.mean(axis=1).sum())
        assert sum(forest.contributions(column).values()) + mean == pytest.approx(float(logit), abs=1e-3)


def test_long_lines_need_better_odds_than_short_ones() -> None:
    probability = np.full(2, 0.9, dtype=np.float32)
    assert chosen(probability, np.array([8.0, 80.0]), 0.88, 1.0).tolist() == [True, False]


def test_no_more_than_the_budget_is_risked() -> None:
    probability = np.array([0.99] * 10 + [0.01] * 10, dtype=np.float32)
    words = np.full(20, 10.0)
    assert chosen(probability, words, 0.5, 1.0).sum() == 10
    assert 0 < chosen(probability, words, 0.5, 0.006).sum() < 10


def test_two_lines_are_no_document_to_judge() -> None:
    assert ALONE.clean_text("Sign up\nTerms of Use\n").removed == ()
