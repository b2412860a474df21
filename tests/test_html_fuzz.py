"""The parser itself is the judge: what is visible to it, given the whole page, is what the blocks hold."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from clean.html.blocks import INVISIBLE, read

PARTS = str.split(
    """<p> </p> <b> </b> <i> <div> </div> <table> <tr> <td> </table> <ul> <li> </ul> <pre> </pre> <br> <a> </a>
    <caption>
    <script> </script> <style> </style> <!-- --> <select> <option> </select> <title> </title> <svg> </svg> <math>
    </math> <plaintext> <xmp> </xmp> <textarea> </textarea> <form> <button> <h1> </h1> <body> </body> </html> <frameset>
    <dl> <dd> <dt> <iframe> </iframe> <object> </object> <font> <nobr> <marquee> <colgroup> <tbody> <th> </td>"""
)
MARKUP = st.lists(
    st.one_of(st.sampled_from(PARTS), st.integers(100, 999).map(lambda n: f"w{n} "), st.sampled_from([" ", "\n", "x"])),
    max_size=40,
).map("".join)


def visible(source: str) -> str:
    root: Any = LexborHTMLParser(source).root
    hidden: set[int] = set()
    text: list[str] = []
    for node in root.traverse(include_text=True) if root is not None else ():
        inside = node.parent is not None and node.parent.mem_id in hidden
        if node.tag == "-text":
            if not inside:
                text.append(node.text_content)
        elif inside or node.tag in INVISIBLE:
            hidden.add(node.mem_id)
    return "".join(sorted(re.findall(r"\S", "".join(text))))


@pytest.mark.fuzz
@settings(max_examples=2000, deadline=None)
@given(MARKUP)
def test_blocks_hold_what_the_parser_shows(source: str) -> None:
    found = "".join(block.text for block in read(source).blocks)
    assert "".join(sorted(re.findall(r"\S", found))) == visible(source)
