"""Which blocks of a page are content, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from clean.config import ExtractConfig
from clean.html.blocks import Block, Page
from clean.html.lexicon import lexicon

SHORTEST_COMMENT = 3
"""Words of a block below which, in a comment, it is a button or a counter."""


FEW_BLOCKS = 5
"""A page of so few blocks, repetitions aside, has nothing to compare them with: what is marked up as text is kept from
`DOUBTFUL` on."""

DOUBTFUL = 0.1
TEXT_ELEMENTS = frozenset(("p", "pre", "blockquote", "article", "main", "h1", "h2", "h3", "h4", "h5", "h6"))


RULE = "EXT001"
"""Names the removal of a block that is not the page's content."""

REPEATED = "EXT003"
"""Names the removal of a block whose text is kept already: a caption for small screens, a carousel's second round."""

REPEATED_WORDS = 4
"""Words from which a repetition counts: shorter ones are labels and cells that stand for themselves."""

CERTAIN = 0.8
"""The probability from which repeated text stays: a refrain, a quotation of the post above."""


class Verdict(NamedTuple):
    """Whether a block is kept, and the rule that removes it otherwise.

    `score` is the probability that it is content, where a model gave one.
    """

    keep: bool
    score: float | None
    rule: str = RULE


def decide(page: Page, config: ExtractConfig) -> list[Verdict]:
    """A verdict for each block of the page."""
    if not page.blocks:
        return []
    if config.extractor == "none":
        verdicts = [Verdict(not block.hidden, None) for block in page.blocks]
    elif config.extractor == "trafilatura":
        from clean.html.external import trafilatura_keeps

        verdicts = [Verdict(keep, None) for keep in trafilatura_keeps(page)]
    else:
        verdicts = _by_model(page, config)
    if config.comments != "auto":
        comments = _in_comments(page)
        for i, block in enumerate(page.blocks):
            if comments[block.element]:
                talks = block.link_chars * 2 < len(block.text) and len(block.text.split()) >= SHORTEST_COMMENT
                keep = config.comments == "keep" and not block.hidden and (verdicts[i].keep or talks)
                verdicts[i] = Verdict(keep, verdicts[i].score)
    return verdicts


def _by_model(page: Page, config: ExtractConfig) -> list[Verdict]:
    from clean.html.evidence import gather
    from clean.html.features import describe
    from clean.html.model import best_threshold, model

    table, shared = describe(page, gather(page.tokens))
    probabilities = model().probabilities(table.matrix(len(page.blocks)), table.names, shared)
    best = best_threshold(probabilities, shared["words"])
    threshold = max(config.lowest_threshold, min(best, config.highest_threshold))
    scores: list[float] = probabilities.tolist()
    keep = [score >= threshold for score in scores]
    texts = [block.text for block in page.blocks]
    if not any(keep) and len(set(texts)) <= FEW_BLOCKS:
        lowest = min(config.lowest_threshold, DOUBTFUL)
        keep = [score >= lowest and _is_text(page, block) for score, block in zip(scores, page.blocks, strict=True)]
    verdicts = list(map(Verdict, keep, scores))
    for i in repetitions(texts, shared["words"], scores, keep):
        verdicts[i] = Verdict(False, scores[i], REPEATED)
    return verdicts


def repetitions(texts: Sequence[str], words: Any, scores: Sequence[float], keep: Sequence[bool]) -> list[int]:
    """The blocks to be kept whose text another one before them has, and of which the model is not certain."""
    seen: set[str] = set()
    out = []
    for i, text in enumerate(texts):
        if not keep[i]:
            continue
        if text not in seen:
            seen.add(text)
        elif scores[i] < CERTAIN and words[i] >= REPEATED_WORDS:
            out.append(i)
    return out


def _is_text(page: Page, block: Block) -> bool:
    return page.tree.names[block.element] in TEXT_ELEMENTS and not block.hidden and not block.link_chars


def _in_comments(page: Page) -> list[bool]:
    """Of each element: whether its own names, or a container's, say that readers comment there."""
    group = lexicon().markup_groups.index("comment")
    out: list[bool] = []
    for name, parent, attributes in zip(page.tree.names, page.tree.parents, page.attributes, strict=True):
        # Page-wide classes such as "comments-open" say nothing of where the comments are.
        named = name not in ("html", "body", "main", "article") and bool(attributes.hints >> group & 1)
        out.append(named or (parent >= 0 and out[parent]))
    return out
