"""What is suggested for a corpus, and what is not."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

import clean
from clean.document import Document, Origin
from clean.suggest import Draft, Miner, Options
from clean.suggest.keep import sentences
from tests.suggest.corpus import Page, crawl, page

CLEANER = clean.Cleaner(clean.Config(language=clean.config.LanguageConfig(backend="none")))

KITCHEN = "The kitchen of our newsroom is open to readers of every age and island."
"""A sentence with words of the chrome below; the shipped rules leave it and the chrome alone."""


def suggested(pages: Iterable[Page], **asked: object) -> list[Draft]:
    with Miner(CLEANER, Options(**asked)) as miner:  # type: ignore[arg-type]
        for found in pages:
            miner.add(Document(found["text"], Origin(url=found.get("url"), media_type="text/plain")))
        return miner.drafts()


def lines(drafts: Iterable[Draft]) -> set[str]:
    return {phrase for draft in drafts for phrase, _ in draft.phrases}


def patterns(drafts: Iterable[Draft]) -> set[str]:
    return {" ".join(draft.members[0].template) for draft in drafts if draft.match}


def test_a_line_at_the_end_of_many_pages_is_suggested() -> None:
    found = suggested(crawl(8, 1, lambda host, n: page(host, n, bottom=["Newsroom kitchen tours"])))
    assert lines(found) == {"Newsroom kitchen tours"}
    assert found[0].members[0].evidence.documents == 8
    assert found[0].members[0].hosts == 8


def test_a_heading_between_paragraphs_is_not_however_often_it_recurs() -> None:
    assert suggested(crawl(12, 2, lambda host, n: page(host, n, between=["How we measured the ferry"]))) == []


def test_an_article_that_stands_on_many_hosts_is_not_suggested() -> None:
    def copy(host: str, n: int) -> Page:
        return page(host, n, top=["Harbour piers to close"], bottom=["The end of a ferry"], text="one and the same")

    assert suggested(crawl(12, 1, copy)) == []


def test_copies_of_one_text_count_once() -> None:
    def copies(host: str, n: int) -> Page:
        return page(host, n, bottom=["Newsroom kitchen tours"], text=f"text {n % 4}")

    pages = crawl(1, 12, copies)
    assert suggested(pages) == []
    assert suggested(pages, min_documents=4)[0].members[0].evidence.texts == 4


def test_a_line_that_the_rules_remove_is_not_suggested_again() -> None:
    pages = crawl(8, 1, lambda host, n: page(host, n, bottom=["Follow us on Facebook", "Newsroom kitchen tours"]))
    assert lines(suggested(pages)) == {"Newsroom kitchen tours"}


def test_lines_that_differ_in_dates_and_numbers_become_a_pattern() -> None:
    def dated(host: str, n: int) -> Page:
        return page(host, n, bottom=[f"Newsroom update of {n + 1} March 2024, {17 * n} readers"])

    found = suggested(crawl(2, 8, dated))
    assert patterns(found) == {"newsroom update of {date} {n} readers"}


def test_lines_that_differ_in_names_become_a_pattern() -> None:
    names = [
        "Marta Oliveira",
        "Jonas Weber",
        "Ana Lima",
        "Tomas Berg",
        "Ida Holm",
        "Petra Novak",
        "Luis Prado",
        "Olga Lind",
    ]

    def signed(host: str, n: int) -> Page:
        return page(host, n, bottom=[f"Newsroom portrait by {names[n]}"])

    assert patterns(suggested(crawl(2, 8, signed))) == {"newsroom portrait by {name}"}


def test_one_name_that_recurs_is_no_slot() -> None:
    found = suggested(crawl(8, 1, lambda host, n: page(host, n, bottom=["Newsroom portrait by Marta Oliveira"])))
    assert lines(found) == {"Newsroom portrait by Marta Oliveira"}
    assert patterns(found) == set()


def test_the_lines_of_a_site_make_one_rule() -> None:
    menu = ["Our newsroom kitchen", "Harbour cams today", "Meet the ferry crew", "Ask us"]
    found = suggested(crawl(1, 8, lambda host, n: page(host, n, top=menu)))
    assert [len(draft.members) for draft in found] == [3]
    assert found[0].name == "site0-example-chrome"


def test_a_line_of_few_of_the_pages_of_a_site_is_not_suggested() -> None:
    def rare(host: str, n: int) -> Page:
        return page(host, n, bottom=["Newsroom kitchen tours"] if n % 40 == 0 else [])

    assert suggested(crawl(1, 200, rare), min_documents=4) == []


def test_hosts_can_be_asked_for() -> None:
    pages = crawl(2, 6, lambda host, n: page(host, n, bottom=["Newsroom kitchen tours"]))
    assert suggested(pages, min_hosts=3) == []
    assert suggested(pages, min_hosts=2) != []


def test_no_more_rules_than_asked_for() -> None:
    def own(host: str, n: int) -> Page:
        return page(host, n, bottom=[f"Visit {host.split('.')[0]} harbour kitchens"])

    assert len(suggested(crawl(6, 6, own), max_rules=4)) == 4


def test_programs_and_data_are_left_alone() -> None:
    assert suggested(crawl(8, 1, lambda host, n: page(host, n, bottom=['"data": {', "int main() {"]))) == []


def test_a_rule_keeps_sentences_of_the_corpus_that_have_its_words() -> None:
    pages = crawl(8, 1, lambda host, n: page(host, n, bottom=["Newsroom kitchen tours"]))
    pages[3]["text"] = pages[3]["text"].replace(". The", f". {KITCHEN} The", 1)
    (draft,) = suggested(pages)
    assert KITCHEN in draft.keep
    assert not draft.wrong


def test_a_rule_without_a_sentence_to_keep_is_marked() -> None:
    (draft,) = suggested(crawl(8, 1, lambda host, n: page(host, n, bottom=["Zebra quagga okapi"])))
    assert draft.wrong.startswith("no sentence of the corpus has its words")


def test_lines_that_now_and_then_stand_inside_a_text_get_a_condition() -> None:
    def mostly_below(host: str, n: int) -> Page:
        line = ["Newsroom kitchen tours"]
        return page(host, n, between=line) if n == 0 else page(host, n, bottom=["Harbour cams today", *line])

    (draft,) = [d for d in suggested(crawl(2, 30, mostly_below)) if "Newsroom kitchen tours" in lines([d])]
    assert draft.position == "tail"


def test_the_order_of_documents_makes_no_difference() -> None:
    def busy(host: str, n: int) -> Page:
        bottom = ["Harbour cams", f"Newsroom update of {n + 1} March 2024", "Newsroom kitchen tours", f"{n} readers"]
        return page(host, n, top=[f"{host} today", "Our harbour"], bottom=bottom[: 3 + n % 2])

    pages = crawl(5, 9, busy)
    first = [draft.told() for draft in suggested(pages)]
    for seed in range(3):
        random.Random(seed).shuffle(pages)
        assert [draft.told() for draft in suggested(pages)] == first
    assert len(first) > 2


def test_new_ids_and_names_are_free() -> None:
    pages = crawl(8, 1, lambda host, n: page(host, n, bottom=["Newsroom kitchen tours"]))
    taken = {rule.id for rule in CLEANER.ruleset.rules}
    (draft,) = suggested(pages, prefix="NAV")
    assert draft.id.startswith("NAV")
    assert draft.id not in taken


def test_an_empty_document_and_one_of_a_single_long_line_are_taken() -> None:
    assert suggested([{"text": ""}, {"text": "word " * 100_000}, {"text": "(" * 100_000}, {"text": "\n\n"}]) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. The council of the old city met again. two", ["The council of the old city met again."]),
        ("港の古い橋は来年の夏まで船が通れないそうです。短い。", ["港の古い橋は来年の夏まで船が通れないそうです。"]),
        ("no end to this sentence of ten words or more here", []),
    ],
)
def test_only_whole_sentences_are_shown(text: str, found: list[str]) -> None:
    assert list(sentences(text)) == found
