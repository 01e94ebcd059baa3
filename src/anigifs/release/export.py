"""Write a release in forms that other tools load in one line.

hf            DIR/data/SPLIT-*.parquet and a README.md: `datasets.load_dataset("DIR")`
webdataset    DIR/SPLIT-000000.tar, …: CLIP.gif, CLIP.cls (index), CLIP.json in each
folders       DIR/SPLIT/CLASS/CLIP.gif and DIR/clips.csv: torchvision's ImageFolder and the like
kinetics-csv  DIR/SPLIT.csv with Kinetics' columns, and DIR/SPLIT/CLASS/CLIP_000000_000010.gif

Clips without a split go into one that is called `all`. The same clips give the same bytes.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from anigifs.core import files
from anigifs.core.errors import InputError, UnknownName
from anigifs.core.progress import track
from anigifs.core.records import Clip, ClipSet
from anigifs.datasets.release import tables
from anigifs.datasets.release.layout import class_folders, safe_name

SHARD_BYTES = 256 * 2**20
"""Bytes of clips in one file of hf and webdataset."""
ROWS = 64
"""Clips that are held at once."""
NO_SPLIT = "all"
CLIP_S = 10
"""Kinetics' clips last ten seconds; its columns want a start and an end."""


def export(found: ClipSet, to: str, out: Path) -> str:
    """Write `found` to the new folder `out` in the form `to`; how to load it, in one line.

    Raises:
        UnknownName: there is no such form.
        InputError: `out` exists; there is nothing to write.
    """
    if to not in FORMS:
        raise UnknownName("form of export", to, FORMS)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} is not an empty folder; name a new one")
    if not found.clips:
        raise InputError(f"{found.name} has no clip to export; its bytes may not be shipped")
    return FORMS[to](found, out)


def _folders(found: ClipSet, out: Path) -> str:
    places = class_folders(found.classes)
    rows = []
    for clip in _shown(found):
        name = f"{_split(clip)}/{places[clip.label]}/{_stem(clip)}{clip.path.suffix}"
        _copy(clip, out / name)
        rows.append((name, clip.id, clip.label, _split(clip)))
    tables.write_csv(out / "clips.csv", ("path", "clip_id", "label", "split"), rows)
    return f"torchvision.datasets.DatasetFolder({str(out / _first(found))!r}, loader, ('.gif',))"


def _kinetics(found: ClipSet, out: Path) -> str:
    places = class_folders(found.classes)
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for clip in _shown(found):
        split, stem = _split(clip), _stem(clip)
        place = out / split / places[clip.label]
        _copy(clip, place / f"{stem}_{0:06d}_{CLIP_S:06d}{clip.path.suffix}")
        rows[split].append((clip.label, stem, 0, CLIP_S, split))
    header = ("label", "youtube_id", "time_start", "time_end", "split")
    for split, listed in rows.items():
        tables.write_csv(out / f"{split}.csv", header, listed)
    (out / "classes.txt").write_text("".join(f"{name}\n" for name in found.classes), "utf-8")
    return f'anigifs inspect "kinetics:{out}?taxonomy={out}/classes.txt"'


def _webdataset(found: ClipSet, out: Path) -> str:
    index = {name: number for number, name in enumerate(found.classes)}
    counts = {}
    for split, shards in _shards(found).items():
        counts[split] = len(shards)
        for number, clips in enumerate(shards):
            with files.atomic(out / f"{split}-{number:06d}.tar") as part:
                _tar(part, clips, index)
    tables.write_csv(out / "classes.csv", ("index", "name"), enumerate(found.classes))
    split = _first(found)
    shard = f"{split}-{{000000..{counts[split] - 1:06d}}}.tar"
    return f"webdataset.WebDataset({str(out / shard)!r}, shardshuffle=False)"


def _tar(path: Path, clips: Sequence[Clip], index: Mapping[str, int]) -> None:
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for clip in clips:
            stem = _stem(clip).replace(".", "-")
            facts = json.dumps(_facts(clip), sort_keys=True, ensure_ascii=False).encode()
            label = str(index.get(clip.label, -1)).encode()
            data = clip.path.read_bytes()
            for suffix, content in ((clip.path.suffix, data), (".cls", label), (".json", facts)):
                member = tarfile.TarInfo(stem + suffix)  # no time and no owner: equal bytes
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))


