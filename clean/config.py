"""The configuration: defaults, `clean.toml` or `[tool.clean]` of the closest `pyproject.toml`, and overrides.

A `Config` is a value: frozen, hashable by content, picklable, all that a `Cleaner` needs to be built elsewhere.
Unknown keys are errors that name the nearest known one.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Self

from clean.errors import ConfigError

CONFIG_NAME = "clean.toml"


@dataclass(frozen=True, slots=True)
class RepairConfig:
    """How far the repair stage goes. An option that is None takes the profile's value.

    Profiles: "off" changes nothing; "minimal" repairs what is broken (mojibake, C1 and other control characters,
    surrogates, terminal escapes); "standard" also decodes HTML entities, normalises to NFC and white space, and takes
    out zero-width characters that do nothing; "full" also replaces curly quotes, ligatures and full-width forms.
    """

    profile: str = "standard"
    fix_encoding: bool | None = None
    fix_c1_controls: bool | None = None
    fix_surrogates: bool | None = None
    remove_control_chars: bool | None = None
    remove_terminal_escapes: bool | None = None
    unescape_html: str | None = None
    """"always", "never", or "auto": only in segments without a literal `<`, which are no markup."""
    normalization: str | None = None
    """"NFC", "NFKC" or "none"."""
    normalize_whitespace: bool | None = None
    remove_zero_width: bool | None = None
    uncurl_quotes: bool | None = None
    fix_latin_ligatures: bool | None = None
    fix_character_width: bool | None = None

    CHOICES: ClassVar[dict[str, tuple[str, ...]]] = {
        "profile": ("off", "minimal", "standard", "full"),
        "unescape_html": ("auto", "always", "never"),
        "normalization": ("NFC", "NFKC", "none"),
    }
    LEVELS: ClassVar[dict[str, tuple[int, Any, Any]]] = {
        "fix_encoding": (1, False, True),
        "fix_c1_controls": (1, False, True),
        "fix_surrogates": (1, False, True),
        "remove_control_chars": (1, False, True),
        "remove_terminal_escapes": (1, False, True),
        "unescape_html": (2, "never", "auto"),
        "normalization": (2, "none", "NFC"),
        "normalize_whitespace": (2, False, True),
        "remove_zero_width": (2, False, True),
        "uncurl_quotes": (3, False, True),
        "fix_latin_ligatures": (3, False, True),
        "fix_character_width": (3, False, True),
    }
    """Of each option: the first profile that has it, by index, its value before that profile, and from there on."""

    def __post_init__(self) -> None:
        for name, choices in self.CHOICES.items():
            if getattr(self, name) not in (*choices, None):
                raise ConfigError(f"[repair] {name.replace('_', '-')}: {getattr(self, name)!r} is none of {choices}")
        for name, (_, off, on) in self.LEVELS.items():
            value = getattr(self, name)
            if value is not None and type(value) is not type(on):
                raise ConfigError(f"[repair] {name.replace('_', '-')}: {type(off).__name__} is needed, not {value!r}")

    def resolved(self) -> Self:
        """The same with every option set."""
        level = self.CHOICES["profile"].index(self.profile)
        values = {name: on if level >= since else off for name, (since, off, on) in self.LEVELS.items()}
        chosen = {name: value for name in values if (value := getattr(self, name)) is not None}
        return replace(self, **(values | chosen))


@dataclass(frozen=True, slots=True)
class LanguageConfig:
    """Which model tells languages apart, and among which languages; no candidates means the 47 that all models know."""

    backend: str = "letters"
    candidates: tuple[str, ...] = ()
    chinese_script: bool = False
    """Whether Chinese is `zh-Hans` or `zh-Hant` where its characters say so, instead of `zh`."""

    CHOICES: ClassVar[dict[str, tuple[str, ...]]] = {
        "backend": ("letters", "langdetect", "py3langid", "lingua", "none"),
    }


@dataclass(frozen=True, slots=True)
class ExtractConfig:
    """How HTML becomes text.

    The model keeps a block from a probability on that it chooses for each page, between `lowest_threshold` and
    `highest_threshold`; equal bounds fix it. `comments` says what becomes of readers' comments: "auto" leaves that to
    the model. `metadata` says where title, author and date are read.
    """

    extractor: str = "model"
    lowest_threshold: float = 0.25
    highest_threshold: float = 0.5
    comments: str = "auto"
    metadata: str = "markup"

    CHOICES: ClassVar[dict[str, tuple[str, ...]]] = {
        "extractor": ("model", "trafilatura", "none"),
        "comments": ("auto", "keep", "drop"),
        "metadata": ("markup", "trafilatura", "none"),
    }


@dataclass(frozen=True, slots=True)
class InputConfig:
    """What the fields of JSON Lines, and the columns of Parquet files, are called. A text goes before a page."""

    text_field: str = "text"
    html_field: str = "html"
    id_field: str = "id"
    url_field: str = "url"

    CHOICES: ClassVar[dict[str, tuple[str, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration.

    `select`, `extend_select` and `ignore` hold rule ids, prefixes of ids, or "ALL". `rules` holds options of single
    rules by id. `extend_packs` are paths of rule packs, absolute once loaded from a file.
    """

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    extend_packs: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    input: InputConfig = field(default_factory=InputConfig)
    repair: RepairConfig = field(default_factory=RepairConfig)
    language: LanguageConfig = field(default_factory=LanguageConfig)
    extract: ExtractConfig = field(default_factory=ExtractConfig)
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: str | Path | None = None) -> Config:
        """The configuration in `path`, or, without one, the closest above the working directory, or the defaults.

        Raises:
            ConfigError: the file is missing, is not TOML, or holds an unknown key or a value of the wrong type.
        """
        found = Path(path) if path is not None else find(Path.cwd())
        if found is None:
            return cls()
        table = read_table(found)
        return cls.from_mapping(table, where=str(found), base=found.parent)

    @classmethod
    def from_mapping(cls, table: Mapping[str, Any], where: str = "configuration", base: Path | None = None) -> Config:
        """A configuration from a parsed TOML table; `base` is what relative pack paths are relative to."""
        values = {key.replace("-", "_"): value for key, value in table.items()}
        known = {f.name for f in fields(cls)}
        refuse_unknown(values, known, where)
        for name in ("select", "ignore", "extend_select", "extend_packs"):
            if name in values:
                values[name] = strings(values[name], f"{where}: {name.replace('_', '-')}")
        if base is not None and "extend_packs" in values:
            values["extend_packs"] = tuple(str((base / pack).resolve()) for pack in values["extend_packs"])
        if "per_file_ignores" in values:
            ignores = mapping(values["per_file_ignores"], f"{where}: per-file-ignores")
            values["per_file_ignores"] = {
                pattern: strings(ids, f"{where}: per-file-ignores: {pattern}") for pattern, ids in ignores.items()
            }
        for name, kind in (
            ("input", InputConfig),
            ("repair", RepairConfig),
            ("language", LanguageConfig),
            ("extract", ExtractConfig),
        ):
            if name in values and not isinstance(values[name], kind):
                values[name] = _section(kind, values[name], f"{where}: [{name}]")
        if "rules" in values:
            values["rules"] = {
                rule: dict(mapping(options, f"{where}: [rules.{rule}]"))
                for rule, options in mapping(values["rules"], f"{where}: [rules]").items()
            }
        return cls(**values)

    def with_overrides(self, **overrides: Any) -> Self:
        """This configuration with some values replaced; the names are those of the fields."""
        changed = type(self).from_mapping(overrides, where="Cleaner()")
        return replace(self, **{key: getattr(changed, key) for key in (k.replace("-", "_") for k in overrides)})


