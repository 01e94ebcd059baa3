"""`anigifs gifify` from a folder of videos."""

import json

import numpy as np
import typer
from typer.testing import CliRunner

from anigifs.cli.gifify import register
from anigifs.datasets.release import read_release
from anigifs.media.encode import write_video


def test_a_folder_of_videos_becomes_a_release_of_gifs(tmp_path):
    folder = tmp_path / "videos" / "squat"
    folder.mkdir(parents=True)
    write_video(folder / "a.mp4", np.full((12, 32, 48, 3), 90, np.uint8), 25)
    (folder / "b.mp4").write_bytes(b"broken")
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    spec = f"folder:{tmp_path / 'videos'}?domain=real-video"
    arguments = ["gifify", spec, str(tmp_path / "out"), "--set", "frames=5", "--workers", "1"]
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    printed = json.loads(result.stdout)
    assert printed["clips"] == 1
    assert len(printed["problems"]) == 1
    (clip,) = read_release(tmp_path / "out").clips
    assert (clip.label, clip.path.suffix) == ("squat", ".gif")