def _hf(found: ClipSet, out: Path) -> str:
    for split, shards in _shards(found).items():
        for number, clips in enumerate(shards):
            name = f"{split}-{number:05d}-of-{len(shards):05d}.parquet"
            with files.atomic(out / "data" / name) as part:
                _parquet(part, clips, found.classes)
    files.write_text(out / "README.md", _readme(found))
    return f"datasets.load_dataset({str(out)!r})"


def _parquet(path: Path, clips: Sequence[Clip], classes: Sequence[str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    media = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    names = ("clip_id", "gif", "label", "group")
    schema = pa.schema(
        list(zip(names, (pa.string(), media, pa.int64(), pa.string()), strict=True)),
        {"huggingface": json.dumps({"info": {"features": _features(clips, classes)}})},
    )
    index = {name: number for number, name in enumerate(classes)}
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, len(clips), ROWS):
            rows = [_row(clip, index) for clip in clips[start : start + ROWS]]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))


def _row(clip: Clip, index: Mapping[str, int]) -> dict[str, Any]:
    gif = {"bytes": clip.path.read_bytes(), "path": clip.path.name}
    return {
        "clip_id": clip.id, "gif": gif, "label": index.get(clip.label, -1), "group": clip.group
    }  # fmt: skip


def _features(clips: Sequence[Clip], classes: Sequence[str]) -> dict[str, Any]:
    """What `datasets` makes of the columns: GIFs as pictures, other media as plain bytes."""
    text = {"dtype": "string", "_type": "Value"}
    plain = {"bytes": {"dtype": "binary", "_type": "Value"}, "path": text}
    pictures = all(clip.path.suffix in (".gif", ".webp", ".png") for clip in clips)
    return {
        "clip_id": text,
        "gif": {"_type": "Image"} if pictures else plain,
        "label": {"names": list(classes), "_type": "ClassLabel"},
        "group": text,
    }


def _readme(found: ClipSet) -> str:
    splits = sorted({_split(clip) for clip in found.clips})
    listed = "".join(f"  - split: {split}\n    path: data/{split}-*.parquet\n" for split in splits)
    told = " It was made by programs (simulated)." if found.simulated else ""
    return (
        f"---\nconfigs:\n- config_name: default\n  data_files:\n{listed}---\n\n# {found.name}\n\n"
        f"{len(found.clips)} clips of {len(found.classes)} classes.{told} Licences and credits "
        "stand in ATTRIBUTION.csv of the release that this was made of.\n"
    )


def _shards(found: ClipSet) -> dict[str, list[list[Clip]]]:
    """Split to shards of clips, each of about `SHARD_BYTES`."""
    shards: dict[str, list[list[Clip]]] = {}
    filled: dict[str, int] = {}
    for clip in _shown(found):
        split, size = _split(clip), clip.path.stat().st_size
        if split not in shards or filled[split] + size > SHARD_BYTES:
            shards.setdefault(split, []).append([])
            filled[split] = 0
        shards[split][-1].append(clip)
        filled[split] += size
    return shards


def _shown(found: ClipSet) -> Iterator[Clip]:
    return track(found.clips, "export", len(found.clips))


def _split(clip: Clip) -> str:
    return clip.split or NO_SPLIT


def _first(found: ClipSet) -> str:
    splits = sorted({_split(clip) for clip in found.clips})
    return "train" if "train" in splits else splits[0]


def _stem(clip: Clip) -> str:
    return safe_name(clip.id)


def _facts(clip: Clip) -> dict[str, Any]:
    return {"clip_id": clip.id, "label": clip.label, "split": _split(clip), "group": clip.group}


def _copy(clip: Clip, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(clip.path.read_bytes())


FORMS: dict[str, Callable[[ClipSet, Path], str]] = {
    "hf": _hf, "webdataset": _webdataset, "folders": _folders, "kinetics-csv": _kinetics,
}  # fmt: skip
