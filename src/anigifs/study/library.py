"""A study by its file, or by the name of one that comes with the package."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ConfigDict

from anigifs.core.config import Config, build, load, read_toml
from anigifs.core.errors import ConfigError, UnknownName
from anigifs.study.config import StudyConfig
from anigifs.study.places import fill
from anigifs.study.plan import merge

SEED = frozenset({"seed"})
NOT_STUDIES = frozenset({"demo"})


class _Overrides(Config):
    """`--set` texts as nested tables, to be laid over a study before it is checked."""

    model_config = ConfigDict(extra="allow")


@dataclass(frozen=True, slots=True)
class Where:
    """Where a study reads and writes."""

    data: Path
    out: Path


def shipped() -> list[str]:
    """The names of the studies that come with the package."""
    files = (resources.files("anigifs.study") / "configs").iterdir()
    names = {Path(file.name).stem for file in files if file.name.endswith(".toml")}
    return sorted(names - NOT_STUDIES)


def load_study(which: str, where: Where, overrides: Sequence[str] = ()) -> StudyConfig:
    """Read a study and fill in its places; `{seed}` stays for the plan.

    which: a TOML file, or a shipped name with or without `.toml`. A file may begin with
        `extends = "NAME"`: its tables are then laid over that study's.

    Raises:
        UnknownName: there is no such file or study, a text names an unknown place, or an override
            sets one.
        ConfigError: the file is not TOML, or not a study.
    """
    own, asked = _read(which), load(_Overrides, None, overrides).model_extra or {}
    values = merge(own, asked)
    fixed = {"data": str(where.data), "out": str(where.out)}
    places = fill(values.get("places", {}), fixed, SEED)
    if taken := {*fixed, *SEED} & {*places}:
        raise ConfigError(
            f"places.{min(taken)}: this name has a meaning of its own; choose another"
        )
    _check_known(asked.get("places", {}), own.get("places", {}))
    filled = {**fill({**values, "places": {}}, {**fixed, **places}, SEED), "places": places}
    told = f"{which} with {', '.join(overrides)}" if overrides else which
    return build(StudyConfig, filled, told)


def _check_known(asked: Mapping[str, Any], known: Collection[str]) -> None:
    for name in asked:
        if name not in known:
            advice = "--set moves a place that the study has; a new one goes into its file."
            raise UnknownName("place", name, known, advice)


def _read(which: str, below: tuple[str, ...] = ()) -> dict[str, Any]:
    if which in below:
        raise ConfigError(f"studies extend one another in a circle: {' > '.join([*below, which])}")
    values = read_toml(_file(which))
    base = values.pop("extends", None)
    return merge(_read(str(base), (*below, which)), values) if base else values


def _file(which: str) -> Path:
    if Path(which).is_file():
        return Path(which)
    name = which.removesuffix(".toml")
    if name not in shipped():
        advice = "A TOML file of your own does as well; no file of this name is here."
        raise UnknownName("study", which, shipped(), advice)
    return Path(str(resources.files("anigifs.study") / "configs" / f"{name}.toml"))
