"""`anigifs pack` from a folder."""

import json

import numpy as np
import typer
from typer.testing import CliRunner

from anigifs.cli.pack import register
from anigifs.media.encode import encode_gif


def test_a_folder_becomes_a_pack(tmp_path):
    folder = tmp_path / "gifs" / "squat"
    folder.mkdir(parents=True)
    frames = np.full((3, 32, 48, 3), 90, np.uint8)
    (folder / "a.gif").write_bytes(encode_gif(frames, [100] * 3))
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    keys = ["--set", "sampling.frames=4", "--set", "side_px=16", "--set", "short_side_px=16"]
    spec = f"folder:{tmp_path / 'gifs'}?domain=real-gif"
    arguments = ["pack", spec, str(tmp_path / "out"), *keys, "--workers", "1", "--verify"]
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    printed = json.loads(result.stdout)
    assert (printed["clips"], printed["problems"]) == (1, 0)
    assert "GB to write for 1 clips" in result.stderr
