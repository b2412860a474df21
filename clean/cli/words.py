"""Words for numbers, as people read them."""

from __future__ import annotations


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 line`, `2,000 lines`; `many` where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
