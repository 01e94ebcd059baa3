"""Whether what is measured was seen by nothing that trains a run or chooses its checkpoint."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from anigifs.core.errors import ProtocolError, shorten
from anigifs.core.records import Clip, ClipSet

Part = tuple[Path, tuple[float, float] | None]


def check_apart(used: Mapping[str, ClipSet], measured: Mapping[str, ClipSet]) -> None:
    """Compare by file and by the part of it, links followed.

    used: clips that train or choose, by the key that names them. measured: by the set's name.

    Raises:
        ProtocolError: a set holds a clip of `used`.
    """
    for key, clips in used.items():
        for name, others in measured.items():
            if shared := _shared(clips.clips, others.clips):
                raise ProtocolError(
                    f"the set {name!r} holds {len(shared)} clips of {key} "
                    f"({shorten([clip.id for clip in shared], 3)}); what trains a run, or chooses "
                    "its checkpoint, measures nothing. Name clips apart, such as another split. "
                    "(A finished run can be measured on anything: anigifs evaluate)"
                )


def _shared(used: Collection[Clip], measured: Collection[Clip]) -> list[Clip]:
    names = {clip.path.name for clip in used} & {clip.path.name for clip in measured}
    seen = {_part(clip) for clip in used if clip.path.name in names}
    return [clip for clip in measured if clip.path.name in names and _part(clip) in seen]


def _part(clip: Clip) -> Part:
    return clip.path.resolve(), clip.span_s
