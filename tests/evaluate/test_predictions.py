"""Predictions on disk: what is written is read, what is wrong is refused."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anigifs.core.errors import InputError, IntegrityError
from anigifs.core.records import Problem
from anigifs.evaluate.metrics import credits, softmax
from anigifs.evaluate.predictions import from_arrays, read_predictions, write_predictions
from tests.evaluate.fakes import CLASSES, made


def everything():
    return made(
        set_name="animated",
        domain="animated-gif",
        simulated=True,
        set_classes=(*CLASSES, "juggling “balls”"),
        rule="head",
        outside=7,
        problems=(Problem("x.gif", "broken, at byte 3"),),
        selection="oracle",
        spec="folder:/data/ü",
        checkpoint="ab12",
        settings='{"views": 3}',
        note="a stranger's model",
    )


def fields(p):
    return {name: getattr(p, name) for name in p.__slots__ if name != "logits"}


def test_what_is_written_is_read(tmp_path):
    given = everything()
    write_predictions(tmp_path / "a.parquet", given)
    found = read_predictions(tmp_path / "a.parquet")
    assert fields(found) == fields(given)
    assert found.logits.dtype == np.float32
    assert (found.logits == given.logits).all()


def test_half_precision_keeps_the_probabilities_and_what_is_right(tmp_path):
    """Two classes 0.001 apart near 3 would tie as float16; less the highest, they do not."""
    logits = np.random.default_rng(0).normal(3, 1, (40, 5)).astype(np.float32)
    logits[:, 1] = logits.max(axis=1) + 0.001
    given = from_arrays([f"c{i}" for i in range(40)], ["a"] * 40, logits, list("abcde"))
    write_predictions(tmp_path / "a.parquet", given, half=True)
    found = read_predictions(tmp_path / "a.parquet")
    assert np.abs(softmax(found.logits) - softmax(given.logits)).max() < 1e-3
    assert (credits(found.logits, given.label_index) == credits(logits, given.label_index)).all()
    assert (found.logits.argmax(1) == 1).all()
    far = replace(given, logits=given.logits * 1e5)
    write_predictions(tmp_path / "b.parquet", far, half=True)
    assert np.isfinite(read_predictions(tmp_path / "b.parquet").logits).all()


def test_the_same_predictions_give_the_same_bytes(tmp_path):
    for name in "ab":
        write_predictions(tmp_path / name, everything())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_any_parquet_reader_reads_the_columns(tmp_path):
    write_predictions(tmp_path / "a.parquet", made(clips=2))
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column_names == ["id", "group", "label", "logits"]
    assert table.to_pylist()[1]["label"] == "squat"
    assert len(table.to_pylist()[1]["logits"]) == len(CLASSES)


def test_a_set_without_clips_is_kept(tmp_path):
    write_predictions(tmp_path / "a.parquet", from_arrays([], [], np.zeros((0, 6)), CLASSES))
    assert read_predictions(tmp_path / "a.parquet").logits.shape == (0, 6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": ["squat", "lung"]}, "'lung' is none of the 6 classes. Did you mean 'lunge'"),
        ({"ids": ["a", "a"]}, "the id 'a' stands twice"),
        ({"ids": ["a"]}, r"shape \(1, 6\).*got float32 of shape \(2, 6\)"),
        ({"classes": ["squat"] * 6}, "the class 'squat' stands twice"),
        ({"groups": ["g"]}, "got 1 groups and 2 labels"),
        ({"logits": np.full((2, 6), np.nan)}, "the logits of 2 of 2 clips are not finite"),
        ({"rule": "union"}, "no rule is named 'union'"),
    ],
)
def test_what_cannot_be_scored_is_refused(change, message):
    good = {
        "ids": ["a", "b"],
        "labels": ["squat", "lunge"],
        "logits": np.zeros((2, 6)),
        "classes": CLASSES,
    }
    with pytest.raises(InputError, match=message):
        from_arrays(**{**good, **change})


def test_a_clip_without_group_is_a_group_of_its_own():
    p = from_arrays(
        ["a", "b", "c", "d"], ["squat"] * 4, np.zeros((4, 6)), CLASSES, groups=["a", "", "a", ""]
    )
    assert len(set(p.group_index.tolist())) == 3
    assert p.group_index[0] == p.group_index[2]


def test_what_is_no_predictions_file_is_an_error_that_says_so(tmp_path):
    (tmp_path / "text").write_text("hello")
    with pytest.raises(InputError, match="cannot read the predictions"):
        read_predictions(tmp_path / "text")
    with pytest.raises(InputError, match="cannot read the predictions"):
        read_predictions(tmp_path / "absent")
    pq.write_table(pa.table({"x": [1]}), tmp_path / "other")
    with pytest.raises(IntegrityError, match="holds no anigifs predictions; it has columns x"):
        read_predictions(tmp_path / "other")


def test_metadata_of_another_format_is_refused(tmp_path):
    write_predictions(tmp_path / "a", made(clips=2))
    table = pq.read_table(tmp_path / "a")
    for text, message in [(b"{", "cannot be read"), (b'{"format": 1}', "cannot be read")]:
        changed = table.replace_schema_metadata({b"anigifs.predictions": text})
        pq.write_table(changed, tmp_path / "b")
        with pytest.raises(IntegrityError, match=message):
            read_predictions(tmp_path / "b")
