"""The data that a study on simulated domains makes for itself, in `OUT/data`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anigifs.core.config import build
from anigifs.datasets import open_clips
from anigifs.release.gifify import GififyConfig, gifify
from anigifs.simulate.config import SPLITS, SimConfig
from anigifs.simulate.dataset import simulate
from anigifs.study.alone import alone
from anigifs.study.config import StudyConfig
from anigifs.study.places import fill
from anigifs.study.plan import merge

GIFIFY = "gifify"


@dataclass(frozen=True, slots=True)
class Simulation:
    """One simulated dataset: `root/real`, `root/animated`, and `root/real-gif` if asked for."""

    root: Path
    config: SimConfig
    gifs: GififyConfig | None

    @property
    def clips(self) -> int:
        """How many clips it has, without the GIFs made of real ones."""
        counts = (self.config.real, self.config.animated)
        each: int = sum(getattr(count, split) for count in counts for split in SPLITS)
        return each * len(self.config.classes)


def simulations(study: StudyConfig, out: Path) -> list[Simulation]:
    """What the study makes; a name with `{seed}` stands for one a seed.

    Raises:
        ConfigError: a table is not one of the simulator.
    """
    found: dict[Path, Simulation] = {}
    for seed in study.seeds:
        tables = fill(study.simulate.make, {"seed": str(seed)})
        for name, own in tables.items():
            found[out / "data" / name] = _simulation(study, out / "data" / name, own)
    return list(found.values())


def make(wanted: list[Simulation], workers: int) -> None:
    """Make what is absent; resumable, and safe when two studies do it at once."""
    for one in wanted:
        with alone(one.root, wait=True):
            simulate(one.root, one.config, workers)
            if one.gifs is not None:
                test = open_clips(f"{one.root / 'real'}?split=test")
                gifify(test, one.root / "real-gif", one.gifs, workers)


def _simulation(study: StudyConfig, root: Path, own: dict[str, Any]) -> Simulation:
    values = merge(study.simulate.shared, own)
    gifs = values.pop(GIFIFY, None)
    where = f"the study's table simulate.make.{root.name}"
    made = None if gifs is None else build(GififyConfig, gifs, where)
    return Simulation(root, build(SimConfig, values, where), made)
