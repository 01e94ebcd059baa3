"""The page's GIF decoder shows, frame by frame, what the Python one does."""

import base64
import hashlib

import numpy as np
import pytest

from anigifs.core.errors import LimitExceeded, MediaError
from anigifs.media.encode import encode_gif
from anigifs.media.gif import decode_gif_rgba, timing_of
from anigifs.media.limits import Limits
from anigifs.media.walker import walk

LIMITS = Limits(max_canvas_px=2**22, max_total_px=2**25, max_output_px=2**25)

DECODE = """async ([files, limits]) => {
  const { LIMITS, frames, open } = await import("/static/gif.js");
  const hex = async (data) => [...new Uint8Array(await crypto.subtle.digest("SHA-1", data))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const read = async (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    try {
      const facts = open(bytes, { ...LIMITS, ...limits });
      const hashes = [];
      for (const canvas of frames(bytes, facts)) hashes.push(await hex(canvas));
      return { loops: facts.loops, delays: facts.delaysMs, hashes };
    } catch (error) {
      return error.kind ?? String(error.stack);
    }
  };
  const all = [];
  for (const text of files) all.push(await read(text));
  return all;
}"""


def ours(data):
    try:
        pixels, facts = decode_gif_rgba(data, LIMITS), walk(data, LIMITS)
    except LimitExceeded:
        return "limit"
    except MediaError:
        return "not-decodable"
    hashes = [hashlib.sha1(p.tobytes(), usedforsecurity=False).hexdigest() for p in pixels]
    return {"loops": facts.loops, "delays": timing_of(facts).delays_ms.tolist(), "hashes": hashes}


def theirs(page, stub, files):
    page.goto(f"{stub.url}/static/gif.js")
    limits = {"canvasPx": LIMITS.max_canvas_px, "totalPx": LIMITS.max_total_px}
    return page.evaluate(DECODE, [[base64.b64encode(d).decode() for d in files], limits])


@pytest.mark.real
def test_every_file_of_the_conformance_suites_reads_the_same(page, stub, real_data):
    folder = real_data / "gif-conformance"
    paths = [
        p for p in sorted(folder.rglob("*")) if p.suffix == ".gif" or p.parent.name == "corpus"
    ]
    files = [path.read_bytes() for path in paths if path.is_file()]
    told = theirs(page, stub, files)
    differing = [
        path.name for path, data, js in zip(paths, files, told, strict=True) if ours(data) != js
    ]
    assert len(files) > 300
    assert differing == []
    assert sum(isinstance(js, dict) for js in told) > 100


@pytest.mark.parametrize("palette", ["global", "local"])
def test_what_we_encode_is_shown_as_it_was(page, stub, palette):
    frames = np.random.default_rng(0).integers(0, 4, (5, 17, 23, 3)).astype(np.uint8) * 80
    data = encode_gif(frames, [0, 10, 20, 100, 650], palette=palette, loop=3)
    alpha = np.full((*frames.shape[:3], 1), 255, np.uint8)
    rgba = np.concatenate([frames, alpha], axis=3)
    [shown] = theirs(page, stub, [data])
    assert shown["delays"] == [100, 100, 20, 100, 650]
    assert shown["loops"] == 3
    assert shown["hashes"] == [hashlib.sha1(f.tobytes()).hexdigest() for f in rgba]


def test_a_file_cut_anywhere_shows_what_there_is_and_never_hangs(page, stub):
    frames = np.random.default_rng(1).integers(0, 255, (3, 20, 20, 3)).astype(np.uint8)
    data = encode_gif(frames, [50, 50, 50], colours=16)
    pieces = [data[:end] for end in range(0, len(data), 7)]
    assert theirs(page, stub, pieces) == [ours(piece) for piece in pieces]


def test_the_worker_shrinks_a_huge_file_and_sends_every_frame(page, stub):
    frames = np.zeros((30, 1000, 1000, 3), np.uint8)
    frames[:, 500:] = 200
    stub.media["ab"] = encode_gif(frames, np.full(30, 40), colours=2)
    page.goto(stub.url)
    found = page.evaluate("""async () => {
      const { Decoder } = await import("/static/decoder.js");
      const bytes = await (await fetch("/media/ab")).arrayBuffer();
      const animation = new Decoder().open(bytes);
      await new Promise((done) => animation.addEventListener("done", done));
      const { width, shrink, pixelWidth } = animation.facts;
      const last = animation.frames.at(-1);
      return [width, shrink, pixelWidth, animation.frames.length,
              last.data[0], last.data[last.data.length - 4]];
    }""")
    assert found == [1000, 2, 500, 30, 0, 200]


def test_a_broken_file_is_said_to_be_broken_and_can_be_skipped(page, stub):
    stub.add(b"no gif at all", "yoga")
    page.goto(stub.url)
    page.get_by_text("This animation cannot be shown: the file is not a GIF").wait_for()
    page.keyboard.press("a")
    page.keyboard.press("s")
    page.wait_for_selector("body[data-state=end]")
    assert [(row["act"], row["exact"]) for row in stub.rows] == [("skip", "")]
