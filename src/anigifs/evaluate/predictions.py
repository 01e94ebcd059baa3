"""Predictions: one model's logits for every clip of one set, and what a table must say of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike, NDArray

from anigifs.core.errors import InputError, IntegrityError, shorten, suggest
from anigifs.core.files import atomic
from anigifs.core.records import Problem

Rule = Literal["exact", "intersection", "head"]
"""How a set's classes meet the head's: equal, only the shared ones, or all of the head's."""

METADATA_KEY = b"anigifs.predictions"
FORMAT = 1
COLUMNS = frozenset({"id", "group", "label", "logits"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Predictions:
    """Logits of N clips over a head of K classes.

    ids: N clip ids, each once.
    groups: N names; clips of one source share one. An empty name is a group of its own.
    labels: N class names, each one of `classes`: clips of other classes are not predicted.
    classes: the K names of the head, in the order of the logits.
    logits: float32 (N, K), finite.
    set_name, domain, simulated: of the evaluation set.
    set_classes: the set's own classes, in the head's spelling where the head has them.
    rule: how `set_classes` meet `classes`; "intersection" is applied when scoring, so the
        file keeps every logit.
    outside: clips of the set that were left out because the head lacks their class.
    problems: clips that could not be decoded.
    selection: how the checkpoint was chosen: "source-val", "last", "oracle" or "given".
    method, run, seed: which row of a table this is.
    spec: what was asked for, as `open_clips` reads it.
    checkpoint: SHA-256 of the weights; empty for a model that came from elsewhere.
    settings: how clips became logits (view, precision, views a clip), as JSON.
    note: anything else that a reader must know.
    """

    ids: tuple[str, ...]
    groups: tuple[str, ...]
    labels: tuple[str, ...]
    classes: tuple[str, ...]
    logits: NDArray[np.float32]
    set_name: str
    domain: str = ""
    simulated: bool = False
    set_classes: tuple[str, ...] = ()
    rule: Rule = "exact"
    outside: int = 0
    problems: tuple[Problem, ...] = ()
    selection: str = "given"
    method: str = ""
    run: str = ""
    seed: int | None = None
    spec: str = ""
    checkpoint: str = ""
    settings: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        _check(self)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def label_index(self) -> NDArray[np.int64]:
        """The position of each label in `classes`, int64 (N,)."""
        place = {name: index for index, name in enumerate(self.classes)}
        return np.array([place[label] for label in self.labels], dtype=np.int64)

    @property
    def group_index(self) -> NDArray[np.int64]:
        """Each clip's group as a number, int64 (N,), numbered by sorted group name."""
        return np.unique(self.clusters, return_inverse=True)[1].astype(np.int64)

    @property
    def clusters(self) -> NDArray[np.str_]:
        """Each clip's group; a clip without one is alone in a group named by its id."""
        pairs = zip(self.ids, self.groups, strict=True)
        return np.array([f"group {group}" if group else f"clip {id_}" for id_, group in pairs])


def from_arrays(
    ids: Sequence[str],
    labels: Sequence[str],
    logits: ArrayLike,
    classes: Sequence[str],
    **about: Any,
) -> Predictions:
    """Predictions of any model, from plain lists and an (N, K) array.

    `about` takes the other fields of `Predictions`; without `groups` every clip is a group of
    its own, without `set_name` the set is "external".

    Raises:
        InputError: lengths or shapes differ, a label is none of `classes`, an id stands
            twice, or a logit is not finite.
    """
    names = tuple(ids)
    about = {"groups": ("",) * len(names), "set_name": "external", **about}
    about["groups"] = tuple(about["groups"])
    return Predictions(
        ids=names,
        labels=tuple(labels),
        classes=tuple(classes),
        logits=np.asarray(logits, dtype=np.float32),
        **about,
    )


def write_predictions(path: Path, predictions: Predictions, half: bool = False) -> None:
    """Write atomically as Parquet: id, group, label, logits; the rest as JSON schema metadata.

    half: store the logits as float16, for compact records of a run, each row less its highest:
        that changes no probability, and near 0, where answers are decided, float16 is so fine
        that hardly any classes become ties.
    """
    logits, width = predictions.logits, predictions.logits.shape[1]
    if half:
        lowest = np.finfo(np.float16).min
        logits = (logits - logits.max(axis=1, keepdims=True)).clip(lowest).astype(np.float16)
    flat = pa.array(logits.reshape(-1))
    columns = {
        "id": pa.array(predictions.ids, pa.string()),
        "group": pa.array(predictions.groups, pa.string()),
        "label": pa.array(predictions.labels, pa.string()),
        "logits": pa.FixedSizeListArray.from_arrays(flat, width),
    }
    table = pa.table(columns).replace_schema_metadata({METADATA_KEY: _to_json(predictions)})
    with atomic(path) as part:
        pq.write_table(table, part, compression="zstd")


def read_predictions(path: Path) -> Predictions:
    """Read what `write_predictions` wrote.

    Raises:
        InputError: there is no such file, or it is not Parquet.
        IntegrityError: it is Parquet, but not predictions or not whole.
    """
    table = read_table(path)
    metadata = (table.schema.metadata or {}).get(METADATA_KEY)
    if metadata is None or not set(table.column_names) >= COLUMNS:
        raise IntegrityError(
            f"{path} holds no anigifs predictions; it has columns "
            f"{shorten(table.column_names)}. See docs/tutorial-own-model.md for the layout"
        )
    about = _from_json(metadata, path)
    width = len(about["classes"])
    values = table["logits"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    if values.size != table.num_rows * width:
        raise IntegrityError(f"{path}: {values.size} logits are not {table.num_rows} x {width}")
    return Predictions(
        ids=tuple(table["id"].to_pylist()),
        groups=tuple(table["group"].to_pylist()),
        labels=tuple(table["label"].to_pylist()),
        logits=values.astype(np.float32).reshape(table.num_rows, width),
        **about,
    )


def read_table(path: Path) -> pa.Table:
    """A Parquet file as one table. Raises `InputError` when it is absent or not Parquet."""
    try:
        with path.open("rb") as file:
            return pq.ParquetFile(file).read()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"cannot read the predictions {path}: {error}") from None


def _to_json(predictions: Predictions) -> bytes:
    arrays = {"ids", "groups", "labels", "logits"}
    about = {
        field.name: getattr(predictions, field.name)
        for field in fields(predictions)
        if field.name not in arrays
    }
    about["problems"] = [[problem.item, problem.reason] for problem in predictions.problems]
    return json.dumps({"format": FORMAT, **about}, ensure_ascii=False).encode("utf-8")


def _from_json(metadata: bytes, path: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads(metadata)
        version = about.pop("format")
        for key in ("classes", "set_classes"):
            about[key] = tuple(about[key])
        about["problems"] = tuple(Problem(*pair) for pair in about["problems"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IntegrityError(f"{path}: its metadata cannot be read: {error!r}") from None
    unknown = set(about) - {field.name for field in fields(Predictions)}
    if version != FORMAT or unknown:
        raise IntegrityError(
            f"{path} is of format {version} with {shorten(sorted(unknown)) or 'known keys'}; "
            f"this anigifs reads format {FORMAT}. Update anigifs"
        )
    return about


def _check(p: Predictions) -> None:
    count, width = len(p.ids), len(p.classes)
    if p.logits.shape != (count, width) or p.logits.dtype != np.float32:
        raise InputError(
            f"{p.set_name}: logits must be float32 of shape ({count}, {width}), one row a clip "
            f"and one column a class; got {p.logits.dtype} of shape {p.logits.shape}"
        )
    if not len(p.groups) == len(p.labels) == count:
        raise InputError(
            f"{p.set_name}: {count} ids need as many groups and labels; "
            f"got {len(p.groups)} groups and {len(p.labels)} labels"
        )
    if p.rule not in get_args(Rule):
        raise InputError(f"{p.set_name}: no rule is named {p.rule!r}. Known: {get_args(Rule)}")
    _check_names(p)
    if not np.isfinite(p.logits).all():
        bad = int((~np.isfinite(p.logits).all(axis=1)).sum())
        raise InputError(f"{p.set_name}: the logits of {bad} of {count} clips are not finite")


def _check_names(p: Predictions) -> None:
    for kind, names in (("class", p.classes), ("id", p.ids)):
        if len(set(names)) < len(names):
            twice = Counter(names).most_common(1)[0][0]
            raise InputError(f"{p.set_name}: the {kind} {twice!r} stands twice")
    known = set(p.classes)
    for label in p.labels:
        if label not in known:
            raise InputError(
                f"{p.set_name}: the label {label!r} is none of the {len(p.classes)} classes."
                f"{suggest(label, p.classes)}"
            )
