"""The page: self-contained, escaped, whole, the same each time, and it says what it must."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from anigifs.core.files import write_json
from anigifs.core.runs import find_runs
from anigifs.evaluate.resample import Estimate
from anigifs.media.encode import encode_gif
from anigifs.report import figures, samples
from anigifs.report.collect import collect
from anigifs.report.page import render, write_page
from anigifs.report.samples import Sample
from anigifs.report.tables import build_table
from tests.report.fakes import make_run, make_study

VOID = {"meta", "img", "br", "source", "link", "input", "path", "use"}


class Reader(HTMLParser):
    """Collects text, attributes and unbalanced tags."""

    def __init__(self, page):
        super().__init__()
        self.text, self.attributes, self.open, self.faults, self.ids = "", [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data):
        self.text += data


def page_of(root, title="A title", playing=()):
    found = collect([root])
    return render(found, build_table(found), title, playing)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return page_of(make_study(tmp_path_factory.mktemp("runs"), 1))


def gif(path, frames=4, side=32, noisy=False):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256 if noisy else 3, (frames, side, side, 3)).astype(np.uint8)
    path.write_bytes(encode_gif(pixels, np.full(frames, 80.0)))
    return path


def test_every_tag_is_closed_and_every_figure_is_inline(page):
    read = Reader(page)
    assert read.faults == []
    assert read.open == []
    assert page.count("<svg") == 2 + 2 + 4 + 4 + 2


def test_the_page_loads_nothing(page):
    read = Reader(page)
    loads = [(t, v) for t, n, v in read.attributes if n in ("src", "srcset", "href", "xlink:href")]
    assert [v for _, v in loads if not v.startswith(("data:image/", "#"))] == []
    assert "<script" not in page
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)
    (policy,) = [v for t, n, v in read.attributes if t == "meta" and "default-src" in v]
    assert "default-src 'none'" in policy
    assert "script" not in policy


def test_the_answer_stands_before_everything_else(page):
    text = Reader(page).text
    order = [text.index(words) for words in ("A title", "points", "Chance is", "The table")]
    assert order == sorted(order)
    assert "illustration, not evidence" in text[: text.index("The table")]
    assert "simulated data" in text[: text.index("The table")]


def test_numbers_of_the_table_stand_in_the_page(page, tmp_path):
    found = collect([make_study(tmp_path, 1)])
    cell = build_table(found).rows[1].cells["animated"]
    assert f"<b>{100 * cell.score.top1.value:.1f}</b>" in page
    assert f"gap {100 * cell.gap.value:.1f}" in page


def test_figures_take_their_colours_from_the_page(page):
    assert "#0102" not in page
    used = set(re.findall(r"var\((--[\w-]+)\)", page))
    light = page[page.index(":root") : page.index("@media")]
    inline = {"--sets", "--columns"}
    assert [name for name in used - inline if f"{name}:" not in light] == []


def test_ids_are_unique(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_what_a_search_found_stands_with_its_run(tmp_path):
    assert "What the search found" not in page_of(make_study(tmp_path / "none", 1))
    make_study(tmp_path / "some", 1)
    run = find_runs(tmp_path / "some")[0]
    edits = [["brightness", 1.25], ["grayscale", None]]
    write_json(run.searched_file, [{"step": 200, "score": 2.345, "edits": edits}])
    page = page_of(tmp_path / "some")
    assert "<td>200</td><td>2.35</td><td>brightness 1.25, grayscale</td>" in page
    assert Reader(page).faults == []


def test_the_same_runs_give_the_same_page(tmp_path):
    make_run(tmp_path, sets=("animated",))
    assert page_of(tmp_path) == page_of(tmp_path)


def test_hostile_names_are_text(tmp_path):
    bad = "<script>alert(1)</script>$\\frac{"
    run = make_run(tmp_path, sets=("animated",))
    run.config_file.write_text(
        run.config_file.read_text().replace('method = "erm"', f"method = '{bad}'")
    )
    shown = samples.Playing('"><b>x', bad, "data:image/gif;base64,", "data:image/jpeg;base64,")
    page = page_of(tmp_path, title=bad, playing=[shown])
    assert "<script" not in page
    assert Reader(page).faults == []
    assert "alert(1)" in Reader(page).text


def test_samples_play_and_broken_ones_are_returned(tmp_path):
    make_run(tmp_path / "runs", sets=("animated",))
    found = collect([tmp_path / "runs"])
    (tmp_path / "broken.gif").write_bytes(b"GIF89a")
    clips = [
        Sample("squat", "real", gif(tmp_path / "a.gif")),
        Sample("squat", "animated", tmp_path / "broken.gif"),
    ]
    problems = write_page(tmp_path / "page.html", found, build_table(found), "T", clips)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.count("data:image/gif;base64,") == 1
    assert page.count("data:image/jpeg;base64,") == 1
    assert [problem.item for problem in problems] == [str(tmp_path / "broken.gif")]


def test_a_small_gif_is_embedded_as_it_is(tmp_path):
    path = gif(tmp_path / "a.gif")
    assert samples.as_gif(path) == path.read_bytes()


def test_a_large_gif_becomes_a_small_one_that_still_moves(tmp_path):
    from PIL import Image

    path = gif(tmp_path / "a.gif", frames=30, side=200, noisy=True)
    assert path.stat().st_size > 5 * samples.MOST_BYTES
    small = tmp_path / "small.gif"
    small.write_bytes(samples.as_gif(path))
    assert small.stat().st_size <= samples.MOST_BYTES
    with Image.open(small) as image:
        assert image.n_frames > 1


def test_many_classes_are_cut_to_the_largest_drops(tmp_path):
    from anigifs.evaluate.predictions import from_arrays, write_predictions

    names = [f"class {i}" for i in range(60)]
    rng = np.random.default_rng(0)
    run = make_run(tmp_path, sets=("real", "animated"))
    for name in ("real", "animated"):
        made = from_arrays(
            [f"{i}" for i in range(120)],
            names * 2,
            rng.normal(size=(120, 60)) + 2 * np.tile(np.eye(60), (2, 1)),
            names,
            set_name=name,
            method="erm",
            run="erm-seed0",
            seed=0,
        )
        write_predictions(run.predictions(name), made)
    page = page_of(tmp_path)
    assert "the 30 of 60 that lose most" in page
    assert page.count("<svg") == 2 + 2 + 2


@pytest.mark.browser
def test_the_page_fits_a_phone(page, tmp_path):
    import shutil
    import subprocess

    browser = shutil.which("chromium")
    if not browser:
        pytest.skip("chromium is not installed")
    probe = "<script>document.title='w'+document.documentElement.scrollWidth</script></body>"
    loose = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    (tmp_path / "p.html").write_text(loose.replace("</body>", probe), encoding="utf-8")
    frame = '<iframe id="f" src="p.html" style="width:390px;height:800px;border:0"></iframe>'
    wait = "<script>onload=()=>{document.title=f.contentDocument.title}</script>"
    (tmp_path / "f.html").write_text(frame + wait, encoding="utf-8")
    flags = "--headless --no-sandbox --hide-scrollbars --disable-gpu --disable-quic --no-first-run"
    more = "--disable-sync --disable-background-networking --disable-component-update"
    out = subprocess.run(
        [browser, *flags.split(), *more.split(), "--virtual-time-budget=4000", "--dump-dom",
         "--allow-file-access-from-files", f"--user-data-dir={tmp_path / 'c'}",
         f"file://{tmp_path / 'f.html'}"],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    assert "<title>w390</title>" in out


def test_the_figure_names_the_gap_of_the_table_not_the_length_of_its_line(tmp_path):
    """They differ where a set has fewer classes than the source."""
    table = build_table(collect([make_run(tmp_path).path]))
    (row,) = table.rows
    cells = {**row.cells, "animated": replace(row.cells["animated"], gap=Estimate(0.617))}
    drawn = figures.accuracy(replace(table, rows=(replace(row, cells=cells),)), figures.WIDE)
    assert "61.7 points" in drawn
