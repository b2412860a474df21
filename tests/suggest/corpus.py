"""Made-up crawls: pages of different texts in the chrome of their sites."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

WORDS = [
    *("harbour", "council", "ferry", "winter", "paper", "garden", "machine", "window", "teacher", "river", "market"),
    *("bridge", "letter", "engine", "forest", "music", "mountain", "village", "kitchen", "doctor", "stone", "captain"),
]
VERBS = ["opened", "crossed", "painted", "repaired", "measured", "followed", "carried", "studied", "visited"]

Page = dict[str, str]


def paragraph(seed: str) -> str:
    """Some forty words that no other seed gives."""
    chance = random.Random(seed)
    sentences = [
        f"The {chance.choice(WORDS)} of the {chance.choice(WORDS)} {chance.choice(VERBS)} the {chance.choice(WORDS)} "
        f"near a {chance.choice(WORDS)} and the {chance.choice(WORDS)} behind it."
        for _ in range(3)
    ]
    return " ".join(sentences)


def page(
    host: str,
    n: int,
    top: Sequence[str] = (),
    bottom: Sequence[str] = (),
    between: Sequence[str] = (),
    text: str | None = None,
) -> Page:
    """A page of three paragraphs, with lines above, below, and between each two of them."""
    seed = text or f"{host}/{n}"
    paragraphs = [paragraph(f"{seed} {i}") for i in range(3)]
    body = ("\n\n" + "".join(f"{line}\n\n" for line in between)).join(paragraphs)
    blocks = ["\n".join(top), body, "\n".join(bottom)]
    return {"url": f"https://{host}/{n}", "text": "\n\n".join(block for block in blocks if block)}


def crawl(hosts: int, pages: int, make: Callable[[str, int], Page]) -> list[Page]:
    """The pages of several sites."""
    return [make(f"site{h}.example", n) for h in range(hosts) for n in range(pages)]


def write(path: Path, pages: Sequence[Page]) -> Path:
    path.write_text("".join(json.dumps(page) + "\n" for page in pages), encoding="utf-8")
    return path
