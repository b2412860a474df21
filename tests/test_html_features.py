"""What the features say of blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from clean.html.blocks import read
from clean.html.containers import contain
from clean.html.evidence import Evidence, gather
from clean.html.features import describe
from clean.html.lexical import read_words
from clean.html.lexicon import lexicon


def column(source: str, name: str) -> list[float]:
    page = read(source)
    table, _ = describe(page, gather(page.tokens))
    return [float(value) for value in table.columns[table.names.index(name)]]


def words(texts: list[str], **evidence: Any) -> dict[str, Any]:
    return read_words(texts, Evidence(**evidence))


def test_blocks_that_say_the_same_are_duplicates() -> None:
    assert words(["one two", "three", "one two"])["duplicates"].tolist() == [1, 0, 1]


def test_stop_words_are_counted_each_time() -> None:
    assert words(["the cat and the dog", "cat"])["stop"].tolist() == [3, 0]


def test_hints_look_at_the_beginning_of_a_block() -> None:
    group = lexicon().text_groups.index("cookie")
    hints = words(["Cookies", "word " * 60 + "cookies", "none"])["hints"]
    assert hints[group].tolist() == [1, 0, 0]


def test_shared_words_count_once() -> None:
    said = words(["red red boat", "green"], title=frozenset(["red"]), description=frozenset(["green", "boat"]))
    assert said["in_title"].tolist() == [0.5, 0]
    assert said["description_overlap"].tolist() == [0.5, 1]


def test_containers_hold_the_blocks_of_what_is_in_them() -> None:
    page = read("<div><p>a</p><ul><li>b<li>c</ul></div><p>d")
    held = contain(page, np.array([block.element for block in page.blocks]))
    spans = {name: (held.low[i], held.high[i]) for i, name in enumerate(page.tree.names)}
    assert (spans["div"], spans["ul"]) == ((0, 3), (1, 3))


def test_blocks_of_one_path_are_alike() -> None:
    assert column("<ul><li>a<li>b<li>c</ul><p>d", "path_blocks") == [3, 3, 3, 1]


def test_a_block_knows_how_far_it_is_from_the_last_heading() -> None:
    assert column("<p>a<h2>b</h2><p>c<p>d", "since_heading") == [-1, -1, 1, 2]
