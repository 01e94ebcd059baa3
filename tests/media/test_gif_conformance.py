"""Agreement with the published suites; docs/gif-conformance.md explains every exception."""

import configparser
import zlib

import numpy as np
import pytest
from PIL import Image as PillowImage

from anigifs.core.errors import MediaError, NotDecodable
from anigifs.media import canvas, lzw
from anigifs.media.gif import Reading, decode_gif, decode_gif_rgba, timing_of
from anigifs.media.limits import Limits
from anigifs.media.walker import walk
from anigifs.media.wide import WIDE

pytestmark = pytest.mark.real

LIMITS = Limits(max_canvas_px=2**24, max_total_px=2**27, max_output_px=2**26)

PYGIF_EXCEPTIONS = {
    Reading.SPECIFICATION: {"gif87a-animation"},
    Reading.BROWSER: {
        "gif87a-animation",
        "no-data",
        "image-zero-width",
        "image-zero-height",
        "image-zero-size",
        "images-combine",
        "images-overlap",
        "high-color",
        "dispose-restore-previous",
        "animation-multi-image",
        "animation-multi-image-explicit-zero-delay",
    },
}
PYGIF_WITHOUT_EXPECTATION = {
    "zero-width": NotDecodable,
    "zero-height": NotDecodable,
    "zero-size": NotDecodable,
    "max-size": MediaError,
    "invalid-code": NotDecodable,
    "overflow-codes": NotDecodable,
    "overflow-codes-max": NotDecodable,
    "invalid-colors": 1,
    "plain-text": 1,
}


def loops_as_in_conf(loops):
    return {None: "0", 0: "infinite"}.get(loops, str(loops))


def pygif_differences(folder, name, reading):
    """What differs from the suite's .conf, as text; empty where all agrees."""
    conf = configparser.ConfigParser(interpolation=None)
    conf.read(folder / f"{name}.conf", encoding="utf-8")
    head = conf["config"]
    frames = [conf[frame] for frame in head["frames"].split(",") if frame]
    data = (folder / head["input"]).read_bytes()
    if not frames:
        return outcome(data, reading) != PYGIF_WITHOUT_EXPECTATION[name] and "other outcome"
    facts = walk(data, LIMITS)
    if loops_as_in_conf(facts.loops) != head["loop-count"]:
        return "loops"
    if (facts.width, facts.height) != (head.getint("width"), head.getint("height")):
        return "size"
    try:
        pixels = decode_gif_rgba(data, LIMITS, reading=reading)
    except MediaError as error:
        return str(error)
    wanted = [np.frombuffer((folder / f["pixels"]).read_bytes(), np.uint8) for f in frames]
    if [p.tobytes() for p in pixels] != [p.tobytes() for p in wanted]:
        return "frames"
    delays = [10.0 * f.getint("delay", 0) for f in frames]
    return timing_of(facts, reading).raw_delays_ms.tolist() != delays and "delays"


def outcome(data, reading):
    """How many frames, or the class of the error."""
    try:
        return len(decode_gif_rgba(data, LIMITS, reading=reading))
    except NotDecodable:
        return NotDecodable
    except MediaError:
        return MediaError


@pytest.mark.parametrize("reading", list(Reading))
def test_pygif_agrees_in_frames_delays_loops_and_every_pixel(real_data, reading):
    folder = real_data / "gif-conformance" / "pygif"
    names = (folder / "TESTS").read_text().split()

    differing = {name for name in names if pygif_differences(folder, name, reading)}

    assert len(names) == 84
    assert differing == PYGIF_EXCEPTIONS[reading]


def raw_rgba(data, facts, image):
    """One image by itself: palette colours, alpha 0 at the transparent index."""
    source = np.frombuffer(data, np.uint8)
    codes = lzw.scratch(len(data))
    count = lzw.join_blocks(source, image.data_at, image.data_end, codes)
    indices = lzw.scratch(image.width * image.height)
    lzw.unpack(codes, count, image.code_bits, indices)
    at, colours = image.palette.at, image.palette.colours
    table = np.zeros((256, 4), np.uint8)
    table[:colours, :3] = source[at : at + 3 * colours].reshape(-1, 3)
    table[:colours, 3] = 255
    if image.transparent >= 0:
        table[image.transparent, 3] = 0
    rows = table[indices[:-WIDE]].reshape(image.height, image.width, 4)
    order = [canvas.row_of(y, image.height) for y in range(image.height)]
    return rows[np.argsort(order)] if image.interlaced else rows


def test_image_gif_checksums_of_every_image_agree(real_data):
    folder = real_data / "gif-conformance" / "image-gif"
    lines = (folder / "tests" / "results.txt").read_text().splitlines()
    checked = 0
    for line in lines:
        path, _, expected = line.partition(": ")
        data = (folder / path).read_bytes()
        facts, checksum = walk(data), 0
        for image in facts.images:
            checksum = zlib.crc32(raw_rgba(data, facts, image).tobytes(), checksum)
        assert (path, checksum) == (path, int(expected))
        checked += 1
    assert checked == 12


@pytest.mark.parametrize(
    ("gif", "frame", "reference"),
    [
        ("different_transparency.gif", -1, "different_transparency_merged.png"),
        ("missing_background.gif", 1, "missing_background_first_frame.png"),
    ],
)
def test_pillows_reference_images_agree(real_data, gif, frame, reference):
    folder = real_data / "gif-conformance" / "pillow"
    ours = decode_gif_rgba((folder / gif).read_bytes())[frame]

    with PillowImage.open(folder / reference) as image:
        theirs = np.asarray(image.convert("RGBA"))

    shown = theirs[..., 3] > 0
    assert np.array_equal(ours[..., 3] > 0, shown)
    assert np.array_equal(ours[shown], theirs[shown])


@pytest.mark.parametrize("folder", ["go-fuzz-gif", "image-gif", "pillow", "pygif"])
def test_every_file_gives_frames_or_a_clean_error(real_data, folder):
    files = [f for f in (real_data / "gif-conformance" / folder).rglob("*") if f.is_file()]
    read = 0
    for file in files:
        try:
            frames = decode_gif(file.read_bytes(), limits=LIMITS)
        except MediaError:
            continue
        assert len(frames.pixels) == len(frames.timing) > 0
        read += 1
    assert read > 0