def find(start: Path) -> Path | None:
    """The closest `clean.toml`, or `pyproject.toml` with a `[tool.clean]` table, at or above `start`."""
    for folder in (start, *start.parents):
        if (path := folder / CONFIG_NAME).is_file():
            return path
        path = folder / "pyproject.toml"
        if path.is_file() and "clean" in _toml(path).get("tool", {}):
            return path
    return None


def read_table(path: Path) -> Mapping[str, Any]:
    """The configuration table of a file: `[tool.clean]` of a pyproject.toml; of another file `[tool.clean]` or all."""
    table = _toml(path)
    if path.name == "pyproject.toml" or "tool" in table:
        return mapping(table.get("tool", {}).get("clean", {}), f"{path}: [tool.clean]")
    return table


def refuse_unknown(values: Collection[str], known: Collection[str], where: str) -> None:
    """Raise ConfigError for the first of `values` that is not `known`, naming the nearest known one."""
    for key in values:
        if key not in known:
            raise ConfigError(f"{where}: unknown key {key.replace('_', '-')!r}{nearest(key, known)}")


def nearest(name: str, known: Collection[str]) -> str:
    """'; did you mean …?' for the known name closest to `name`, or nothing when none is close."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0].replace('_', '-')!r}?" if close else ""


def strings(value: Any, where: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
        raise ConfigError(f"{where}: a list of strings is needed, not {value!r}")
    return tuple(value)


def mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where}: a table is needed, not {value!r}")
    return value


def _section(kind: type[Any], table: Any, where: str) -> Any:
    values = {key.replace("-", "_"): value for key, value in mapping(table, where).items()}
    refuse_unknown(values, {f.name for f in fields(kind)}, where)
    for f in fields(kind):
        if f.name not in values:
            continue
        value, default = values[f.name], f.default
        if isinstance(default, tuple):
            values[f.name] = strings(value, f"{where} {f.name}")
        elif (
            default is not None
            and type(value) is not type(default)
            and not (isinstance(default, float) and isinstance(value, int))
        ):
            raise ConfigError(f"{where} {f.name}: {type(default).__name__} is needed, not {value!r}")
        choices = kind.CHOICES.get(f.name)
        if choices and value not in choices:
            raise ConfigError(
                f"{where} {f.name}: {value!r} is none of {', '.join(choices)}{nearest(str(value), choices)}"
            )
    return kind(**values)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
