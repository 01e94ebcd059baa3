"""Real animations, some in a wrong folder, become a release that others load."""

import shutil

import pytest

from anigifs.annotate.config import AnnotateConfig
from anigifs.annotate.consensus import resolve
from anigifs.annotate.queue import refresh
from anigifs.annotate.simulate import AnnotatorConfig, Rates, Truth, annotators, vote_all
from anigifs.catalog import Said, Workspace
from anigifs.collect.keys import Keys
from anigifs.collect.providers.local import Local, LocalConfig
from anigifs.collect.run import bring_in
from anigifs.core.files import sha256
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.open import search_specs
from anigifs.curate.screen.config import ScreenConfig
from anigifs.curate.screen.run import screen
from anigifs.datasets import open_clips
from anigifs.datasets.release import verify_release
from anigifs.release.build import build
from anigifs.release.plan import BuildConfig

pytestmark = [pytest.mark.real, pytest.mark.slow]

CLASSES = ("situp", "squat", "pull ups", "push up", "shaking hands", "clapping")
MOVED = {"situp": "squat", "clapping": "shaking hands"}
"""The first file of a class lies in the folder of another."""
NEVER = Rates()
CAREFUL = AnnotatorConfig(false_accept=NEVER, false_reject=NEVER, unsure=NEVER, names_other=1.0)


def misfiled(real_data, folder):
    """The folders as somebody would hand them in, and what each file really shows."""
    shown = {}
    for label in CLASSES:
        for place, file in enumerate(sorted((real_data / "animated" / label).glob("*.gif"))):
            put = folder / (MOVED.get(label, label) if place == 0 else label)
            put.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, put / file.name)
            shown[sha256(file)] = label
    return shown


def workspace_of(folder, root):
    workspace = Workspace.create(root)
    bring_in(workspace, Local(LocalConfig(licence="CC-BY-4.0", credit="Noto"), Keys({})), folder)
    screen(workspace, ScreenConfig(), 1)
    search_specs([str(root)], "", DedupConfig(), 1)
    return workspace


def test_misfiled_animations_are_moved_to_their_class_and_the_release_loads(real_data, tmp_path):
    shown = misfiled(real_data, tmp_path / "files")
    with workspace_of(tmp_path / "files", tmp_path / "work") as workspace:
        truth = {sha: Truth(label) for sha, label in shown.items()}
        for _ in range(2):
            refresh(workspace, AnnotateConfig(k=3))
            vote_all(workspace, annotators([CAREFUL] * 3, 0), truth)
            resolve(workspace, "majority")
        taken = {v.sha256: v.label for v in workspace.verdicts.current() if v.said is Said.PASS}
        assert taken == {sha: shown[sha] for sha in taken}
        assert len(taken) >= len(shown) - len(workspace.decisions.dropped())
        build(workspace, tmp_path / "release", BuildConfig(name="mine", version="1.0.0"))
    assert verify_release(tmp_path / "release") == []
    clips = open_clips(f"{tmp_path / 'release'}?split=test").clips
    assert {clip.label for clip in clips} == set(CLASSES)
    assert {sha256(clip.path): clip.label for clip in clips} == taken
