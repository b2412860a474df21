"""What a line's words say."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from clean.lines import words


def counted(text: str, language: str) -> dict[str, int]:
    topics = words.topics(language)
    found = topics.count(text, words.tokens(text))
    return {topics.names[topic]: n for topic, n in found.items()}


def test_numbers_are_one_word_whatever_they_are() -> None:
    assert words.tokens("Page 3 of 1204") == ["page", "0", "of", "0"]


def test_of_a_long_line_the_ends_are_read() -> None:
    text = " ".join(f"w{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(200))
    found = words.tokens(text)
    assert len(found) == words.HEAD + words.TAIL
    assert found[0] == "waa"
    assert found[-1] == words.tokens(text.split()[-1])[0]


@given(st.text(alphabet="ab1_ ,İΣß山٣²", max_size=60), st.integers(1, 20))
def test_a_long_line_is_read_like_any_other(part: str, times: int) -> None:
    text = part * times
    found = [words.NUMBER if word.isdecimal() else word for word in words.TOKEN.findall(text.lower())]
    if len(found) > words.HEAD + words.TAIL:
        found = found[: words.HEAD] + found[-words.TAIL :]
    assert words.tokens(text) == found


def test_grams_mark_where_a_line_begins_and_ends() -> None:
    found = words.grams(["read", "more"], ["read more"])
    assert found == ["read", "more", "read more", "^read", "more$", "^read more$"]
    assert words.grams([], []) == []


def test_topics_are_found_in_the_language_of_the_line_and_in_english() -> None:
    assert "newsletter" in counted("Newsletter abonnieren", "de")
    assert "consent" in counted("Alle Cookies akzeptieren", "de")
    assert "social" in counted("Folgen Sie uns auf Facebook", "de")


def test_phrases_of_scripts_without_spaces_are_found_inside_a_line() -> None:
    assert counted("请先登录后再发表评论", "zh")


def test_a_variant_of_a_language_has_its_lists() -> None:
    assert words.topics("zh-Hans").inside == words.topics("zh").inside


def test_every_list_is_of_strings_in_lower_case_and_no_phrase_is_too_long() -> None:
    lists = tomllib.loads(files("clean.lines").joinpath("vocabulary.toml").read_text(encoding="utf-8"))
    for topic, languages in lists.items():
        for language, phrases in languages.items():
            for phrase in phrases:
                assert phrase == phrase.lower().strip(), (topic, language, phrase)
                if language not in words.UNSPACED_LANGUAGES:
                    assert 1 <= len(words.tokens(phrase)) <= words.LONGEST, (topic, language, phrase)
