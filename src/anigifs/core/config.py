"""Configs: what a person may set. Text from outside becomes a value only here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from anigifs.core.errors import ConfigError, suggest

C = TypeVar("C", bound="Config")


class Config(BaseModel):
    """Frozen, closed and documented: a misspelt key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def load(kind: type[C], path: Path | None = None, overrides: Sequence[str] = ()) -> C:
    """Read a TOML file (or nothing: the defaults) and apply `a.b=value` overrides.

    Raises:
        ConfigError: the file is absent or not TOML; an override has no `=`; a key is
            unknown, missing, of the wrong type or out of range. The message names the
            file and every faulty key, not only the first, with a suggestion.
    """
    values = read_toml(path) if path else {}
    for override in overrides:
        _set(values, *_parse(override))
    where = str(path) if path else "the defaults"
    return build(kind, values, f"{where} with {', '.join(overrides)}" if overrides else where)


def build(kind: type[C], values: Mapping[str, Any], where: str) -> C:
    """Check `values` against `kind`; `where` names their origin in the error."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        faults = "".join(f"\n  {_fault(kind, fault)}" for fault in error.errors())
        raise ConfigError(f"{where} is not a valid {kind.__name__}:{faults}") from None


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file. Raises `ConfigError` when it is absent or malformed."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the config {path}: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None


def _parse(override: str) -> tuple[list[str], Any]:
    key, equals, text = override.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"--set takes key=value, for example train.lr=3e-4; got {override!r}")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    return key.strip().split("."), value


def _set(values: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        values = values.setdefault(key, {})
        if not isinstance(values, dict):
            raise ConfigError(f"--set {'.'.join(keys)}: {key!r} is a value, not a section")
    values[keys[-1]] = value


def _fault(kind: type[Config], fault: Any) -> str:
    loc = [str(part) for part in fault["loc"]]
    hint = ""
    if fault["type"] == "extra_forbidden" and loc:
        hint = suggest(loc[-1], _names(kind, loc[:-1]))
    return f"{'.'.join(loc) or 'whole file'}: {fault['msg']} (got {fault['input']!r}).{hint}"


def _names(kind: type[BaseModel], path: list[str]) -> list[str]:
    for part in path:
        field = kind.model_fields.get(part)
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        kind = inner
    return list(kind.model_fields)
