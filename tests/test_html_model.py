"""The extract stage's decisions, and what it says of a page."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean import Cleaner
from clean.config import Config, ExtractConfig
from clean.document import Document, Origin
from clean.forest import Forest
from clean.html.blocks import read
from clean.html.evidence import gather
from clean.html.features import describe
from clean.html.metadata import read_metadata
from clean.html.model import best_threshold, model
from clean.stages.decode import decode
from clean.stages.extract import Extract

SENTENCE = (
    "The river rose through the night, and by the morning the lower streets of the town stood under water that "
    "carried branches, crates and, as one neighbour told us, a piano. "
)
ARTICLE = f"""<!DOCTYPE html><html lang=en><head><title>Flood in the old town - The Daily</title>
<meta property="og:title" content="Flood in the old town"><meta name=author content="Ann Lee">
<meta property="article:published_time" content="2024-03-05T08:00:00Z"><meta property="og:type" content="article">
</head>
<body><header><nav class="menu"><ul><li><a href=/>Home</a><li><a href=/news>News</a><li><a href=/sport>Sport</a>
<li><a href=/login>Log in</a></ul></nav></header>
<main><article class="post"><h1>Flood in the old town</h1><div class="entry-content"><p>{SENTENCE * 2}</p>
<p>{SENTENCE}{SENTENCE}</p><p>{SENTENCE * 3}</p></div></article>
<section class="comments" id=comments><h2>Comments</h2><div class="comment"><p>I saw it all from my window that day.</p>
<a href=#>Reply</a></div></section></main>
<aside class="sidebar"><h3>Related posts</h3><ul class="related"><li><a href=/1>Ten ways to dry a carpet</a>
<li><a href=/2>Boats for sale</a></ul></aside>
<footer class="footer"><p>Copyright 2024 The Daily. All rights reserved.</p><a href=/privacy>Privacy</a></footer>
</body></html>"""


def extracted(source: str, **config: object) -> Document:
    settings = ExtractConfig(**config)  # type: ignore[arg-type]  # test values of any field
    return Extract(settings)(decode(Document(source, Origin(media_type="text/html"))))


def test_an_article_keeps_its_text_and_loses_what_surrounds_it() -> None:
    text = extracted(ARTICLE).text
    assert text.count("The river rose") == 7
    assert not any(word in text for word in ("Log in", "Related posts", "Boats for sale", "All rights reserved"))


def test_each_removed_block_names_rule_score_and_path() -> None:
    (removal,) = [r for r in extracted(ARTICLE).removals if ARTICLE[slice(*r.source)] == "Boats for sale"]
    assert removal.rule == "EXT001"
    assert removal.kind == "list_item"
    assert removal.path == "aside.sidebar > ul.related > li"
    assert removal.score is not None
    assert 0 <= removal.score < 0.5


def test_kept_and_removed_blocks_are_all_the_visible_text() -> None:
    document = extracted(ARTICLE)
    everything = extracted(ARTICLE, extractor="none")
    assert len(document.segments) + len(document.removals) == len(everything.segments)


def test_comments_stay_or_go_as_configured() -> None:
    comment = "I saw it all from my window that day."
    assert comment in extracted(ARTICLE, comments="keep").text
    assert comment not in extracted(ARTICLE, comments="drop").text


def test_a_threshold_of_zero_keeps_every_block() -> None:
    assert extracted(ARTICLE, lowest_threshold=0.0, highest_threshold=0.0).removals == []


def test_a_page_of_navigation_alone_has_no_text() -> None:
    links = "".join(f'<li><a href="/{i}">Link {i}</a>' for i in range(30))
    assert extracted(f"<body><nav class=menu><ul>{links}</ul></nav><footer>Copyright</footer>").text == ""


def test_trafilatura_decides_with_the_same_exact_spans() -> None:
    pytest.importorskip("trafilatura")
    document = extracted(ARTICLE, extractor="trafilatura")
    assert "The river rose" in document.text
    assert "Boats for sale" not in document.text
    for segment in document.segments:
        start, end = segment.alignment.source_span
        assert ARTICLE[start:end].split() == segment.text.split()


def test_metadata_points_at_the_markup_that_states_it() -> None:
    metadata = extracted(ARTICLE).metadata
    assert {k: v.value for k, v in metadata.items()} == {
        "title": "Flood in the old town",
        "author": "Ann Lee",
        "date": "2024-03-05",
    }
    assert ARTICLE[slice(*metadata["date"].source)] == "2024-03-05T08:00:00Z"
    assert ARTICLE[slice(*metadata["author"].source)] == "Ann Lee"


def test_metadata_is_read_from_json_ld() -> None:
    source = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A \\u201cquote\\u201d",
    "author": [{"@type": "Person", "name": "Bo"}], "datePublished": "2020-01-02"}</script>"""
    found = read_metadata(read(source), "markup")
    assert [found[field].value for field in ("title", "author", "date")] == ["A “quote”", "Bo", "2020-01-02"]


