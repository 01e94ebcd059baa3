"""How good the guess "drawn or filmed" is.

Run: ANIGIFS_TEST_DATA=folder python -m benchmarks.drawn_guess

Answers one question: with a score of 0.5 as the border, which share of what is called drawn is so
(precision), and which share of the drawn is called so (recall)? Real animations beside real videos
made into GIFs in four styles. Few sources: class, source and domain are confounded, n is printed.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from anigifs.curate.screen.guess import guess
from anigifs.media.decode import decode
from anigifs.media.encode import encode_gif
from anigifs.media.frames import Timing
from anigifs.media.gif import decode_gif
from anigifs.media.resize import resize_short
from anigifs.media.sampling import Indices, spread

FRAMES, SIDE_PX = 6, 240
STYLES = {
    "256 colours, dithered": {"colours": 256, "dither": True},
    "256 colours": {"colours": 256},
    "64 colours": {"colours": 64},
    "32 colours": {"colours": 32},
}


def some(timing: Timing) -> Indices:
    return spread(len(timing), min(FRAMES, len(timing)))


def main() -> None:
    root = Path(os.environ["ANIGIFS_TEST_DATA"])
    drawn = sorted((root / "animated").rglob("*.gif"))
    filmed = sorted(path for path in (root / "real-video").glob("*/*") if path.is_file())
    scores = [guess(decode(path, some).pixels)["score"] for path in drawn]
    clips = [resize_short(decode(path, some).pixels, SIDE_PX) for path in filmed]
    hits = sum(score >= 0.5 for score in scores)
    report = {}
    for style, options in STYLES.items():
        made = [decode_gif(encode_gif(c, [40.0] * len(c), **options)).pixels for c in clips]
        wrong = sum(guess(pixels)["score"] >= 0.5 for pixels in made)
        report[style] = {
            "called_drawn_though_filmed": f"{wrong} of {len(made)}",
            "precision": round(hits / max(1, hits + wrong), 3),
        }
    found = {
        "benchmark": "the guess drawn or filmed, score 0.5",
        "recall": f"{hits} of {len(drawn)}",
        "least_score_of_drawn": min(scores),
        "film_as": report,
    }
    json.dump(found, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
