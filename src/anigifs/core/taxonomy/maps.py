"""Maps from the classes of one list to those of another, as CSV files that a user can replace.

The header names the two lists; a row with an empty target says why the class has none:

    ava-80,kinetics-600,decided
    hand clap,clapping,the same act
    crawl,,"crawling baby" is of babies only

A packaged map also joins the classes whose names are equal; a file of the user's is taken as
it stands.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from anigifs.core.errors import ConfigError, InputError, UnknownName
from anigifs.core.taxonomy.lists import class_list, known_lists
from anigifs.core.taxonomy.names import match, normalise, require

_FOLDER = Path(__file__).with_name("maps")


@dataclass(frozen=True, slots=True)
class ClassMap:
    """From the classes of list `source` to those of list `target`.

    pairs: source class to target class, in the order of the source.
    decided: why, for each source class that was decided by hand, with or without a target.
    """

    source: str
    target: str
    pairs: Mapping[str, str]
    decided: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """The target of a class, spelt in any way, or None."""
        found = match(name, tuple(self.pairs))
        return None if found is None else self.pairs[found]

    @property
    def targets(self) -> tuple[str, ...]:
        """The target classes, each once: in the order of their list, if it is a known one."""
        found = dict.fromkeys(self.pairs.values())
        if self.target not in known_lists():
            return tuple(found)
        return tuple(name for name in class_list(self.target) if name in found)

    @property
    def one_to_one(self) -> bool:
        """Whether no two source classes share a target."""
        return len(set(self.pairs.values())) == len(self.pairs)

    def inverse(self) -> ClassMap:
        """The map back. Raises `InputError` where two source classes share a target."""
        if not self.one_to_one:
            raise InputError(f"the map {self.source} to {self.target} is not one-to-one")
        back = {target: source for source, target in self.pairs.items()}
        why = {self.pairs[name]: note for name, note in self.decided.items() if name in self.pairs}
        return ClassMap(self.target, self.source, back, why)


def known_maps() -> tuple[str, ...]:
    """The names of the packaged maps."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.csv")))


def load_map(which: str | Path) -> ClassMap:
    """A packaged map by name (`ava-80_to_kinetics-600`, either direction) or a CSV file.

    Raises:
        UnknownName: no packaged map has this name; a class is not in the list it should be in.
        ConfigError: the file has no two named columns, or names a class twice.
    """
    name = str(which)
    if name in known_maps():
        return _with_equal_names(_read(_FOLDER / f"{name}.csv"))
    back = "_to_".join(reversed(name.split("_to_")))
    if back in known_maps():
        return load_map(back).inverse()
    if Path(which).is_file():
        return _read(Path(which))
    raise UnknownName("class map", name, known_maps(), "A CSV file of your own does as well.")


def _read(path: Path) -> ClassMap:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    if not rows or len(rows[0]) < 2:
        raise ConfigError(
            f"{path} is no class map: its first line must name two lists, "
            "for example ava-80,kinetics-600,decided"
        )
    source, target = (cell.strip() for cell in rows[0][:2])
    pairs: dict[str, str] = {}
    decided: dict[str, str] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(row):
            continue
        one, other, note = (*row, "", "")[:3]
        name = _checked(one, source, f"{path}, line {number}: class of {source}")
        if name in decided:
            raise ConfigError(f"{path}, line {number}: {name!r} stands there twice")
        decided[name] = note.strip()
        if other.strip():
            pairs[name] = _checked(other, target, f"{path}, line {number}: class of {target}")
    return ClassMap(source, target, pairs, decided)


def _checked(name: str, of: str, kind: str) -> str:
    return require(name, class_list(of), kind) if of in known_lists() else name.strip()


def _with_equal_names(found: ClassMap) -> ClassMap:
    if found.source not in known_lists():
        return found
    target = {normalise(name): name for name in class_list(found.target)}
    equal = {name: target.get(normalise(name)) for name in class_list(found.source)}
    joined = {name: found.pairs.get(name, other) for name, other in equal.items()}
    pairs = {
        name: other
        for name, other in joined.items()
        if other is not None and (name in found.pairs or name not in found.decided)
    }
    return ClassMap(found.source, found.target, pairs, found.decided)
