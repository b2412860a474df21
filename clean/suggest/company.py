"""A line is judged by the company it keeps.

Chrome stands beside chrome: beside lines that a rule removed, at the ends of a page, outside its prose. What stands
between paragraphs is content, however often it recurs: `Ingredients` is on every page of a site of recipes. So each
template gets a score from 0, content, to 1, chrome: the mean over its places of what its neighbours are, where removed
lines count 1, prose 0, and other templates what they scored themselves in the round before.

Sums are in whole numbers, which add up to the same in any order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from clean.suggest.page import LONG, PROSE, REMOVED_AFTER, REMOVED_BEFORE, Page

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDS = 4
"""Rounds after which scores hardly change."""

REMOVED = 1.0
END = 1.0
"""What lies beyond the end of a page: texts begin and end with a paragraph of their own."""
UNKNOWN = 0.4
"""A line that recurs nowhere."""
LONG_LINE = 0.1
OUTSIDE, INSIDE, NO_PROSE = 0.8, 0.2, 0.5
"""Where a line stands: outside the page's prose, within it, or on a page that has none."""
FAR = 0.5
"""Weight of a neighbour's neighbour."""
SCALE = 4096
"""Steps between 0 and 1."""
SPREAD = 0.02
"""Variance of scores at one place: how little one page says."""


class Company:
    """The scores of tracked templates, and where they stand.

    Args:
        tracked: their numbers, sorted.
    """

    def __init__(self, tracked: NDArray[Any]) -> None:
        import numpy as np

        self.tracked = tracked
        size = len(tracked)
        self.scores = np.full(size, UNKNOWN)
        self.pages = np.zeros(size, np.int64)
        self.places = np.zeros(size, np.int64)
        self.between = np.zeros(size, np.int64)
        """Places within the prose of a page and beside it, with nothing removed next to them."""
        self.head = np.zeros(size, np.int64)
        self.tail = np.zeros(size, np.int64)
        self.inside = np.zeros(size, np.int64)

    def ids(self, keys: NDArray[Any]) -> NDArray[Any]:
        """The place of each key among the tracked; -1 where it is not."""
        import numpy as np

        at = np.searchsorted(self.tracked, keys)
        at[at == len(self.tracked)] = 0
        return np.where(self.tracked[at] == keys, at, -1) if len(self.tracked) else np.full(keys.shape, -1)

    def learn(self, rounds: Iterable[Iterable[Page]]) -> None:
        """Go over all pages once a round."""
        import numpy as np

        for pages in rounds:
            sums = np.zeros(len(self.tracked), np.int64)
            squares = np.zeros(len(self.tracked), np.int64)
            for count in (self.pages, self.places, self.between, self.head, self.tail, self.inside):
                count[:] = 0
            for page in pages:
                self._add(page, sums, squares)
            seen = np.maximum(self.pages, 1)
            self.scores = np.where(self.pages > 0, sums / seen / SCALE, UNKNOWN)
            variance = np.maximum(squares / seen / SCALE**2 - self.scores**2, 0) + SPREAD
            self.lower = self.scores - np.sqrt(variance / seen)

    def _add(self, page: Page, sums: NDArray[Any], squares: NDArray[Any]) -> None:
        import numpy as np

        ids = self.ids(page.keys)
        known = ids[:, 0] >= 0
        prose = (page.flags & PROSE > 0) & ~known
        if not (ids >= 0).any():
            return
        values = np.where(known, self.scores[ids[:, 0]], np.where(page.flags & LONG, LONG_LINE, UNKNOWN))
        values[prose] = 0.0
        beside, removed = _beside(values, page.flags)
        where = np.flatnonzero(prose)
        lines = np.arange(len(values))
        before = lines < where[0] if len(where) else np.zeros(len(lines), bool)
        after = lines > where[-1] if len(where) else np.zeros(len(lines), bool)
        inside = ~(before | after) if len(where) else np.zeros(len(lines), bool)
        position = np.where(before | after, OUTSIDE, INSIDE) if len(where) else np.full(len(lines), NO_PROSE)
        local = (2 * beside + position) / 3
        touching = np.zeros(len(lines), bool)
        touching[1:] |= prose[:-1]
        touching[:-1] |= prose[1:]
        for level in range(ids.shape[1]):
            at = np.flatnonzero(ids[:, level] >= 0)
            if not len(at):
                continue
            own, which, times = np.unique(ids[at, level], return_inverse=True, return_counts=True)
            mean = np.rint(np.bincount(which, local[at]) / times * SCALE).astype(np.int64)
            sums[own] += mean
            squares[own] += mean * mean
            self.pages[own] += 1
            self.places[own] += times
            for count, marked in (
                (self.between, inside & touching & ~removed),
                (self.head, before),
                (self.tail, after),
                (self.inside, inside),
            ):
                count[own] += np.bincount(which, marked[at]).astype(np.int64)


def _beside(values: NDArray[Any], flags: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """What two neighbours on each side are on average, and whether one beside was removed."""
    import numpy as np

    before, after = flags & REMOVED_BEFORE > 0, flags & REMOVED_AFTER > 0
    gap = before.copy()
    gap[1:] |= after[:-1]  # something was removed before this line
    count = len(values)
    at = np.arange(count) + np.cumsum(gap) + 2
    row = np.full(count + int(gap.sum()) + 5, END)
    row[at] = values
    row[at[gap] - 1] = REMOVED
    if count and after[-1]:
        row[at[-1] + 1] = REMOVED
    near = row[at - 1] + row[at + 1]
    far = row[at - 2] + row[at + 2]
    return (near + FAR * far) / (2 + 2 * FAR), before | after
