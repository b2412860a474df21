"""The language models: each is evaluated as its file says, whatever else is in the batch."""

from __future__ import annotations

import json
import math
from importlib import resources
from unicodedata import combining

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean.errors import ConfigError
from clean.languages import LANGUAGES, Model, load
from clean.languages.evidence import evidence, is_list
from clean.languages.letters import GROUPS, MARK, MARKED, SCALE, Letters
from clean.languages.prior import Weights, posteriors
from clean.languages.scripts import NAMES, chinese_script, dominant

WEIGHTS = Weights()
LINES = [
    "The committee will meet again on Thursday.",
    "Le comité se réunit jeudi",
    "ÅÄÖ på svenska",
    "Комитет снова соберётся",
    "समिति बजट",
    "委员会",
    "x",
    "",
]


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters(LANGUAGES)


@pytest.fixture(scope="module", params=["letters", "langdetect", "py3langid", "lingua"])
def model(request: pytest.FixtureRequest) -> Model:
    package = {"py3langid": "py3langid", "lingua": "lingua"}.get(request.param)
    if package:
        pytest.importorskip(package)
    return load(request.param, ("de", "en", "fr"))


def test_each_model_knows_a_sentence(model: Model) -> None:
    found = model.likelihoods(["The committee will meet again on Thursday.", "Le comité se réunit de nouveau jeudi."])
    assert [model.languages[i] for i in found.argmax(axis=1)] == ["en", "fr"]


def test_each_model_refuses_a_language_it_does_not_know(model: Model) -> None:
    name = {"Letters": "letters", "LangdetectProfiles": "langdetect", "Py3langid": "py3langid", "Lingua": "lingua"}
    with pytest.raises(ConfigError, match="xx"):
        load(name[type(model).__name__], ("en", "xx"))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=6), st.integers(0, len(LINES) - 1))
def test_a_row_does_not_depend_on_the_other_texts(letters: Letters, others: list[str], which: int) -> None:
    alone = letters.likelihoods([LINES[which]])[0]
    assert (letters.likelihoods([*others, LINES[which], *others])[len(others)] == alone).all()


@settings(max_examples=50, deadline=None)
@given(st.text("abcdeéß", min_size=1, max_size=12))
def test_letters_count_once_each_by_the_longest_known_n_gram(letters: Letters, word: str) -> None:
    costs = table()
    expected = np.zeros(len(GROUPS["latin"]))
    padded = f" {word.lower()} "
    for end in range(2, len(padded) + 1):
        known = [g for n in range(1, 6) if (g := padded[max(end - n, 0) : end]) in costs and len(g) == min(n, end)]
        if known:
            expected -= costs[max(known, key=len)]
    columns = [LANGUAGES.index(language) for language in GROUPS["latin"]]
    assert letters.likelihoods([word])[0][columns] == pytest.approx(expected / SCALE)


def table() -> dict[str, np.ndarray]:
    """The Latin n-grams of letters.npz with their costs, read the slow way."""
    if not _TABLE:
        with np.load(str(resources.files("clean.languages") / "letters.npz")) as arrays:
            alphabet = " " + "".join(map(chr, arrays["latin_letters"]))
            steps, changes = arrays["latin_steps"].astype(int), arrays["latin_rows"].T
        bits = (len(alphabet) - 1).bit_length()
        wanted = set(" abcdeéß")
        key = 0
        for i in range(steps.shape[1]):
            key += sum(int(steps[byte, i]) << 8 * byte for byte in range(8))
            gram = ""
            rest = key
            while rest != MARK:
                gram = alphabet[rest & ((1 << bits) - 1)] + gram
                rest >>= bits
            if wanted.issuperset(gram):
                _TABLE[gram] = changes[i]
        for gram in sorted(_TABLE, key=len):
            if gram[1:] in _TABLE:
                _TABLE[gram] = _TABLE[gram] + _TABLE[gram[1:]]
    return {gram: cost.astype(int) for gram, cost in _TABLE.items()}


_TABLE: dict[str, np.ndarray] = {}


def test_a_stress_mark_does_not_part_a_word(letters: Letters) -> None:
    plain, marked = letters.likelihoods(["Комитет соберётся", "Комите\u0301т соберётся"])
    assert (plain == marked).all()


