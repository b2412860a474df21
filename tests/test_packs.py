"""The rule packs as shipped: what each rule promises, and what all of them together must not do."""

from __future__ import annotations

import re

import pytest

import clean
from clean.checks.examples import check
from clean.ruleset import Rule

CLEANER = clean.Cleaner(clean.Config(language=clean.config.LanguageConfig(backend="none")))
RULES = CLEANER.ruleset.rules

LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "cs",
    "sv",
    "da",
    "no",
    "fi",
    "ro",
    "hu",
    "el",
    "tr",
    "ru",
    "uk",
    "ar",
    "fa",
    "zh",
    "ja",
    "ko",
]
TOPICS = ("ADS", "COM", "COO", "LEG", "NAV", "NEW", "REL", "SOC")

CHAPTERS = [
    ("poem", "Home\nis where the bread is,\nthe news from the shop,\nthe blog of the dead.\n"),
    ("list", "- Politics\n- Economy\n- Culture\n- Sport\n- Contact\n- Search\n"),
    ("dialogue", "“More?”\n“No.”\n“Tell me about the events.”\n“Next.”\n"),
    ("table", "Year  Views  Shares\n2019  1204   12\n2020  2410   30\n"),
    ("code", "def share(link):\n    return copy(link)\n\nif home:\n    search(news)\n"),
    ("address", "Harbour Press\n12 Pier Road\nAlesund\n"),
    ("recipe", "Ingredients\n200 g flour\n3 eggs\nBake at 180 °C for 25 minutes.\n"),
    (
        "German headings",
        "Kultur\nDie Oper öffnet im Mai.\n\nSport\nDer Lauf fällt aus.\n\nKontakt\nRatlos steht er da.\n",
    ),
    ("Russian headings", "Культура\nОпера откроется в мае.\n\nСпорт\nЗабег отменён.\n"),
    ("Chinese headings", "文化\n歌剧院五月开放。\n\n体育\n赛跑取消了。\n"),
]


def test_there_is_a_rule_for_each_topic_in_each_language() -> None:
    there = {(rule.id[:3], language) for rule in RULES for language in rule.languages}
    assert not [(topic, language) for topic in TOPICS for language in LANGUAGES if (topic, language) not in there]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_does_to_its_examples_what_it_says(rule: Rule, full_cleaner: clean.Cleaner) -> None:
    assert [str(failure) for failure in check(rule, full_cleaner)] == []


@pytest.fixture(scope="module")
def full_cleaner() -> clean.Cleaner:
    return clean.Cleaner()


def test_each_rule_of_the_topics_has_two_examples_to_drop_and_two_to_keep() -> None:
    written = [rule for rule in RULES if rule.match is not None or rule.phrases]
    poor = [rule.id for rule in written if rule.id != "LEG001" and (len(rule.drop) < 2 or len(rule.keep) < 2)]
    assert poor == []


@pytest.mark.parametrize(("name", "text"), CHAPTERS, ids=[name for name, _ in CHAPTERS])
def test_words_of_menus_stay_where_nothing_beside_them_is_removed(name: str, text: str) -> None:
    assert CLEANER.clean_text(text).text.split() == text.split()


def test_no_two_rules_list_the_same_phrase_in_one_language() -> None:
    seen: dict[tuple[str, str], str] = {}
    twice = []
    for rule in RULES:
        if rule.where.next_to:
            continue
        for phrase in rule.phrases:
            for language in rule.languages:
                key = (language, " ".join(re.findall(r"\w+", phrase.casefold())))
                if seen.setdefault(key, rule.id) != rule.id:
                    twice.append((phrase, seen[key], rule.id))
    assert twice == []


def test_a_pattern_starts_at_the_beginning_of_its_line() -> None:
    free = [rule.id for rule in RULES if rule.match and not rule.match.removeprefix("(?i)").startswith("^")]
    assert free == ["COO001", "LEG001", "LEG901"]  # these three look for words wherever they stand in a short line


def test_what_rules_leave_is_left_alone_the_second_time() -> None:
    for rule in RULES:
        for example in (*rule.drop, *rule.keep):
            once = CLEANER.clean_text(example.text).text
            assert CLEANER.clean_text(once).text == once, rule.id


def test_no_phrase_is_a_letter_or_two_that_stand_for_anything() -> None:
    short = [
        (rule.id, phrase)
        for rule in RULES
        if rule.where.next_to is None
        for phrase in rule.phrases
        if phrase.isascii() and len("".join(re.findall(r"\w", phrase))) < 3
    ]
    assert short == []
