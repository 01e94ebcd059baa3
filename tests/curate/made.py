"""Files, datasets and workspaces that the tests write themselves."""

import os
import signal

import numpy as np

from anigifs.catalog import OK, Hit, NewQuery, Outcome, Then, Workspace
from anigifs.core.records import Clip, ClipSet, Domain
from anigifs.media.encode import encode_gif
from benchmarks.altered import copy_of
from tests.media.fingerprint.drawn import figure

DELAYS = np.full(12, 80.0)


def drawing(seed):
    return figure(seed, 12, 192, 256)


def gif(seed, copy=""):
    """A drawn animation, or a copy of it by its name in `benchmarks.altered`."""
    if copy:
        return copy_of(copy, drawing(seed), DELAYS)
    return encode_gif(drawing(seed), DELAYS)


def clip_set(root, files, name="made"):
    """files: {"class/name.gif": bytes}."""
    clips = []
    for inner, data in files.items():
        path = root / name / inner
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        label = inner.split("/")[0]
        clips.append(Clip(id=inner, path=path, domain=Domain.ANIMATED_GIF, label=label))
    classes = tuple(dict.fromkeys(clip.label for clip in clips))
    return ClipSet(name=name, classes=classes, clips=tuple(clips))


def workspace(root):
    return Workspace.create(root / "work")


def fetch(space, label, data, **hit):
    """Put bytes into a workspace as if they had been found for `label` and fetched."""
    number = len(space.fetches.blobs())
    url = f"http://h.test/{label}/{number}.gif"
    space.queries.add([NewQuery("local", label, label)])
    query = next(each for each in space.queries.all() if each.label == label)
    space.hits.add(
        query.id,
        [Hit(provider="local", id=url, label=label, url=url, may_store=True, **hit)],
    )
    sha = space.blobs.put(data)
    space.fetches.record([Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha)])
    return sha


def die():
    """What a decoder does that a file has made crash."""
    os.kill(os.getpid(), signal.SIGKILL)


def double(number):
    if number < 0:
        die()
    return 2 * number
