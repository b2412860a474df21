"""The repair of one text: its fixers in order, repeated until none finds anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property, partial

from clean.config import RepairConfig
from clean.repair import characters
from clean.repair.entities import unescape
from clean.repair.gate import Gate, mojibake_pattern
from clean.repair.tracked import Replacement, Tracked

MAX_ROUNDS = 32
"""Rounds over one text. Damage on damage takes one for each layer; the bound keeps a hostile text linear."""

Fixer = Callable[[str], list[Replacement]]


class TextRepair:
    """Repairs single texts; knows nothing of documents.

    Args:
        options: a configuration in which every option is set (`RepairConfig.resolved`).
        blanks: whether line breaks and blanks may change; in code they mean something.
    """

    def __init__(self, options: RepairConfig, blanks: bool = True) -> None:
        self.options = options
        self.blanks = blanks
        self.gate = Gate(options)

    @cached_property
    def fixers(self) -> list[Fixer]:
        """Those that are switched on, in order. They bring ftfy in, which most texts can do without."""
        return _fixers(self.options, self.blanks)

    def __call__(self, text: str, first: Sequence[Replacement] = ()) -> Tracked | None:
        """The repaired text with its map, or None where there is nothing to repair.

        The result is final: repairing it changes nothing.

        Args:
            first: what the caller knows to be wrong with `text` already.
        """
        if not first and self.gate.passes(text):
            return None
        tracked = Tracked(text)
        tracked.apply(first)
        for _ in range(MAX_ROUNDS):
            before = tracked.text
            for fixer in self.fixers:
                tracked.apply(fixer(tracked.text))
            if tracked.text == before or self.gate.passes(tracked.text):
                break
        return tracked if tracked.text != text else None


def _fixers(options: RepairConfig, blanks: bool) -> list[Fixer]:
    """The fixers that are switched on, in order.

    Encodings come before all that would change the traces that mojibake leaves, such as its U+00A0; control
    characters come first, as none of them is such a trace.
    """
    from ftfy import fixes

    from clean.repair import mojibake

    fixers: list[Fixer] = []
    if options.remove_terminal_escapes:
        fixers.append(characters.remove_terminal_escapes)
    if options.remove_control_chars:
        fixers.append(characters.remove_control_chars)
    if options.fix_surrogates:
        fixers.append(characters.fix_surrogates)
    if options.unescape_html != "never":
        fixers.append(partial(_unescape, options, fixes.unescape_html))
    if options.fix_encoding:
        fixers.append(partial(mojibake.fix_encoding, suspect=mojibake_pattern()))
    if options.fix_c1_controls:
        fixers.append(mojibake.fix_c1_controls)
    fixers += [_translator(table, rule) for rule, table in characters.substitutions(options).items()]
    if options.normalization != "none":
        fixers.append(partial(_normalize, str(options.normalization)))
    if options.remove_zero_width:
        fixers.append(characters.remove_zero_width)
    if not blanks:
        return fixers
    if options.normalize_whitespace:
        fixers.append(characters.normalize_whitespace)
    else:
        fixers += [characters.break_no_line, characters.trim]
    return fixers


def _translator(table: dict[str, str], rule: str) -> Fixer:
    pattern = re.compile(f"[{''.join(table)}]")
    return partial(characters.translate, table=table, pattern=pattern, rule=rule)


def _unescape(options: RepairConfig, decode: Callable[[str], str], text: str) -> list[Replacement]:
    if "&" not in text or (options.unescape_html == "auto" and "<" in text):
        return []
    if options.remove_control_chars:
        # An entity may stand for a control character; were that left for the next round, a hostile text could make
        # each round undo one entity only.
        return unescape(text, lambda entity: characters.CONTROL.sub("", decode(entity)))
    return unescape(text, decode)


def _normalize(form: str, text: str) -> list[Replacement]:
    return [] if characters.is_normalized(text, form) else characters.normalize(text, form)
