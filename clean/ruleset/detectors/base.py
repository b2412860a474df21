"""What a detector is: a function for what a regular expression can't say, its options, and the data it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from clean.config import nearest
from clean.errors import ConfigError

if TYPE_CHECKING:
    from clean.ruleset.view import View

Options = Mapping[str, Any]


class Match(NamedTuple):
    """`[start, end)` of the text that was searched, and the metadata value it states, if any.

    `language` is that of the words it was recognised by, where they are of one language only.
    """

    start: int
    end: int
    value: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Detector:
    """Options with their defaults, and the names of data files; unknown options are errors."""

    defaults: dict[str, Any] = field(default_factory=dict, kw_only=True)
    data_files: tuple[str, ...] = field(default=(), kw_only=True)

    def checked(self, options: Options) -> dict[str, Any]:
        """The options with defaults filled in. Raises ConfigError."""
        for key, value in options.items():
            if key not in self.defaults:
                raise ConfigError(f"unknown option {key!r}{nearest(key, self.defaults)}")
            wanted = type(self.defaults[key])
            if type(value) is not wanted and not (wanted is float and type(value) is int):
                raise ConfigError(f"option {key} is of type {wanted.__name__}, not {value!r}")
        return {**self.defaults, **options}

    @property
    def data(self) -> dict[str, Any]:
        """The content of the data files, for the fingerprint."""
        return {name: read_data(name) for name in self.data_files}


@dataclass(frozen=True, slots=True)
class LineDetector(Detector):
    """Looks at one line's own text.

    `prefilter` is an RE2 pattern, or makes one from the options, that every line it can find must match. It is part
    of the one scan of all rules, so it must not count (`.{0,90}`): counting multiplies the automaton's states.
    """

    find: Callable[[str, Options], Iterable[Match]]
    prefilter: str | Callable[[Options], str]


@dataclass(frozen=True, slots=True)
class DocumentDetector(Detector):
    """Looks across lines: positions count in `View.text`. Must be linear in its length."""

    find: Callable[[View, Options], Iterable[Match]]


class Opinion(NamedTuple):
    """What a model says of a segment: its probability of not being content, what counted most, and what follows."""

    score: float
    reasons: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class ModelDetector(Detector):
    """Scores lines when all other rules have spoken: it is told of each segment whether one of them takes it (1 or 0).

    Yields numbers of segments that it takes, each with its probability of not being content. `explain` says how it
    comes to its score of one segment.
    """

    find: Callable[[View, Options, Any], Iterable[tuple[int, float]]]
    explain: Callable[[View, Options, Any, int], Opinion | None]
    fingerprint: Callable[[], str]

    @property
    def data(self) -> dict[str, Any]:
        """What the model is, for the fingerprint."""
        return {"model": self.fingerprint()}


@lru_cache(maxsize=16)
def read_data(name: str) -> dict[str, Any]:
    """A word or symbol list of this package, by name: `rules/data/<name>.toml`."""
    import tomllib

    from clean.ruleset.load import packs_folder

    with (packs_folder() / "data" / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)
