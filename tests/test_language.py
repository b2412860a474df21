"""The language stage: what labels segments and documents get, and on what they may depend."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean.config import LanguageConfig
from clean.document import Document
from clean.stages.decode import decode
from clean.stages.language import Language
from clean.stages.segment import segment

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cases" / "language.json").read_text(encoding="utf-8"))
SEEDS = sorted((HERE.parent / "seeds").glob("*.txt"))

ENGLISH = [
    "The committee will meet again on Thursday to discuss the budget for the coming year.",
    "Nobody expects a decision before the end of the month, a spokesman said.",
    "Related articles",
    "Share this",
    "Two of its members had asked for a delay, which the others refused.",
]
FRENCH = [
    "Les opinions exprimées dans cet article n'engagent que le ou les auteurs.",
    "Contact média",
    "Le centre se dégage de toute responsabilité concernant le contenu de cet article.",
]


@pytest.fixture(scope="module")
def language() -> Language:
    return Language(LanguageConfig())


def labelled(stage: Language, text: str) -> Document:
    return stage(segment(decode(Document(text))))


def labels(document: Document) -> list[tuple[str, float, int | None]]:
    return [(s.language, s.score, s.foreign_run) for s in document.segments]


@pytest.mark.parametrize("case", CASES, ids=[f"{c['language']}:{c['text'][:24]}" for c in CASES])
def test_a_line_alone_is_in_its_language(language: Language, case: dict[str, str]) -> None:
    document = labelled(language, case["text"])
    assert [s.language for s in document.segments] == [case["language"]] * bool(case["text"])
    assert document.language == case["language"]


@pytest.mark.parametrize("path", SEEDS, ids=[path.stem for path in SEEDS])
def test_a_seed_is_english(language: Language, path: Path) -> None:
    assert labelled(language, path.read_text(encoding="utf-8")).language == "en"


@pytest.mark.parametrize("path", SEEDS, ids=[path.stem for path in SEEDS])
def test_only_the_french_block_of_the_seeds_is_foreign(language: Language, path: Path) -> None:
    foreign = [
        s.text for s in labelled(language, path.read_text(encoding="utf-8")).segments if s.foreign_run is not None
    ]
    starts = ["Articles Par", "Avis de non", "Le Centre de", "Pour publier", "Contact média"]
    assert [text[: len(start)] for text, start in zip(foreign, starts, strict=False)] == starts[: len(foreign)]
    assert len(foreign) == (len(starts) if path.name.startswith("001") else 0)


def test_a_foreign_block_is_one_run(language: Language) -> None:
    document = labelled(language, "\n\n".join(ENGLISH + FRENCH))
    assert [s.foreign_run for s in document.segments] == [None] * len(ENGLISH) + [0] * len(FRENCH)


def test_a_line_without_words_does_not_end_a_run(language: Language) -> None:
    document = labelled(language, "\n".join([*ENGLISH, *ENGLISH, FRENCH[0], "[email protected]", FRENCH[2]]))
    assert [s.foreign_run for s in document.segments[-3:]] == [0, None, 0]


def test_two_foreign_blocks_are_two_runs(language: Language) -> None:
    document = labelled(language, "\n".join([*FRENCH, *ENGLISH, *ENGLISH, *FRENCH]))
    runs = [s.foreign_run for s in document.segments if s.foreign_run is not None]
    assert runs == [0] * len(FRENCH) + [1] * len(FRENCH)


def test_a_short_line_takes_the_language_around_it(language: Language) -> None:
    assert labelled(language, "Contact").language == "und"
    document = labelled(language, "\n".join([*ENGLISH, "Contact"]))
    assert document.segments[-1].language == "en"


def test_half_and_half_pages_keep_both_languages(language: Language) -> None:
    document = labelled(language, "\n".join(ENGLISH[:2] + FRENCH[:1] + FRENCH[2:]))
    assert [s.language for s in document.segments] == ["en", "en", "fr", "fr"]


def test_a_language_menu_leaves_the_document_alone(language: Language) -> None:
    menu = ["Deutsch", "Français", "Español", "Italiano", "Português", "Polski", "Nederlands"]
    document = labelled(language, "\n".join(menu + ENGLISH))
    assert document.language == "en"
    assert {s.language for s in document.segments[: len(menu)]} == {"und"}


def test_what_is_undetermined_has_no_score_and_no_run(language: Language) -> None:
    document = labelled(language, "\n".join([*ENGLISH, "2016-08-18", "BTC 61963.30"]))
    assert labels(document)[-2:] == [("und", 0.0, None)] * 2


def test_scores_are_probabilities(language: Language) -> None:
    document = labelled(language, "\n".join(ENGLISH + FRENCH))
    assert all(0.5 <= s.score <= 1 for s in document.segments)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ENGLISH + FRENCH + [c["text"] for c in CASES if c["text"]]), min_size=1, max_size=12))
def test_labels_depend_on_the_remaining_segments_alone(language: Language, lines: list[str]) -> None:
    document = labelled(language, "\n".join(lines))
    del document.segments[0]
    again = language(document)
    fresh = labelled(language, "\n".join(lines[1:]))
    assert (labels(again), again.language) == (labels(fresh), fresh.language)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_text_is_refused(language: Language, text: str) -> None:
    document = labelled(language, text)
    assert all((s.language == "und") == (s.score == 0) for s in document.segments)


def test_a_lone_surrogate_is_no_evidence(language: Language) -> None:
    assert labelled(language, "\ud800").language == "und"


def test_a_second_pass_does_not_read_the_text_again(language: Language) -> None:
    document = labelled(language, "\n".join(ENGLISH))
    evidence = [s.evidence for s in document.segments]
    language(document)
    assert all(a is b.evidence for a, b in zip(evidence, document.segments, strict=True))


def test_a_line_of_megabytes_is_read_to_its_cap(language: Language) -> None:
    document = labelled(language, "a b " * 500_000)
    assert document.segments[0].evidence.letters <= 200


def test_candidates_restrict_the_answer() -> None:
    stage = Language(LanguageConfig(candidates=("de", "nl")))
    assert labelled(stage, ENGLISH[0]).language in {"de", "nl", "und"}


def test_a_script_of_no_candidate_is_undetermined() -> None:
    stage = Language(LanguageConfig(candidates=("en", "fr")))
    assert labelled(stage, "Комитет снова соберётся в четверг").language == "und"


def test_chinese_names_its_script_on_request() -> None:
    stage = Language(LanguageConfig(chinese_script=True))
    assert labelled(stage, "委员会将于星期四再次开会讨论预算问题。").language == "zh-Hans"
    assert labelled(stage, "委員會將於星期四再次開會討論預算問題。").language == "zh-Hant"


def test_the_backend_none_labels_nothing() -> None:
    assert labelled(Language(LanguageConfig(backend="none")), ENGLISH[0]).segments[0].language == "und"


def test_another_process_gives_the_same_scores(language: Language) -> None:
    text = "\n".join(ENGLISH + FRENCH)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.test_language import *\n"
        f"print(repr(labels(labelled(Language(LanguageConfig()), {text!r}))))"
    )
    root = str(HERE.parent)
    out = subprocess.run([sys.executable, "-c", code, root], capture_output=True, text=True, check=True, cwd=root)
    assert out.stdout.strip() == repr(labels(labelled(language, text)))
