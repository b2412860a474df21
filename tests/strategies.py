"""Texts for property tests: anything a file may hold, and lines that rules care about in any order."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

BREAKS = ["\n", "\r\n", "\r", "\n\n", "\n \n", "\n\r\n", "\v", "\f", "\u2028", "\u2029", "\x85"]
ODDITIES = [
    "\ufeff",
    "\0",
    "\ud800",
    "\udfff",
    "\u200b",
    "\u200d",
    "\xa0",
    "\u3000",
    "\x1f",
    "\x9d",
    "&nbsp;",
    "&#10;",
    "Ã©",
    "â€™",
    "\t",
]

characters = st.characters(codec=None, categories=None)
"""Every code point, lone surrogates included."""

anything = st.lists(st.one_of(st.text(characters, max_size=12), st.sampled_from(BREAKS + ODDITIES)), max_size=24).map(
    "".join
)

PROSE = [
    "The council of the city decided on Monday that the old harbour will be closed to ships for three years "
    "while the piers are repaired.",
    "Schools in four districts stayed closed on Monday after the strongest storm in ten years cut power lines "
    "and blocked roads along the coast.",
    "Le maire a dit que la ville prendrait toute sa part et que personne ne perdrait son travail à cause de la "
    "fermeture du port.",
    "Tous droits réservés. Reproduction interdite sans autorisation de l'auteur, qui décline toute responsabilité "
    "pour les erreurs de cet article.",
]


@cache
def rule_lines() -> list[str]:
    """The lines of all rules' examples, those to drop and those to keep."""
    from clean.ruleset.load import load_packs

    return sorted(
        {
            line
            for rule in load_packs()
            for example in (*rule.drop, *rule.keep)
            for line in example.text.splitlines()
            if line.strip()
        }
    )


def chrome() -> st.SearchStrategy[str]:
    """Documents of prose, chrome and noise in any order."""
    line = st.one_of(
        st.sampled_from(rule_lines()),
        st.sampled_from(PROSE),
        st.text(characters, max_size=8),
        st.sampled_from(ODDITIES),
    )
    return st.lists(st.tuples(line, st.sampled_from(BREAKS)), max_size=14).map(
        lambda parts: "".join(text + end for text, end in parts)
    )
