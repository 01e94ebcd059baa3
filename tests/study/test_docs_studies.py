"""docs/studies.md: its own study is a valid one, and it names everything there is."""

import re
from pathlib import Path

from anigifs.study.library import Where, load_study, shipped
from anigifs.study.plan import plan

PAGE = (Path(__file__).parents[2] / "docs" / "studies.md").read_text("utf-8")


def test_the_study_on_the_page_makes_a_plan(tmp_path):
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "mine.toml").write_text(text)
    study = load_study(str(tmp_path / "mine.toml"), Where(tmp_path, tmp_path))
    jobs = plan(study, tmp_path)
    assert len(jobs) == 15
    assert jobs[2].config.train.algorithm.options().augment.name == "gifify-augment"


def test_every_shipped_study_and_place_stands_on_the_page(tmp_path):
    for name in shipped():
        assert f"| `{name}` |" in PAGE
    data = Path("DATA")
    for name in ("study-1", "study-2", "ucf-hmdb", "hac"):
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}`"))
        for place in load_study(name, Where(data, tmp_path)).places.values():
            folder = re.search(r"DATA/([\w-]+)", place)[1]
            assert f"`{folder}/" in row
