"""`croissant.json`: a release described for machines, in the Croissant 1.1 vocabulary.

It names every table with its sha256, the media as a set of files whose sha256 stand in
`clips.parquet`, and the tables' columns, so that `mlcroissant` and dataset search engines read a
release without us. Source: mlcommons.org/croissant, version 1.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from anigifs.core import files
from anigifs.datasets.release import layout, tables

NAME = "croissant.json"
CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
SPDX = "https://spdx.org/licenses/"
KINDS = {str: "sc:Text", int: "sc:Integer", float: "sc:Float", bool: "sc:Boolean"}
FORMATS = {".csv": "text/csv", ".parquet": "application/x-parquet"}
ABOUT = {
    "clip_id": "The clip, the same in every version.",
    "path": "Where its bytes lie in the release, or would lie.",
    "label": "The class.",
    "domain": "Where its pixels come from: animated-gif, real-gif or real-video.",
    "split": "Its split in the first scheme.",
    "group": "Clips that share a source; no split cuts through one.",
    "start_s": "Where the clip begins in its file, in seconds; empty: at the start.",
    "end_s": "Where it ends; empty: at the end.",
    "bytes": "The size of its file.",
    "sha256": "The SHA-256 of its file.",
    "width": "In pixels.",
    "height": "In pixels.",
    "frames": "How many frames.",
    "duration_ms": "One pass through the animation, in milliseconds, as browsers play it.",
    "licence": "As SPDX names it.",
    "media": "shipped, or url or id where the bytes may not be.",
    "index": "The class's place in a model's head, from 0.",
    "name": "The class.",
    "clips": "How many clips it has.",
    "time_ms": "The moment of the box, from the clip's start.",
    "x1": "Left, in [0, 1] of the width.",
    "y1": "Top, in [0, 1] of the height.",
    "x2": "Right, in [0, 1] of the width.",
    "y2": "Bottom, in [0, 1] of the height.",
}
"""What columns mean; others have no description."""
TABLES = {
    layout.CLASSES: {"index": int, "name": str, "clips": int},
    layout.BOXES: {"clip_id": str, "time_ms": float, "x1": float, "y1": float, "x2": float,
                   "y2": float},
}  # fmt: skip
SPLIT = {"clip_id": str, "label": str}

Json = dict[str, Any]


def croissant(root: Path, about: Mapping[str, Any]) -> Json:
    """The description of the release whose tables lie at `root`.

    about: `name`, `version` and `description`; where known `licences` (SPDX names), `creators`
        (names), `citation`, `url`, `date` (YYYY-MM-DD). What is not known is left out.
    """
    rows = tables.read_parquet(root / layout.PARQUET)
    columns = tables.columns_of(rows)
    splits = sorted(path.relative_to(root).as_posix() for path in (root / "splits").rglob("*.csv"))
    named = [layout.PARQUET, layout.CSV, layout.CLASSES, layout.BOXES, *splits]
    held = [name for name in named if (root / name).is_file()]
    records = [_records("clips", layout.PARQUET, columns, key="clip_id")]
    for name in held:
        if name in TABLES:
            key = "index" if name == layout.CLASSES else ""
            records.append(_records(name.removesuffix(".csv"), name, TABLES[name], key))
    records += [_split_names(splits)] if splits else []
    records += [_records(_id(name), name, SPLIT, key="clip_id") for name in splits]
    suffixes = sorted({Path(row["path"]).suffix for row in rows})
    media = [_media(suffix) for suffix in suffixes]
    return {**_head(about), "distribution": [*(_file(root, name) for name in held), *media],
            "recordSet": records}  # fmt: skip


def write_croissant(root: Path, about: Mapping[str, Any]) -> None:
    """Write `croissant.json`: the same tables and words give the same bytes."""
    files.write_json(root / NAME, croissant(root, about))


def licence_url(spdx: str) -> str:
    """Where SPDX describes a licence; its own name where it is none of SPDX's list."""
    known = spdx and not spdx.startswith("LicenseRef-") and spdx != "NOASSERTION"
    return f"{SPDX}{spdx}.html" if known else spdx


def _head(about: Mapping[str, Any]) -> Json:
    told = {
        "name": about["name"],
        "description": about["description"],
        "version": about["version"],
        "license": [licence_url(name) for name in about.get("licences", ())],
        "creator": [{"@type": "Person", "name": name} for name in about.get("creators", ())],
        "citeAs": about.get("citation", ""),
        "url": about.get("url", ""),
        "datePublished": about.get("date", ""),
        "keywords": ["action recognition", "animated GIF", "domain generalization"],
    }
    known = {key: value for key, value in told.items() if value}
    return {"@context": CONTEXT, "@type": "sc:Dataset", "conformsTo": CONFORMS_TO,
            "isLiveDataset": False, **known}  # fmt: skip


def _file(root: Path, name: str) -> Json:
    path = root / name
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": FORMATS[path.suffix],
        "sha256": files.sha256(path),
    }


def _media(suffix: str) -> Json:
    kind = {".gif": "image/gif", ".mp4": "video/mp4", ".webp": "image/webp", ".png": "image/apng"}
    return {
        "@type": "cr:FileSet",
        "@id": f"media-{suffix.lstrip('.')}",
        "name": f"media-{suffix.lstrip('.')}",
        "description": "The clips that are shipped; clips.parquet has the sha256 of each.",
        "encodingFormat": kind.get(suffix, "application/octet-stream"),
        "includes": f"media/*/*{suffix}",
    }


def _records(name: str, source: str, columns: Mapping[str, type], key: str = "") -> Json:
    fields = [_field(name, source, column, kind) for column, kind in columns.items()]
    found: Json = {"@type": "cr:RecordSet", "@id": name, "name": name, "field": fields}
    return found | ({"key": {"@id": f"{name}/{key}"}} if key else {})


def _field(name: str, source: str, column: str, kind: type) -> Json:
    found: Json = {
        "@type": "cr:Field",
        "@id": f"{name}/{column}",
        "name": f"{name}/{column}",
        "dataType": KINDS[kind],
        "source": {"fileObject": {"@id": source}, "extract": {"column": column}},
    }
    return found | ({"description": ABOUT[column]} if column in ABOUT else {})


def _split_names(splits: Sequence[str]) -> Json:
    """The splits by name, as Croissant wants them: an enumeration of `cr:Split`."""
    names = [_id(name).removeprefix("split/") for name in splits]
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [{"@type": "cr:Field", "@id": "splits/name", "name": "splits/name",
                   "dataType": "sc:Text"}],
        "data": [{"splits/name": name} for name in names],
    }  # fmt: skip


def _id(path: str) -> str:
    """`split/test` for `splits/test.csv`, `split/da-40/test` for `splits/da-40/test.csv`."""
    return f"split/{path.removeprefix('splits/').removesuffix('.csv')}"


def _terms(names: Iterable[str]) -> Json:
    return {name: f"cr:{name}" for name in names}


CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **_terms((
        "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field",
        "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset",
        "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
        "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
    )),
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
}  # fmt: skip
"""The terms of Croissant 1.1."""
