"""HTML: text as a browser shows it, each character at its place in the markup."""

from __future__ import annotations

import html
import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean.config import ExtractConfig
from clean.document import Document, Origin
from clean.html.blocks import read
from clean.stages.decode import decode
from clean.stages.extract import Extract
from clean.stages.segment import segment


def extracted(source: str, **config: object) -> Document:
    settings = ExtractConfig(**{"extractor": "none", **config})  # type: ignore[arg-type]  # test values of any field
    document = decode(Document(source, Origin(media_type="text/html")))
    return segment(Extract(settings)(document))


def texts(source: str) -> list[str]:
    return [s.text for s in extracted(source).segments]


def folded(source: str) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"(?s)<!--.*?-->|<[^>]*>", "", source)))


def check_alignment(document: Document) -> None:
    """Identity pieces equal the source; each stretch without a gap, read alone, gives the text; order is kept."""
    last = 0
    for s in document.segments:
        at = 0
        stretch_text, stretch_start, end = "", -1, -1
        stretches = []
        for piece in s.alignment.pieces:
            assert piece.src_start >= last
            last = piece.src_end
            out = s.text[at : at + piece.out_len]
            at += piece.out_len
            if piece.rule is None:
                assert out == document.source[piece.src_start : piece.src_end]
            if piece.src_start != end and stretch_start >= 0:
                stretches.append((stretch_start, end, stretch_text))
                stretch_start, stretch_text = -1, ""
            stretch_start = piece.src_start if stretch_start < 0 else stretch_start
            stretch_text += out
            end = piece.src_end
        stretches.append((stretch_start, end, stretch_text))
        assert at == len(s.text)
        for start, stop, text in stretches:
            assert folded(document.source[start:stop]) == re.sub(r"\s+", "", text)


def test_inline_markup_stays_inside_a_block() -> None:
    assert texts("<p>foo <b>bar</b> b<i>a</i>z</p>") == ["foo bar baz"]


def test_character_references_are_decoded_and_traced() -> None:
    document = extracted("<p>Fish &amp; chips &mdash; &#8364;5</p>")
    assert [s.text for s in document.segments] == ["Fish & chips — €5"]
    check_alignment(document)


def test_white_space_folds_as_in_a_browser() -> None:
    assert texts("<p>\n one \r\n  <b> two</b>\t</p>") == ["one two"]


def test_blanks_between_inline_elements_separate_words() -> None:
    assert texts("<p><b>one</b> <i>two</i>\n<u>three</u></p>") == ["one two three"]


def test_inline_elements_without_blanks_do_not_separate_letters() -> None:
    assert texts("<p>a<b>b</b><!-- x -->c</p>") == ["abc"]


def test_preformatted_text_keeps_its_white_space() -> None:
    document = extracted("<pre>\n  if x:\r\n      y &lt; <b>2</b>\n\n</pre>")
    assert [(s.kind, s.text) for s in document.segments] == [("code", "  if x:\n      y < 2")]
    check_alignment(document)


def test_a_line_break_ends_a_line_and_two_end_a_paragraph() -> None:
    assert extracted("<p>one<br>two<br><br>three</p>").text == "one\ntwo\n\nthree"


def test_items_of_a_list_stand_line_by_line() -> None:
    document = extracted("<p>x</p><ul><li>a<li><p>b</p></ul><p>y")
    assert document.text == "x\n\na\nb\n\ny"
    assert [s.kind for s in document.segments] == ["paragraph", "list_item", "list_item", "paragraph"]


def test_cells_of_a_row_are_joined_by_a_tab() -> None:
    document = extracted("<table><tr><th>Name</th>\n<th>Age<tr><td>Ann<td>9</table>")
    assert document.text == "Name\tAge\nAnn\t9"
    check_alignment(document)


def test_headings_and_quotes_have_their_kind() -> None:
    document = extracted("<h2><a href=x>Title</a></h2><blockquote><p>said</blockquote>")
    assert [s.kind for s in document.segments] == ["heading", "quote"]


def test_a_script_inside_a_sentence_is_a_gap() -> None:
    document = extracted("<p>one<script>var x = '<p>no</p>';</script>two</p>")
    assert [s.text for s in document.segments] == ["onetwo"]
    check_alignment(document)


@pytest.mark.parametrize(
    "source",
    [
        "<title>x</title>",
        "<script><!--<script></script> x --></script>",
        "<style>p { }</style>",
        "<template><p>x</p></template>",
        "<p hidden>x</p>",
        '<div style="display: none"><p>x</p></div>',
        '<img alt="x" title="x">',
        "<noscript>Please enable scripts</noscript>",
        "<textarea>x</textarea>",
        "<select><option>x</select>",
        "<!-- x",
        "<a href='x",
        "",
        "<![CDATA[x]]>",
    ],
)
def test_what_a_browser_does_not_show_is_no_text(source: str) -> None:
    assert extracted(source).segments == []


