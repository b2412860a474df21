"""Where each output character stands in the source.

Two maps meet here. `Alignment` relates a text that the pipeline holds to the source it came from, in code points.
`ByteOffsets` relates code points of the decoded source to bytes of the raw input. Both are run-length lists, so that
untouched text costs one run whatever its length.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

Span = tuple[int, int]
"""A half-open interval `[start, end)`."""


class Piece(NamedTuple):
    """A run of `out_len` output code points made from source code points `[src_start, src_start + src_len)`.

    `rule` is None where the output equals the source, code point for code point (then `out_len == src_len`);
    otherwise it names the edit, and the run is atomic: no character inside it has a narrower origin.
    """

    out_len: int
    src_start: int
    src_len: int
    rule: str | None = None

    @property
    def src_end(self) -> int:
        return self.src_start + self.src_len


class Change(NamedTuple):
    """Replace `[start, end)` of a text by `length` code points, in the name of `rule`."""

    start: int
    end: int
    length: int
    rule: str


CUT = "\0cut"
"""The rule of a run that is on its way out; never seen outside this module."""


class Alignment:
    """The pieces of a text, in order; monotone in the source, and free of overlap.

    Gaps in the source between pieces are what was removed. Alignments are immutable: every operation returns a new
    one, so a transformation can never leave text and map out of step by accident of aliasing.
    """

    __slots__ = ("_ends", "pieces")

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces: tuple[Piece, ...] = tuple(_merge(pieces))
        self._ends: list[int] | None = None

    @classmethod
    def identity(cls, start: int, length: int) -> Alignment:
        """A text that is the source's `[start, start + length)`, unchanged."""
        alignment = cls(())
        if length:
            alignment.pieces = (Piece(length, start, length),)
        return alignment

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alignment) and self.pieces == other.pieces

    def __hash__(self) -> int:
        return hash(self.pieces)

    def __repr__(self) -> str:
        return f"Alignment({list(map(tuple, self.pieces))})"

    def __len__(self) -> int:
        """Length of the output in code points."""
        return sum(p.out_len for p in self.pieces)

    @property
    def is_identity(self) -> bool:
        """One unchanged run: nothing was edited or cut out."""
        return len(self.pieces) <= 1 and all(p.rule is None for p in self.pieces)

    @property
    def source_span(self) -> Span:
        """From the first source character to the last, gaps included; `(0, 0)` when there is no piece."""
        if not self.pieces:
            return (0, 0)
        return self.pieces[0].src_start, self.pieces[-1].src_end

    def source_of(self, start: int, end: int) -> Span:
        """The source span that output `[start, end)` came from; an edited run counts whole.

        For an empty output span, the empty source span at that place.
        """
        if start >= end:
            at = self._source_point(start)
            return at, at
        first, last = self._index(start), self._index(end - 1)
        a, b = self.pieces[first], self.pieces[last]
        ends = self._cumulated()
        lo = a.src_start if a.rule is not None else a.src_start + start - (ends[first] - a.out_len)
        hi = b.src_end if b.rule is not None else b.src_start + end - (ends[last] - b.out_len)
        return lo, hi

    def slice(self, start: int, end: int) -> Alignment:
        """The alignment of output `[start, end)`. An edited run must lie inside or outside as a whole.

        Runs of no output (deleted text) at either border belong to the slice.

        Raises:
            ValueError: a border falls inside an edited run.
        """
        out: list[Piece] = []
        at = 0
        for p in self.pieces:
            lo, hi = max(at, start), min(at + p.out_len, end)
            if p.rule is not None:
                if (p.out_len == 0 and start <= at <= end) or (lo == at and hi == at + p.out_len and lo < hi):
                    out.append(p)
                elif lo < hi:
                    raise ValueError(f"border of [{start}, {end}) falls inside an edited run")
            elif lo < hi:
                out.append(Piece(hi - lo, p.src_start + lo - at, hi - lo))
            at += p.out_len
            if at > end:
                break
        return Alignment(out)

    def atomic_span(self, start: int, end: int) -> Span:
        """Output `[start, end)` shrunk until no border falls inside an edited run (it may become empty)."""
        at = 0
        lo, hi = start, end
        for p in self.pieces:
            nxt = at + p.out_len
            if p.rule is not None:
                if at < lo < nxt:
                    lo = nxt
                if at < hi < nxt:
                    hi = at
            if at >= end:
                break
            at = nxt
        return lo, max(lo, hi)

    def edit(self, changes: Sequence[Change], cuts: Sequence[Span] = ()) -> Alignment:
        """The alignment after `changes`, and without `cuts`, whose source becomes gaps.

        Both are in order, free of overlap also with each other, and in output code points. A change that touches part
        of an edited run swallows that run: the new run spans both and names both rules. A cut must have edited runs
        inside or outside as a whole (see `atomic_span`).

        Raises:
            ValueError: a border of a cut falls inside an edited run.
        """
        if cuts:
            return self._without(cuts, changes)
        if not changes:
            return self
        if self.is_identity:
            return Alignment(self._edited_identity(changes))
        atoms: list[tuple[int, int, int, Piece | Change]] = [(c.start, c.end, 1, c) for c in changes]
        at = 0
        for p in self.pieces:
            if p.rule is not None:
                atoms.append((at, at + p.out_len, 0, p))
            at += p.out_len
        atoms.sort(key=lambda atom: atom[:3])

        out: list[Piece] = []
        cursor = 0
        i = 0
        while i < len(atoms):
            start, end = atoms[i][:2]
            first = i
            while i < len(atoms) and (i == first or atoms[i][0] < end):
                end = max(end, atoms[i][1])
                i += 1
            out.extend(self._exact(cursor, start))
            out.append(self._fused(start, end, [atom[3] for atom in atoms[first:i]], out))
            cursor = end
        out.extend(self._exact(cursor, len(self)))
        return Alignment(out)

    def _without(self, cuts: Sequence[Span], changes: Sequence[Change]) -> Alignment:
        marked = self.edit(sorted([*changes, *(Change(start, end, 0, CUT) for start, end in cuts)]))
        kept: list[Piece] = []
        for piece in marked.pieces:
            if piece.rule is None or not piece.rule.endswith(CUT):
                kept.append(piece)
            elif piece.out_len:
                raise ValueError(f"the border of a cut falls inside the edited run {tuple(piece)}")
        return Alignment(kept)

    def _edited_identity(self, changes: Sequence[Change]) -> Iterator[Piece]:
        """The pieces of an unchanged run after `changes`: there is nothing that they could touch."""
        source = self.source_span[0]
        at = 0
        for start, end, length, rule in changes:
            if start > at:
                yield Piece(start - at, source + at, start - at)
            yield Piece(length, source + start, end - start, rule)
            at = end
        if at < len(self):
            yield Piece(len(self) - at, source + at, len(self) - at)

    def _exact(self, start: int, end: int) -> Iterator[Piece]:
        """Output `[start, end)`, which holds unchanged text only, as pieces."""
        if start >= end:
            return
        ends = self._cumulated()
        for i in range(self._index(start), len(self.pieces)):
            p, at = self.pieces[i], ends[i] - self.pieces[i].out_len
            if at >= end:
                return
            lo, hi = max(at, start), min(ends[i], end)
            if p.rule is None and lo < hi:
                yield Piece(hi - lo, p.src_start + lo - at, hi - lo)

    def _fused(self, start: int, end: int, atoms: Sequence[Piece | Change], before: Sequence[Piece]) -> Piece:
        """One edited run for output `[start, end)`, all of whose `atoms` overlap."""
        length = end - start
        rules: dict[str, None] = {}
        for atom in sorted(atoms, key=lambda atom: isinstance(atom, Change)):
            if isinstance(atom, Change):
                length += atom.length - (atom.end - atom.start)
            for rule in (atom.rule or "").split("; "):
                rules[rule] = None
        if start < end:
            src = self.source_of(start, end)
        elif isinstance(atoms[0], Piece):
            src = atoms[0].src_start, atoms[0].src_end
        else:
            point = before[-1].src_end if before else self.source_span[0]
            src = point, point
        return Piece(length, src[0], src[1] - src[0], "; ".join(rules))

    def _cumulated(self) -> list[int]:
        if self._ends is None:
            self._ends = list(accumulate(p.out_len for p in self.pieces))
        return self._ends

    def _index(self, pos: int) -> int:
        """The piece that holds output position `pos`."""
        i = bisect_right(self._cumulated(), pos)
        if pos < 0 or i >= len(self.pieces):
            raise IndexError(f"position {pos} is outside the text")
        return i

    def _source_point(self, pos: int) -> int:
        if not self.pieces:
            return 0
        if pos >= len(self):
            return self.pieces[-1].src_end
        return self.source_of(pos, pos + 1)[0]


