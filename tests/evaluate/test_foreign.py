"""Predictions of other programs: a table that anybody can write."""

import csv

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anigifs.core.errors import InputError
from anigifs.evaluate import metrics
from anigifs.evaluate.foreign import open_predictions
from anigifs.evaluate.predictions import write_predictions
from tests.evaluate.fakes import made

ROWS = [
    {"id": "1", "label": "a, b", "group": "g", "logit:a, b": "2", "logit:c": "1.5", "path": "x"},
    {"id": "2", "label": "c", "group": "", "logit:a, b": "0", "logit:c": "-1", "path": "y"},
]


def write_csv(path, rows=ROWS):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_csv_of_the_standard_library_is_read(tmp_path):
    found = open_predictions(write_csv(tmp_path / "mine.csv"))
    assert (found.ids, found.labels, found.groups) == (("1", "2"), ("a, b", "c"), ("g", ""))
    assert found.classes == ("a, b", "c")
    assert found.logits.tolist() == [[2, 1.5], [0, -1]]
    assert (found.set_name, found.method) == ("mine", "mine")


def test_a_parquet_table_without_metadata_is_read(tmp_path):
    table = {"id": ["x"], "label": ["c"], "logit:a": [1], "logit:c": [2.5]}
    pq.write_table(pa.table(table), tmp_path / "p.parquet")
    found = open_predictions(tmp_path / "p.parquet")
    assert found.logits.tolist() == [[1, 2.5]]
    assert found.groups == ("",)


def test_our_own_file_is_read_as_it_is(tmp_path):
    write_predictions(tmp_path / "p.parquet", made(set_name="animated"))
    assert open_predictions(tmp_path / "p.parquet").set_name == "animated"


def test_probabilities_keep_their_calibration(tmp_path):
    rows = [{"id": "1", "label": "a", "probability:a": 0.8, "probability:b": 0.2}]
    found = open_predictions(write_csv(tmp_path / "p.csv", rows))
    assert metrics.softmax(found.logits)[0] == pytest.approx([0.8, 0.2])
    assert metrics.nll(found.logits, found.label_index) == pytest.approx(-np.log(0.8))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logit:c": "high"}, "'logit:c' holds something that is not a number"),
        ({"label": "d"}, "'d' is none of the 2 classes"),
    ],
)
def test_a_wrong_value_is_named(tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        open_predictions(write_csv(tmp_path / "p.csv", [{**ROWS[0], **change}]))


def test_logits_named_probabilities_are_refused(tmp_path):
    rows = [{"id": "1", "label": "a", "probability:a": 3.0, "probability:b": -1.0}]
    with pytest.raises(InputError, match="name the columns `logit:"):
        open_predictions(write_csv(tmp_path / "p.csv", rows))


def test_missing_columns_are_listed_with_what_was_found(tmp_path):
    with pytest.raises(InputError, match=r"need the columns id, label and one .* found id, score"):
        open_predictions(write_csv(tmp_path / "p.csv", [{"id": 1, "score": 2}]))
    with pytest.raises(InputError, match="cannot read the predictions"):
        open_predictions(tmp_path / "absent.csv")
