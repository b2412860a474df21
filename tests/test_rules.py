"""Rule packs: what is refused, and how the error reads; selection; precedence."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from clean import Cleaner, Config, ConfigError, RuleError
from clean.checks.examples import check
from clean.ruleset.load import load_pack, load_packs

GOOD = """
[[rule]]
id = "TST001"
name = "test-rule"
summary = "A rule for a test"
scope = "line"
match = "^spam$"
action = "drop"
drop = ["spam"]
keep = ["spam and eggs"]
"""

PROSE = (
    "The council of the city decided on Monday that the old harbour will be closed to ships for three years while "
    "the piers are repaired."
)


def pack(folder: Path, text: str) -> Path:
    path = folder / "test.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (('match = "^spam$"', 'match = "(spam"'), 7, "missing )"),
        (('match = "^spam$"', 'match = "(?=spam)"'), 7, "not a regular expression that RE2 reads"),
        (('scope = "line"', 'scoop = "line"'), 6, "unknown key 'scoop'; did you mean 'scope'?"),
        (
            ('scope = "line"', 'scope = "lines"'),
            6,
            "scope is one of line, span, block, not 'lines'; did you mean 'line'?",
        ),
        (('id = "TST001"', 'id = "tst1"'), 3, "an id is three capitals and three digits"),
        (('name = "test-rule"', 'name = "Test Rule"'), 4, "a name is lower case with hyphens"),
        (('drop = ["spam"]\n', ""), 2, "'drop' is missing"),
        (('keep = ["spam and eggs"]', "keep = []"), 10, "at least one"),
        (('match = "^spam$"\n', ""), 2, "exactly one of match, phrases and detector"),
        (('match = "^spam$"', 'match = "^spam$"\nphrases = ["spam"]'), 8, "exactly one of match, phrases and detector"),
        (('match = "^spam$"', 'detector = "jsn_dump"'), 7, "unknown detector 'jsn_dump'; did you mean 'json-dump'?"),
        (('match = "^spam$"', 'detector = "json_dump"\noptions = { keys = 2 }'), 8, "unknown option 'keys'"),
        (('action = "drop"', 'action = "capture"'), 8, "capture needs a field"),
        (('action = "drop"', 'action = "replace"'), 8, "replace needs a replacement, and scope span"),
        (('action = "drop"', 'action = "drop"\nwhere = { max_word = 3 }'), 9, "did you mean 'max-words'?"),
        (('action = "drop"', 'action = "drop"\nwhere = { max_words = "3" }'), 9, "a number of 0 or more"),
        (('action = "drop"', 'action = "drop"\nwhere = { position = "top" }'), 9, "position is one of head, tail"),
        (('action = "drop"', 'action = "drop"\nsafe = "yes"'), 9, "safe is a true or false"),
    ],
)
def test_a_rule_that_is_not_valid_is_refused_with_its_place(
    tmp_path: Path, change: tuple[str, str], line: int, message: str
) -> None:
    assert change[0] in GOOD
    path = pack(tmp_path, GOOD.replace(*change))
    with pytest.raises(RuleError) as error:
        load_pack(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert message in str(error.value)


def test_the_line_named_is_that_of_the_second_rule_when_that_is_wrong(tmp_path: Path) -> None:
    second = GOOD.replace("TST001", "TST002").replace("test-rule", "other-rule").replace("^spam$", "[")
    with pytest.raises(RuleError, match=r"test\.toml:17: TST002: "):
        load_pack(pack(tmp_path, GOOD + second))


@pytest.mark.parametrize(
    ("text", "message"), [("[[rule]\n", "not TOML"), ("", "no \\[\\[rule\\]\\]"), ("rules = 1", "unknown key")]
)
def test_a_file_that_is_no_pack_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        load_pack(pack(tmp_path, text))


def test_a_missing_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="No such file"):
        load_pack(tmp_path / "none.toml")


@pytest.mark.parametrize("taken", ["id", "name"])
def test_an_id_or_name_that_is_taken_is_refused(tmp_path: Path, taken: str) -> None:
    other = load_packs()[0]
    text = GOOD.replace("TST001", other.id) if taken == "id" else GOOD.replace("test-rule", other.name)
    with pytest.raises(RuleError, match=f"is taken already by {other.id}"):
        load_packs([pack(tmp_path, text)])


def test_a_pack_of_ones_own_works_beside_the_others(tmp_path: Path) -> None:
    cleaner = Cleaner(extend_packs=[str(pack(tmp_path, GOOD))])
    record = cleaner.clean_text(f"{PROSE}\n\nspam\n\nBack to top")
    assert [removal.rule for removal in record.removed] == ["TST001", "NAV001"]


@pytest.mark.parametrize("key", ["select", "ignore", "extend_select"])
def test_an_unknown_id_names_the_nearest(key: str) -> None:
    with pytest.raises(ConfigError, match="no rule 'SCO001'; did you mean 'SOC001'"):
        Cleaner(**{key: ["SCO001"]})


def test_options_of_an_unknown_rule_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"\[rules.TIC999\]: no rule 'TIC999'"):
        Cleaner(rules={"TIC999": {"min_rows": 2}})


def test_an_unknown_option_of_a_rule_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"\[rules.TIC001\]: unknown option 'rows'"):
        Cleaner(rules={"TIC001": {"rows": 2}})


def test_a_rules_option_changes_what_it_does() -> None:
    text = f"{PROSE}\n\nBTC 61963.30\nETH 2416.68"
    assert not Cleaner().clean_text(text).removed
    assert len(Cleaner(rules={"TIC001": {"min_rows": 2}}).clean_text(text).removed) == 2


def test_no_rule_is_on_when_nothing_is_selected() -> None:
    record = Cleaner(select=[]).clean_text(f"{PROSE}\n\nBack to top")
    assert not record.removed
    assert record.text.endswith("Back to top")


def test_a_prefix_selects_its_rules() -> None:
    record = Cleaner(select=["NAV"]).clean_text("Related Articles\n\nBack to top")
    assert [removal.rule for removal in record.removed] == ["NAV001"]


def test_ignore_has_the_last_word() -> None:
    record = Cleaner(ignore=["NAV"], extend_select=["NAV001"]).clean_text("Back to top")
    assert not record.removed


def test_an_unsafe_rule_is_on_only_when_named(tmp_path: Path) -> None:
    packs = [str(pack(tmp_path, GOOD.replace('action = "drop"', 'action = "drop"\nsafe = false')))]
    for chosen, removed in (
        ({}, 0),
        ({"select": ["TST"]}, 0),
        ({"select": ["TST001"]}, 1),
        ({"extend_select": ["TST"]}, 1),
    ):
        record = Cleaner(extend_packs=packs, **chosen).clean_text("spam")
        assert len(record.removed) == removed, chosen


def test_per_file_ignores_turn_rules_off_for_matching_paths(tmp_path: Path) -> None:
    cleaner = Cleaner(per_file_ignores={"*/forum/*": ["NAV"]})
    for folder, removed in (("forum", 0), ("news", 1)):
        path = tmp_path / folder / "a.txt"
        path.parent.mkdir()
        path.write_text("Back to top\n")
        (record,) = cleaner.clean_files([path])
        assert len(record.removed) == removed


def test_cleaners_of_one_configuration_are_equal_and_hash_alike() -> None:
    one, two = Cleaner(ignore=["MET"]), pickle.loads(pickle.dumps(Cleaner(ignore=["MET"])))
    assert one == two
    assert hash(one) == hash(two)
    assert one != Cleaner()


def test_the_fingerprint_depends_on_what_a_rule_does(tmp_path: Path) -> None:
    prints = set()
    for pattern in ("^spam$", "^eggs$"):
        path = pack(tmp_path, GOOD.replace("^spam$", pattern))
        prints.add(Cleaner(extend_packs=[str(path)]).fingerprint)
    assert len(prints) == 2


def test_a_configuration_file_is_read_from_the_closest_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.clean]\nignore = ["NAV"]\n[tool.clean.repair]\nprofile = "off"\n')
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    config = Config.load()
    assert config.ignore == ("NAV",)
    assert config.repair.profile == "off"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('ingore = ["NAV"]', "unknown key 'ingore'; did you mean 'ignore'"),
        ("ignore = 'NAV'", "ignore: a list of strings is needed"),
        ('[repair]\nprofile = "standart"', "did you mean 'standard'"),
        ("[repair]\nprofil = 1", "unknown key 'profil'; did you mean 'profile'"),
        ("select = [", "not TOML"),
    ],
)
def test_a_configuration_that_is_not_valid_is_refused_with_its_file(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "clean.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        Config.load(path)
    assert str(error.value).startswith(str(path))
    assert message in str(error.value)


def test_the_packs_own_examples_hold() -> None:
    cleaner = Cleaner()
    failures = [str(failure) for rule in cleaner.ruleset.rules for failure in check(rule, cleaner)]
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('drop = ["spam"]', 'drop = ["eggs"]'), "the rule fires"),
        (('keep = ["spam and eggs"]', 'keep = ["spam"]'), "nothing found"),
        (('drop = ["spam"]', 'drop = ["spam\\neggs"]'), "the whole example goes"),
        (('drop = ["spam"]', 'drop = [{ text = "spam\\neggs", becomes = "ham" }]'), "becomes 'ham'"),
        (('drop = ["spam"]', 'drop = [{ text = "spam\\neggs", removes = ["eggs"] }]'), "removes ['eggs']"),
    ],
)
def test_an_example_that_does_not_hold_is_a_failure(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    cleaner = Cleaner(extend_packs=[str(pack(tmp_path, GOOD.replace(*change)))])
    failures = list(check(cleaner.ruleset["TST001"], cleaner))
    assert [message in failure.expected for failure in failures] == [True]


def rule_text(**keys: str) -> str:
    lines = {"match": '"spam"', "scope": '"span"', "action": '"drop"', "drop": '["spam"]', "keep": '["eggs"]'} | keys
    return '[[rule]]\nid = "TST001"\nname = "test-rule"\nsummary = "A rule for a test"\n' + "".join(
        f"{key.replace('_', '-')} = {value}\n" for key, value in lines.items()
    )


def cleaned(folder: Path, text: str, **keys: str) -> tuple[str, list[str]]:
    cleaner = Cleaner(extend_packs=[str(pack(folder, rule_text(**keys)))], select=["TST001"])
    record = cleaner.clean_text(text)
    return record.text, [removal.text for removal in record.removed]


@pytest.mark.parametrize(
    ("text", "left", "removed"),
    [
        ("eggs spam ham", "eggs ham", ["spam "]),
        ("spam ham", "ham", ["spam "]),
        ("ham spam", "ham", [" spam"]),
        ("ham spam spam", "ham", [" spam ", "spam"]),
        ("ham(spam) eggs", "ham() eggs", ["spam"]),
        ("hamspam eggs", "ham eggs", ["spam"]),
        ("spam spam eggs spam", "eggs", ["spam ", "spam ", " spam"]),
        ("spam spam", "", ["spam spam"]),
    ],
)
def test_a_span_goes_with_the_blanks_it_would_leave_behind(
    tmp_path: Path, text: str, left: str, removed: list[str]
) -> None:
    assert cleaned(tmp_path, text) == (left, removed)


def test_a_replacement_is_an_edit(tmp_path: Path) -> None:
    text = rule_text(action='"replace"', replacement='"[meat]"')
    cleaner = Cleaner(extend_packs=[str(pack(tmp_path, text))], select=["TST001"])
    record = cleaner.clean_text("ham and spam")
    assert record.text == "ham and [meat]"
    (edit,) = record.edits
    assert (edit.rule, edit.before, edit.after, edit.source, edit.span) == (
        "TST001",
        "spam",
        "[meat]",
        (8, 12),
        (8, 14),
    )


def test_a_flag_leaves_the_text(tmp_path: Path) -> None:
    cleaner = Cleaner(extend_packs=[str(pack(tmp_path, rule_text(action='"flag"')))], select=["TST001"])
    record = cleaner.clean_text("ham and spam")
    assert record.text == "ham and spam"
    assert [(flag.rule, flag.source) for flag in record.flags] == [("TST001", (8, 12))]


def test_a_paragraph_block_goes_whole(tmp_path: Path) -> None:
    text = "one spam\ntwo\n\nthree\nfour"
    assert cleaned(tmp_path, text, scope='"block"') == ("three\nfour", ["one spam", "two"])


def test_a_foreign_run_goes_with_the_lines_in_no_language_that_stand_in_it() -> None:
    english = "\n\n".join(PROSE for _ in range(4))
    notice = "Tous droits réservés. La reproduction de cet article est interdite sans l'autorisation de son auteur."
    text = f"{english}\n\nwww.example.org\n\n{notice}\n\nredaction@example.org\n\n{notice}\n\n01 23 45 67 89"
    record = Cleaner(select=["LEG001"]).clean_text(text)
    assert [removal.text for removal in record.removed] == [notice, "redaction@example.org", notice]


def test_a_document_block_takes_everything(tmp_path: Path) -> None:
    keys = {"scope": '"block"', "block": '"document"', "where": "{ max_words = 6 }"}
    assert cleaned(tmp_path, "one spam\n\nthree\nfour", **keys)[0] == ""
    assert cleaned(tmp_path, "one spam\n\nthree\nfour five six seven", **keys)[1] == []


def test_a_weak_rule_spreads_along_removed_lines(tmp_path: Path) -> None:
    weak = rule_text(scope='"line"', match='"^x$"', where='{ next_to = "removed" }', drop='["x"]')
    cleaner = Cleaner(extend_packs=[str(pack(tmp_path, weak))], select=["TST001", "NAV001"])
    text = "x\n\nx\n\nBack to top\n\nx\n\nx\n\nkept\n\nx"
    assert cleaner.clean_text(text).text == "kept\n\nx"
    assert cleaner.clean_text("x\n\nkept").text == "x\n\nkept"


@pytest.mark.parametrize(
    ("where", "removed"),
    [
        ("{ position = 'head' }", ["spam 1"]),
        ("{ position = 'tail' }", ["spam 3"]),
        ("{ position = 'edge' }", ["spam 1", "spam 3"]),
        ("{ position = 'inside' }", ["spam 2"]),
        ("{ min_words = 3 }", []),
        ("{ max_chars = 5 }", []),
        ("{ first = true }", ["spam 1"]),
        ("{ alone = false }", ["spam 2"]),
    ],
)
def test_conditions_look_at_the_surroundings(tmp_path: Path, where: str, removed: list[str]) -> None:
    text = f"spam 1\n\n{PROSE}\nspam 2\n\n{PROSE}\n\nspam 3"
    assert cleaned(tmp_path, text, scope='"line"', where=where)[1] == removed


def test_a_document_without_prose_has_no_head_and_no_tail(tmp_path: Path) -> None:
    for position in ("head", "tail", "edge", "inside"):
        assert cleaned(tmp_path, "spam\n\nham", scope='"line"', where=f"{{ position = '{position}' }}")[1] == []


def test_a_repeated_line_is_seen_as_such(tmp_path: Path) -> None:
    found = cleaned(tmp_path, "spam!\n\nham\n\nSpam", scope='"line"', match='"(?i)spam"', where="{ min_repeats = 2 }")
    assert found == ("ham", ["spam!", "Spam"])


def test_between_two_rules_on_one_line_the_capture_wins_and_then_the_lower_id(tmp_path: Path) -> None:
    one = rule_text(scope='"line"')
    two = one.replace("TST001", "TST000").replace("test-rule", "second-rule")
    cleaner = Cleaner(extend_packs=[str(pack(tmp_path, one + two))], select=["TST"])
    assert [removal.rule for removal in cleaner.clean_text("spam").removed] == ["TST000"]
    three = (
        one.replace("TST001", "TST009").replace("test-rule", "third-rule").replace('"drop"', '"capture"\nfield = "x"')
    )
    cleaner = Cleaner(extend_packs=[str(pack(tmp_path, one + two + three))], select=["TST"])
    record = cleaner.clean_text("spam")
    assert [removal.rule for removal in record.removed] == ["TST009"]
    assert record.metadata["x"].value == "spam"