def test_langdetect_profiles_are_evaluated_exactly() -> None:
    languages = ("de", "en")
    found = load("langdetect", languages).likelihoods(["ab c"])[0]
    for language, value in zip(languages, found, strict=True):
        path = resources.files("langdetect") / "profiles" / language
        profile = json.loads(path.read_text(encoding="utf-8"))
        grams = ["a", "b", "c", " a", "ab", "b ", " c", "c ", " ab", "ab ", " c "]
        known = [g for g in grams if any(g in profiles(other) for other in languages)]
        shares = [profile["freq"].get(g, 0) / profile["n_words"][len(g) - 1] + 0.5 / 10_000 for g in known]
        assert value == pytest.approx(sum(map(math.log, shares)), rel=1e-5)


def profiles(language: str) -> dict[str, int]:
    path = resources.files("langdetect") / "profiles" / language
    freq: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))["freq"]
    return freq


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see https://example.org/le/monde now", "see now"),
        ("write to jean.dupont@example.fr today", "write to today"),
        ("room 101b is free", "room is free"),
        ("当到达39床", "当到达 床"),
        ("Contact média: [email protected]", "Contact média:"),
        ("<p class=x>word</p>", "word"),
        ("QWxsIHRoYXQgZ2xpdHRlcnMgaXMgbm90IGdvbGQgYW5kIHNvIG9u word", "word"),
        ("plain words stay as they are", "plain words stay as they are"),
    ],
)
def test_evidence_is_words(text: str, left: str) -> None:
    assert evidence(text).split() == left.split()


def test_a_tag_cloud_is_a_list_and_a_sentence_is_not() -> None:
    assert is_list("politics | sport | world | tech | food | travel | film")
    assert not is_list("In May, June and July the rain came late, and the harvest, such as it was, failed.")


def test_some_kana_make_a_text_japanese() -> None:
    scripts, letters = dominant(["委員会は木曜日", "委員會", "abc", "1 2"])
    assert [NAMES[i] for i in scripts] == ["kana", "han", "latin", ""]
    assert letters[-1] == 0


def test_characters_of_both_chinese_scripts_do_not_decide() -> None:
    assert chinese_script("一人") is None


def test_a_segment_without_a_vote_changes_no_other() -> None:
    likelihoods = np.array([[0.0, -4.0], [0.0, -1.0], [-9.0, 0.0]])
    with_it = posteriors(np.vstack((likelihoods, [[-50.0, 0.0]])), np.array([40.0, 10.0, 0.0, 0.0]), WEIGHTS)
    without = posteriors(likelihoods, np.array([40.0, 10.0, 0.0]), WEIGHTS)
    assert with_it[:2].argmax(axis=1).tolist() == without[:2].argmax(axis=1).tolist()


def test_neighbours_decide_a_line_that_says_nothing() -> None:
    block = np.array([[0.0, -60.0]] * 6 + [[-60.0, 0.0]] * 2 + [[0.0, 0.0]] + [[-60.0, 0.0]] * 2)
    found = posteriors(block, np.where(block.any(axis=1), 50.0, 0.0), WEIGHTS)
    assert found[8].argmax() == 1


@pytest.mark.parametrize("backwards", [False, True])
def test_one_neighbour_decides_at_either_end_of_a_document(backwards: bool) -> None:
    block = np.array([[0.0, -60.0]] * 6 + [[-60.0, 0.0]] * 3 + [[0.0, 0.0]])[:: -1 if backwards else 1]
    found = posteriors(block, np.where(block.any(axis=1), 50.0, 0.0), WEIGHTS)
    assert found[0 if backwards else -1].argmax() == 1


def test_neighbours_do_not_decide_where_languages_alternate() -> None:
    mixed = np.array([[0.0, -60.0], [-60.0, 0.0]] * 5 + [[0.0, 0.0]] + [[0.0, -60.0], [-60.0, 0.0]] * 5)
    found = posteriors(mixed, np.where(mixed.any(axis=1), 50.0, 0.0), WEIGHTS)
    assert found[10].max() < 0.7


def test_all_combining_marks_are_in_the_blocks_that_are_looked_through() -> None:
    marks = [point for point in range(0x300, 0x10000) if combining(chr(point))]
    assert all(any(point in block for block in MARKED) for point in marks)


def test_an_alphabet_is_loaded_when_a_text_is_written_in_it() -> None:
    model = Letters(LANGUAGES)
    model.likelihoods(["The river rose again in the night."])
    assert set(model._alphabets) == {"latin"}
