"""How many frames a second does one core draw, and write, in each rendering of `sim-1`?

Run: python -m benchmarks.simulate
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable

from anigifs.simulate.clip import Name, Rendered, render
from anigifs.simulate.config import CLASSES, Look, SimConfig
from anigifs.simulate.dataset import _encoded

CONFIG = SimConfig()
LOOKS = {"real": (CONFIG.real_look, ".mp4"), "animated": (CONFIG.animated_look, ".gif")}
ROUNDS, AIM = 5, 500


def rates(work: Callable[[int], Iterable[Rendered]]) -> dict[str, float]:
    work(0)
    found = []
    for number in range(ROUNDS):
        start = time.process_time()
        frames = sum(len(drawn.frames) for drawn in work(number))
        found.append(frames / (time.process_time() - start))
    return {"median": round(statistics.median(found)), "least": round(min(found))}


def draw(look: Look, number: int) -> list[Rendered]:
    return [render(Name("bench", label, number), look, CONFIG) for label in CLASSES]


def draw_and_write(look: Look, suffix: str, number: int) -> list[Rendered]:
    drawn = draw(look, number)
    for each in drawn:
        _encoded(each, suffix)
    return drawn


def main() -> None:
    report: dict[str, object] = {"unit": "frames/s a core, CPU time", "side_px": CONFIG.side_px}
    for name, (look, suffix) in LOOKS.items():
        report[name] = {
            "draw": rates(lambda number, look=look: draw(look, number)),
            "draw and write": rates(
                lambda number, look=look, suffix=suffix: draw_and_write(look, suffix, number)
            ),
        }
    report["aim (draw)"] = AIM
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
