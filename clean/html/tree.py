"""The page as a browser would arrange it, in flat lists: elements in document order, and the element of each run.

selectolax (lexbor) builds the tree from the skeleton that `tokens` makes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from clean.html.tokens import Tokens


@dataclass(slots=True)
class Tree:
    """Elements by number, parents before children; element 0 is the root."""

    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    """The number of the element's start tag in `Tokens.tags`, or -1 where the parser supplied it."""
    elements: list[int] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)
    """In document order: a run and the element that holds it, or run -1 and the element that begins."""


def build(tokens: Tokens) -> Tree:
    """Arrange the tokens of a page."""
    from selectolax.lexbor import LexborHTMLParser

    tree = Tree()
    root = LexborHTMLParser(tokens.skeleton).root
    if root is None:
        return tree
    names, parents, tags, elements, runs = tree.names, tree.parents, tree.tags, tree.elements, tree.runs
    number: dict[int, int] = {}
    size = len(tokens.starts)
    for node in root.traverse(include_text=True):
        name = node.tag
        if name == "-text":
            parent = node.parent
            holder = number.get(parent.mem_id, 0) if parent is not None else 0
            for token in (node.text_content or "").split():
                if token.isdecimal() and int(token) < size:
                    elements.append(holder)
                    runs.append(int(token))
        elif name is not None and name[0] not in "-!":
            parent = node.parent
            tag = node.id
            number[node.mem_id] = len(names)
            elements.append(len(names))
            runs.append(-1)
            parents.append(number.get(parent.mem_id, -1) if parent is not None else -1)
            names.append(name)
            tags.append(int(tag) if tag else -1)
    return tree
