"""The statistics of a release: the paper's figures 2 and 3, its table 1, and what clips are like.

`statistics(spec, out)` draws any dataset; `release.card` draws a release while it is built.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anigifs.catalog import Workspace
from anigifs.core.errors import InputError
from anigifs.core.parallel import cores
from anigifs.core.records import ClipSet, Domain, Problem
from anigifs.datasets.release import is_release, read_manifest
from anigifs.datasets.spec import open_clips, parse
from anigifs.release.stats import examples, facts, story

__all__ = ["Made", "statistics"]

MEMORY = ".measured.jsonl"
"""What was measured of the media, so that a stopped run goes on where it was."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was written: names of files in the folder, and the clips that could not be measured."""

    out: Path
    files: list[str]
    problems: list[Problem]


def statistics(
    spec: str, out: Path, workspace: Path | None = None, agreement: Path | None = None,
    workers: int = 0,
) -> Made:  # fmt: skip
    """Draw a dataset into the folder `out`.

    Args:
        spec: a release, a folder of class folders, or any other dataset line.
        out: a folder; files of the same names are replaced.
        workspace: where the dataset was made: adds the funnel and the examples.
        agreement: the file that `anigifs agreement --json` printed: adds the agreement.
        workers: processes that measure; 0 takes one a core.

    Raises:
        InputError: `agreement` is no such file. Others as `open_clips` and `Workspace.open`.
    """
    report = _report(agreement) if agreement else {}
    clips = open_clips(spec)
    found, problems = facts.of_clips(clips, parse(spec).path, out / MEMORY, workers or cores())
    told: dict[str, Any] = _head(clips, parse(spec).path) | {"agreement": report}
    if workspace is None:
        names = story.write(story.Story(classes=clips.classes, facts=found, **told), out)
        return Made(out, names, problems)
    with Workspace.open(workspace) as opened:
        told |= of_workspace(opened)
        names = story.write(story.Story(classes=clips.classes, facts=found, **told), out)
    return Made(out, names, problems)


def of_workspace(workspace: Workspace) -> dict[str, Any]:
    """What only the workspace knows, as arguments of `Story`."""
    return {
        "funnel": workspace.funnel().total,
        "pairs": examples.choose(workspace),
        "blobs": workspace.blobs.root,
    }


def _head(clips: ClipSet, root: Path) -> dict[str, Any]:
    if is_release(root):
        manifest = read_manifest(root)
        return {"name": manifest.name, "version": manifest.version, "domain": manifest.domain,
                "simulated": manifest.simulated}  # fmt: skip
    domain = next((clip.domain for clip in clips.clips), Domain.ANIMATED_GIF)
    return {"name": clips.name, "version": "", "domain": domain, "simulated": clips.simulated}


def _report(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} is no report on agreement ({error}); make one with: "
            f"anigifs agreement --json > {path}"
        ) from None
    if not isinstance(found, dict) or not isinstance(found.get("questions"), dict):
        raise InputError(f"{path} is no report on agreement: it holds no questions")
    return found