def test_a_page_without_content_does_not_fall_back_to_its_markup() -> None:
    assert segment(Extract(ExtractConfig())(decode(Document("<div></div>", Origin(media_type="text/html"))))).text == ""


def test_a_page_that_stands_in_noscript_is_read_there() -> None:
    post = "A sentence of the thread that scripts would have fetched. " * 10
    assert texts(f"<div>Loading</div><noscript><p>{post}</p></noscript>")[-1] == post.strip()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<table><tr><td>A</td></tr>foster</table>", ["A", "foster"]),
        ("x<table><tr><td>B</td></tr>A</table>", ["x", "B", "A"]),
        ("<p>one<p>two", ["one", "two"]),
        ("<b>one<p>two</b>three", ["one", "twothree"]),
        ("1 < 2 and 3 > 2", ["1 < 2 and 3 > 2"]),
        ("<plaintext>a <b> &amp;", ["a <b> &amp;"]),
        ('<p title="a > b">c</p>', ["c"]),
        ("<p>a<p/>b", ["a", "b"]),
        ("<div\0x>a</div>", ["a"]),
        ("</p>a", ["a"]),
        ("<svg><style/><title/></svg>a", ["a"]),
        ("a</body></html>b", ["ab"]),
        ("<ul><li>a<ul><li>b</ul>c</ul>", ["a", "b", "c"]),
    ],
)
def test_malformed_markup_reads_as_in_a_browser(source: str, expected: list[str]) -> None:
    assert texts(source) == expected


MARKUP = st.lists(
    st.sampled_from(
        [
            *str.split("""<p> </p> <b> </b> <i> <div> </div> <table> <tr> <td> </table> <ul> <li> </ul> <pre>
            </pre> <br>
            <a> </a>
        <script> </script> <style> </style> <!-- --> <select> <option> <title> </title> <svg> </svg> <math>
        <template> </template> <plaintext> <xmp> </xmp> <textarea> <noscript> </noscript> <form> <button> <h1> </h1>
        <frameset> <body> </body> </html> &amp; &lt; &nbsp; &#65; &notit; &#0; < > " ' = / <a <x-y \0 word <p hidden>
        漢字 é <![CDATA[ ]]> <?php ?> <!DOCTYPE <a title=">" <p/> <object> </object>"""),
            " ",
            "\n",
            "\r\n",
            "\t",
            "<p hidden>",
            "<a href='",
            '<b title="x>y">',
            "\ud800",
        ]
    ).map(lambda x: x.replace("\u00a0", " ")),
    max_size=40,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(MARKUP)
def test_whatever_the_markup_nothing_is_invented_and_order_is_kept(source: str) -> None:
    document = extracted(source)
    last = 0
    for s in document.segments:
        assert s.text
        assert sum(p.out_len for p in s.alignment.pieces) == len(s.text)
        at = 0
        for piece in s.alignment.pieces:
            assert piece.src_start >= last
            last = piece.src_end
            if piece.rule is None:
                assert s.text[at : at + piece.out_len] == source[piece.src_start : piece.src_end]
            at += piece.out_len


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b>",
                "</b>",
                "one",
                " ",
                "\n",
                "&amp;",
                "&eacute;",
                "<!-- c -->",
                "<br>",
                "<li>",
                "<table>",
                "<td>",
                "</table>",
                "<script>x</script>",
                "zwei",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_the_source_of_a_segment_read_alone_gives_its_text(source: str) -> None:
    check_alignment(extracted(source))


@settings(max_examples=200, deadline=None)
@given(MARKUP)
def test_no_block_is_both_kept_and_removed(source: str) -> None:
    document = extracted(source, extractor="model")
    spans = sorted([s.alignment.source_span for s in document.segments] + [r.source for r in document.removals])
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 10_000 + "deep",
        "<p>" + "<b>x</b>" * 20_000,
        "<ul>" + "<li>x" * 20_000,
        "((((" * 250_000,
        "<" * 200_000,
        "<a " * 100_000,
        "<!--" * 100_000,
        "<script>" + "<!--<script>" * 20_000,
        "&" * 200_000,
        "<p>" + "a " * 500_000,
        '<a href="' * 50_000,
        "<table>" * 2_000 + "x",
        "</p>" * 50_000,
    ],
    ids=lambda source: source[:12],
)
def test_hostile_pages_are_read(source: str) -> None:
    document = extracted(source, extractor="model")
    assert len(document.text) <= len(source)


def test_the_path_of_a_removed_block_names_its_containers() -> None:
    page = read('<div class="sidebar x"><ul id=related><li>One</ul></div>')
    assert page.path(page.blocks[0].element) == "div.sidebar > ul#related > li"


def test_a_block_knows_that_markup_hides_it() -> None:
    assert [b.hidden for b in read("<p>a</p><div hidden><p>b</div><p>c<span hidden>d</span></p>").blocks] == [
        False,
        True,
        False,
    ]