def _merge(pieces: Iterable[Piece]) -> Iterator[Piece]:
    last: Piece | None = None
    for p in pieces:
        if p.out_len == 0 and p.src_len == 0:
            continue
        if last is not None and last.rule is None and p.rule is None and last.src_end == p.src_start:
            last = Piece(last.out_len + p.out_len, last.src_start, last.src_len + p.src_len)
            continue
        if last is not None:
            yield last
        last = p
    if last is not None:
        yield last


class ByteOffsets:
    """Bytes of the raw input for code points of the decoded source.

    Runs `(char_start, byte_start, exact)` in order. Inside an exact run, text re-encodes to the very bytes it was
    decoded from, so a position costs one `encode` of what lies before it in the run. In any other run (bytes that
    are no text in the codec and became U+FFFD) positions inside have no bytes of their own and take the run's start.
    """

    __slots__ = ("codec", "runs", "size", "source")

    def __init__(self, source: str, codec: str, runs: Sequence[tuple[int, int, bool]], size: int) -> None:
        self.source = source
        self.codec = codec
        self.runs = list(runs)
        self.size = size

    @classmethod
    def of_text(cls, source: str) -> ByteOffsets:
        """For a source that was given as `str`: its UTF-8 form, lone surrogates as three bytes each."""
        size = len(source) if source.isascii() else len(source.encode("utf-8", "surrogatepass"))
        return cls(source, "utf-8", [(0, 0, True)], size)

    def at(self, positions: Iterable[int]) -> list[int]:
        """The byte offset of each of `positions` (code points, in non-decreasing order); one pass over the source."""
        out: list[int] = []
        source, codec, runs = self.source, self.codec, self.runs
        length, last = len(source), len(runs) - 1
        run = 0
        char, byte, exact = runs[0]
        for pos in positions:
            while run < last and runs[run + 1][0] <= pos:
                run += 1
                char, byte, exact = runs[run]
            if pos >= length:
                out.append(self.size)
                continue
            if exact and pos > char:
                text = source[char:pos]
                single = codec == "utf-8" and text.isascii()
                byte += pos - char if single else len(text.encode(codec, "surrogatepass"))
                char = pos
            out.append(byte)
        return out
