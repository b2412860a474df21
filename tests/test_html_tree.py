"""The tree that is read off the parser's writing is the parser's own, and stays small on hostile pages."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from clean.html.blocks import read, read_attributes
from clean.html.tokens import Tokens, tokenize
from clean.html.tree import DEEPEST, Tree, build

NAMES = str.split(
    """div p a b i table tr td tbody svg math br hr image li ul select option h1 form button html body head title
    textarea pre xmp plaintext foreignObject font x-y caption frameset frame style noscript span section"""
)
MARKUP = st.lists(
    st.tuples(st.sampled_from(["<%s>", "</%s>", "<%s class=x>", "<%s/>"]), st.sampled_from(NAMES)).map(
        lambda part: part[0] % part[1]
    )
    | st.sampled_from(["word ", " ", "<!-- -->"]),
    max_size=40,
).map("".join)


def walked(tokens: Tokens) -> tuple[list[int], list[int], list[int]]:
    """The parents of the elements, the runs, and the elements that hold them, asked of each node."""
    root: Any = LexborHTMLParser(tokens.skeleton).root
    number: dict[int, int] = {}
    parents: list[int] = []
    runs: list[int] = []
    holders: list[int] = []
    for node in root.traverse(include_text=True) if root is not None else ():
        above = number.get(node.parent.mem_id, -1)
        if node.tag == "-text":
            found = [int(run) for run in node.text_content.replace(" ", "").split(",") if run]
            runs += found
            holders += [above] * len(found)
        elif node.tag[0] not in "-!":
            number[node.mem_id] = len(parents)
            parents.append(above)
    return parents, runs, holders


def held(tree: Tree, element: int) -> list[int]:
    """The elements that `element` holds, found by asking each for its parents."""
    out = {element}
    for other in range(element + 1, len(tree.parents)):
        if tree.parents[other] in out:
            out.add(other)
    return sorted(out)


def plain(source: str) -> bool:
    """Whether the parser takes all of the skeleton's text for runs: in foreign content it may show tags in titles."""
    return not ("<title" in source or "<textarea" in source) or not ("<svg" in source or "<math" in source)


@settings(max_examples=300, deadline=None)
@given(MARKUP.filter(plain))
def test_the_tree_is_what_the_parser_says_of_each_node(source: str) -> None:
    tokens = tokenize(source)
    tree = build(tokens)
    assert (tree.parents, tree.runs.tolist(), tree.holders.tolist()) == walked(tokens)


@settings(max_examples=100, deadline=None)
@given(MARKUP)
def test_an_element_ends_after_all_that_it_holds(source: str) -> None:
    tree = build(tokenize(source))
    for element, end in enumerate(tree.ends.tolist()):
        assert held(tree, element) == list(range(element, end))


def test_what_a_template_holds_is_no_part_of_the_page() -> None:
    blocks = read("<p>before<template><p>inside<template>deeper</template></p></template><p>after").blocks
    assert [block.text for block in blocks] == ["before", "after"]


def test_the_tree_has_a_depth_that_it_does_not_exceed() -> None:
    tree = build(tokenize("<div>" * 20_000 + "text"))
    assert int(tree.depth.max()) <= DEEPEST + 2
    assert tree.runs.tolist() == [0]


def test_formatting_that_is_never_ended_does_not_fill_the_memory() -> None:
    source = "".join(f"<b id={i}>word <p>" for i in range(5000))
    tree = build(tokenize(source))
    assert len(tree.names) < 10_000
    assert len(tree.runs) == 5000


def test_a_page_of_many_closed_tags_keeps_its_formatting() -> None:
    tree = build(tokenize("<p><b>word</b></p>" * 3000))
    assert tree.names.count("b") == 3000


ATTRIBUTE = st.builds(
    "{}{}{}".format,
    st.sampled_from([" ", "  ", "\n", "/", " /"]),
    st.sampled_from(["class", "id", "role", "CLASS", "hidden", "data-x", "href", "classy", "x:y", "style"]),
    st.sampled_from(["", '="a b"', '=""', "='a'", "=a/b", '= "a"', '="&amp;b"', "=a'b", '="class=c"']),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(ATTRIBUTE, max_size=5).map("".join))
def test_attributes_are_what_the_parser_reads(written: str) -> None:
    node: Any = LexborHTMLParser(f"<p {written}>text").css_first("p")
    wanted = {name: value or "" for name, value in node.attributes.items()}
    read = {name: wanted[name] for name in ("class", "id", "role", "style", "hidden") if name in wanted}
    assert read_attributes(f" {written}").values == read