def test_a_date_that_is_none_is_left_out() -> None:
    assert "date" not in read_metadata(read('<meta name=date content="2020-02-31">'), "markup")


def test_the_record_lists_no_edit_for_the_rendering_of_markup() -> None:
    record = Cleaner(select=[]).clean_html("<p>a <b>b</b> &amp;\n c</p>" + ARTICLE)
    assert not [e for e in record.edits if e.rule.startswith("html_")]


def test_a_cleaner_cleans_pages_alike_after_pickling() -> None:
    cleaner = Cleaner()
    assert pickle.loads(pickle.dumps(cleaner)).clean_html(ARTICLE).to_json() == cleaner.clean_html(ARTICLE).to_json()


def test_uncertain_pages_have_a_lower_threshold_than_clear_ones() -> None:
    words = np.full(10, 20.0)
    clear = np.array([0.95] * 5 + [0.03] * 5)
    uncertain = np.linspace(0.6, 0.3, 10)
    assert best_threshold(clear, words) == pytest.approx(0.95)
    assert best_threshold(uncertain, words) < 0.4


def test_scores_do_not_depend_on_how_many_blocks_are_predicted_together() -> None:
    random = np.random.default_rng(0)
    forest = model().first
    matrix = random.normal(size=(len(forest.names), 2100)).astype(np.float32)
    whole = forest.logits(matrix)
    assert np.array_equal(whole[1500:1600], forest.logits(matrix[:, 1500:1600]))


def test_a_tree_names_a_leaf_by_the_outcomes_of_its_comparisons() -> None:
    forest = Forest(("a", "b"), np.array([[0], [1]]), np.array([[0.5], [2.0]], np.float32),
                    np.array([[1, 2, 3, 4]], np.float32), 10.0)  # fmt: skip
    matrix = np.array([[0, 1, 0, 1], [0, 0, 3, 3]], np.float32)
    assert forest.logits(matrix).tolist() == [11, 12, 13, 14]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<div class=nav>",
                "<p>",
                "<a href=x>",
                "</a>",
                "<h1>",
                "<li>",
                "word ",
                "字",
                "1.",
                "</div>",
                "<table>",
                "<td>",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_features_are_finite_on_any_page(source: str) -> None:
    page = read(source)
    if page.blocks:
        table, shared = describe(page, gather(page.tokens))
        matrix = table.matrix(len(page.blocks))
        assert np.isfinite(matrix).all()
        scores = model().probabilities(matrix, table.names, shared)
        assert ((scores >= 0) & (scores <= 1)).all()


def test_feature_names_are_unique() -> None:
    page = read(ARTICLE)
    table, _ = describe(page, gather(page.tokens))
    assert len(set(table.names)) == len(table.names)


def test_trafilatura_reads_metadata_and_spans_point_at_the_markup() -> None:
    pytest.importorskip("trafilatura")
    metadata = read_metadata(read(ARTICLE), "trafilatura")
    assert {k: v.value for k, v in metadata.items()} == {
        "title": "Flood in the old town",
        "author": "Ann Lee",
        "date": "2024-03-05",
    }
    for field, value in (("title", "Flood in the old town"), ("author", "Ann Lee"), ("date", "2024-03-05")):
        assert ARTICLE[slice(*metadata[field].source)].startswith(value)


def test_what_trafilatura_finds_nowhere_in_the_source_is_read_from_the_markup() -> None:
    pytest.importorskip("trafilatura")
    source = ARTICLE.replace("2024-03-05T08:00:00Z", "20240305").replace("Ann Lee", "ann  lee")
    metadata = read_metadata(read(source), "trafilatura")
    assert metadata["date"].value == "2024-03-05"
    assert source[slice(*metadata["date"].source)] == "20240305"
    assert source[slice(*metadata["author"].source)].lower().split() == ["ann", "lee"]


@pytest.mark.parametrize("source", ["", "<p>", "<title></title>", "\0<p>x", "<meta name=author content=''>"])
def test_trafilatura_may_find_no_metadata(source: str) -> None:
    pytest.importorskip("trafilatura")
    assert read_metadata(read(source), "trafilatura") == {}


def test_metadata_of_a_page_can_be_read_by_trafilatura_in_a_cleaner() -> None:
    pytest.importorskip("trafilatura")
    config = Config(extract=ExtractConfig(extractor="none", metadata="trafilatura"))
    record = Cleaner(config).clean_html(ARTICLE).to_dict()
    assert record["metadata"]["author"]["value"] == "Ann Lee"
