"""Tiny stand-in datasets, one builder a source, in the layout that the source reads."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from anigifs.core.records import Clip, Domain
from anigifs.datasets.release import ReleaseWriter


class StandIn(NamedTuple):
    """What a builder made.

    options: what the source must be told; split, domain: some that its clips have;
    victim: the file of one clip.
    """

    options: str
    split: str
    domain: str
    victim: Path


def tiny_gif() -> bytes:
    """Two frames of 4x4 pixels."""
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    data = io.BytesIO()
    frames[0].save(data, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return data.getvalue()


def fill(root: Path, names: Iterable[str]) -> None:
    """A stand-in file (a GIF under whatever name) for each name."""
    source = root / ".tiny.gif"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(tiny_gif())
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        os.link(source, root / name)
    source.unlink()


def write(root: Path, name: str, text: str) -> None:
    """A list."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def folder(root: Path) -> StandIn:
    fill(root, ["train/push up/a.gif", "train/waving_hand/b.mp4", "test/push up/c.gif"])
    return StandIn("taxonomy=kinetics-600", "test", "animated-gif", root / "train/push up/a.gif")


def release(root: Path) -> StandIn:
    with ReleaseWriter(root, "toy", "1.0.0", ["a", "b"], Domain.REAL_GIF, False, {}) as writer:
        for name, split in (("one", "train"), ("two", "test")):
            clip = Clip(id=name, path=Path(), domain=Domain.REAL_GIF, label="a", split=split)
            writer.add(clip, tiny_gif(), ".gif", {})
    return StandIn("", "test", "real-gif", root / "media/a/one.gif")


def kinetics(root: Path) -> StandIn:
    rows = (
        "yoga,aaaaaaaaaaa,1,11,train",
        "zumba,bbbbbbbbbbb,2,12,validate",
        "yoga,ccccccccccc,3,13,val",
    )
    write(root, "k.csv", "\n".join(("label,youtube_id,time_start,time_end,split", *rows)))
    fill(
        root, ["aaaaaaaaaaa_000001_000011.mp4", "val/zumba/bbbbbbbbbbb_2_12.mkv", "ccccccccccc.mp4"]
    )
    return StandIn("", "val", "real-video", root / "ccccccccccc.mp4")


def ava_kinetics(root: Path) -> StandIn:
    row = "{},{},0.1,0.2,0.5,0.9,{}\n"
    train = row.format("aaaaaaaaaaa", 15.5, 67) + row.format("bbbbbbbbbbb", 7.0, 72)
    write(root, "lists/kinetics_train_v1.0.csv", train + "ccccccccccc,3.0,,,,,\n")
    write(root, "lists/kinetics_val_v1.0.csv", row.format("ddddddddddd", 1, 54))
    fill(
        root, ["aaaaaaaaaaa_000010_000020.mp4", "bbbbbbbbbbb_000002_000012.mp4", "ddddddddddd.mkv"]
    )
    return StandIn("", "val", "real-video", root / "aaaaaaaaaaa_000010_000020.mp4")


def ucf_hmdb(root: Path) -> StandIn:
    write(
        root,
        "l/trainlist01.txt",
        "Archery/v_Archery_g08_c01.avi 3\r\nYoYo/v_YoYo_g01_c01.avi 101\r\n",
    )
    write(
        root, "l/testlist01.txt", "Punch/v_Punch_g01_c01.avi\r\nArchery/v_Archery_g01_c02.avi\r\n"
    )
    stems = ("Archery/v_Archery_g08_c01", "Archery/v_Archery_g01_c02", "Punch/v_Punch_g01_c01")
    fill(root, [f"UCF-101/{stem}.avi" for stem in stems])
    return StandIn("part=ucf", "test", "real-video", root / "UCF-101/Punch/v_Punch_g01_c01.avi")


def hac(root: Path) -> StandIn:
    for actor in ("human", "animal", "cartoon"):
        for number, split in enumerate(("train", "test")):
            write(
                root, f"HAC_Splits/HAC_{split}_only_{actor}.csv", f"{actor}_{number}.mp4,{number}\n"
            )
            fill(root, [f"{actor}/videos/{actor}_{number}.mp4"])
    return StandIn("", "train", "animated-gif", root / "cartoon/videos/cartoon_0.mp4")


BUILDERS: dict[str, Callable[[Path], StandIn]] = {
    "ava-kinetics": ava_kinetics,
    "folder": folder,
    "hac": hac,
    "kinetics": kinetics,
    "release": release,
    "ucf-hmdb": ucf_hmdb,
}
