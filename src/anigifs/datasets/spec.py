"""Open any dataset from one line of text.

    PATH                           a release, if release.json lies there; else class folders
    NAME:PATH                      one of the sources below, for example kinetics:/data/k600
    NAME:PATH?key=value&key=value  with options, for example ?split=val&check=probe

Every source takes `split`, `domain`, `map`, `check` and `name` (see `sources.base`); the others
stand with the source. In a value, %20 is a space, %26 an ampersand.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from anigifs.core.config import build
from anigifs.core.errors import ConfigError, InputError, MediaError
from anigifs.core.progress import track
from anigifs.core.records import ClipSet, Problem
from anigifs.core.registry import Registry
from anigifs.core.taxonomy import load_map
from anigifs.datasets.release import is_release
from anigifs.datasets.release.layout import JOURNAL
from anigifs.datasets.sources.base import Source, SourceConfig, absent

SOURCES: Registry[type[Source]] = Registry(
    "dataset source",
    {
        "ava-kinetics": "anigifs.datasets.sources.ava_kinetics:AvaKinetics",
        "folder": "anigifs.datasets.sources.folder:Folder",
        "hac": "anigifs.datasets.sources.hac:Hac",
        "kinetics": "anigifs.datasets.sources.kinetics:Kinetics",
        "release": "anigifs.datasets.sources.release:Release",
        "ucf-hmdb": "anigifs.datasets.sources.ucf_hmdb:UcfHmdb",
    },
    "anigifs.sources",
)


class Spec(NamedTuple):
    """A dataset as a person writes it: which source, where, with what options."""

    source: str
    path: Path
    options: dict[str, str]


def open_clips(spec: str, **options: Any) -> ClipSet:
    """The clips of the dataset that `spec` names, for example `kinetics:/data/k600?split=val`.

    Args:
        spec: see this module's own text.
        options: more of them, which win over those in `spec`.

    Raises:
        UnknownName: no source has this name.
        ConfigError: an option is unknown, malformed or out of range.
        DataAbsent: nothing usable lies there, or none of that split; the message says what to
            put where.
    """
    name, path, given = parse(spec)
    source = SOURCES[name]
    values = {"path": path, **given, **options}
    config = build(source.Config, values, f"the dataset {spec!r}")
    found = source.read(config)
    if config.check == "probe":
        found = _decodable(found)
    if not found.clips:
        raise absent(path, _why(found), source.expected)
    found = _mapped(found, config.map) if config.map else found
    found = _split(found, config, source.expected) if config.split else found
    return replace(found, name=config.name or found.name)


def parse(spec: str) -> Spec:
    """Take a dataset line apart. Raises `ConfigError` where an option is malformed."""
    if Path(spec).exists():
        return Spec(_bare(Path(spec)), Path(spec), {})
    head, _, tail = spec.partition("?")
    named = re.fullmatch(r"([a-z][a-z0-9_-]+):(.+)", head, re.DOTALL)
    name, path = (named[1].replace("_", "-"), Path(named[2])) if named else ("", Path(head))
    options: dict[str, str] = {}
    for part in filter(None, tail.split("&")):
        key, equals, value = part.partition("=")
        if not equals or not key or key in options or key == "path":
            raise ConfigError(
                f"the dataset {spec!r}: {part!r} is no option; write NAME:PATH?key=value&key=value "
                "with each key once"
            )
        options[key] = unquote(value)
    return Spec(name or _bare(path), path.expanduser(), options)


def _bare(path: Path) -> str:
    return "release" if is_release(path) or (path / JOURNAL).is_file() else "folder"


def _decodable(found: ClipSet) -> ClipSet:
    from anigifs.media.decode import probe

    kept, problems = [], list(found.problems)
    for clip in track(found.clips, f"check {found.name}"):
        try:
            probe(clip.path, span_s=clip.span_s)
            kept.append(clip)
        except MediaError as error:
            problems.append(Problem(clip.id, str(error)))
    return replace(found, clips=tuple(kept), problems=tuple(problems))


def _why(found: ClipSet) -> str:
    reasons = Counter(problem.reason for problem in found.problems).most_common(3)
    told = "; ".join(f"{reason} ({count} times)" for reason, count in reasons)
    return f"no usable clip: {told}" if told else "no clip"


def _mapped(found: ClipSet, name: str) -> ClipSet:
    joined = load_map(name)
    clips = tuple(
        replace(clip, label=label)
        for clip in found.clips
        if (label := joined.get(clip.label)) is not None
    )
    left = len(found.clips) - len(clips)
    if not clips:
        raise InputError(f"the map {name} joins none of the classes of {found.name}")
    problem = (Problem(found.name, f"{left} clips of classes that {name} leaves out"),)
    return replace(
        found,
        classes=joined.targets,
        clips=clips,
        problems=found.problems + (problem if left else ()),
    )


def _split(found: ClipSet, config: SourceConfig, expected: str) -> ClipSet:
    kept = found.split(config.split)
    if not kept.clips:
        known = sorted({clip.split for clip in found.clips} - {""})
        has = f"only of {', '.join(known)}" if known else "and no clip of any split"
        raise absent(config.path, f"no clip of split {config.split!r} is there, {has}", expected)
    return kept
