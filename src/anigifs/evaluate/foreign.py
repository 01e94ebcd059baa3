"""Predictions made by other programs: a CSV or Parquet table with one column a class.

Columns: `id`, `label`, optionally `group`, and for every class of the model either
`logit:<class>` or `probability:<class>`. Other columns are passed over.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from anigifs.core.errors import InputError, shorten
from anigifs.evaluate.predictions import (
    METADATA_KEY,
    Predictions,
    from_arrays,
    read_predictions,
    read_table,
)

LOGIT, PROBABILITY = "logit:", "probability:"
LEAST_PROBABILITY = 1e-12
"""Probabilities are clipped here before their logarithm is taken. Our choice."""


def open_predictions(path: Path) -> Predictions:
    """Our own file, or a table of another program; the set is then named by the file.

    Raises:
        InputError: the file is absent, not a table, or lacks columns; the message lists them.
    """
    table = _read_csv(path) if path.suffix.lower() == ".csv" else read_table(path)
    if METADATA_KEY in (table.schema.metadata or {}):
        return read_predictions(path)
    return from_table(table, path.stem)


def from_table(table: pa.Table, set_name: str) -> Predictions:
    """Predictions from a table of the layout above."""
    names = table.column_names
    logits = [name for name in names if name.startswith(LOGIT)]
    columns = logits or [name for name in names if name.startswith(PROBABILITY)]
    missing = [name for name in ("id", "label") if name not in names]
    if missing or not columns:
        raise InputError(
            f"{set_name}: predictions need the columns id, label and one `{LOGIT}<class>` or "
            f"`{PROBABILITY}<class>` a class; found {shorten(names)}"
        )
    values = np.stack([_numbers(table, name) for name in columns], axis=1)
    prefix = LOGIT if logits else PROBABILITY
    return from_arrays(
        _texts(table, "id"),
        _texts(table, "label"),
        values if logits else _log(values, set_name),
        [name.removeprefix(prefix) for name in columns],
        groups=_texts(table, "group") if "group" in names else [""] * len(table),
        set_name=set_name,
        method=set_name,
        run=set_name,
    )


def _read_csv(path: Path) -> pa.Table:
    try:
        return csv.read_csv(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"cannot read the predictions {path}: {error}") from None


def _texts(table: pa.Table, name: str) -> list[str]:
    return ["" if value is None else str(value) for value in table[name].to_pylist()]


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    try:
        column = pc.cast(table[name].combine_chunks(), pa.float64())
    except pa.ArrowException:
        raise InputError(f"the column {name!r} holds something that is not a number") from None
    numbers: NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    return numbers


def _log(values: NDArray[np.float64], set_name: str) -> NDArray[np.float64]:
    if not ((values >= 0) & (values <= 1)).all():
        raise InputError(
            f"{set_name}: a column `{PROBABILITY}…` holds a value outside [0, 1]; "
            f"name the columns `{LOGIT}…` if they are logits"
        )
    return np.asarray(np.log(np.maximum(values, LEAST_PROBABILITY)))
