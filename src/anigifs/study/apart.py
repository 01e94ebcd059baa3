"""Whether what is measured was seen by nothing that trains a run or chooses its checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from anigifs.core.errors import ProtocolError, shorten
from anigifs.core.records import Clip, ClipSet


def check_apart(used: Mapping[str, ClipSet], measured: Mapping[str, ClipSet]) -> None:
    """Compare by file and by the part of it, links followed.

    used: clips that train or choose, by the key that names them. measured: by the set's name.

    Raises:
        ProtocolError: a set holds a clip of `used`.
    """
    names = {clip.path.name for clips in measured.values() for clip in clips.clips}
    for key, clips in used.items():
        # Few clips share a name with what is measured, so few links are followed on a large disk.
        seen = {_part(clip) for clip in clips.clips if clip.path.name in names}
        for name, others in measured.items():
            if shared := [clip for clip in others.clips if seen and _part(clip) in seen]:
                raise ProtocolError(
                    f"{len(shared)} of {len(others.clips)} clips of the set {name!r} are in {key} "
                    f"({shorten([clip.id for clip in shared], 3)}); what trains a run, or chooses "
                    "its checkpoint, measures nothing. Name clips apart, such as another split. "
                    "(A finished run can be measured on anything: anigifs evaluate)"
                )


def _part(clip: Clip) -> tuple[Path, tuple[float, float] | None]:
    return clip.path.resolve(), clip.span_s
