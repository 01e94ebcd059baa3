"""From a model and clips to predictions: resumable, reusable, every loss counted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from anigifs.core.records import Clip, ClipSet, Problem
from anigifs.evaluate.align import Aligned, align
from anigifs.evaluate.forward import Logits, PredictConfig, Subject, logits_of
from anigifs.evaluate.metrics import softmax
from anigifs.evaluate.partial import Partial
from anigifs.evaluate.predictions import Predictions, Rule, read_predictions, write_predictions

__all__ = [
    "FileAnswer", "PredictConfig", "Subject", "predict", "predict_files", "predict_to",
    "settings_of",
]  # fmt: skip


def predict(
    subject: Subject,
    clips: ClipSet,
    config: PredictConfig = PredictConfig(),
    rule: Rule | None = None,
    spec: str = "",
    partial: Path | None = None,
) -> Predictions:
    """Predict every clip whose class the head has.

    rule: how the set's classes meet the head's, needed where they differ (see `align`).
    partial: a folder for finished batches; a call with the same arguments goes on from there.

    A clip that cannot be decoded becomes a problem of the result, not an error.

    Raises:
        ProtocolError: the classes differ and no rule was named, or none are shared.
    """
    aligned = align(clips, subject.classes, rule)
    settings = settings_of(subject, config)
    key = f"{subject.checkpoint} {spec} {settings}" if subject.checkpoint else ""
    store = Partial(partial, key, len(subject.classes))
    todo = [clip for clip in aligned.clips.clips if clip.id not in store.found]
    try:
        for clip, result in logits_of(subject, todo, config, f"predict {clips.name}"):
            store.add(clip.id, result)
    finally:
        store.flush()
    return _collect(subject, aligned, store.found, {"spec": spec, "settings": settings})


def predict_to(
    path: Path,
    subject: Subject,
    clips: ClipSet,
    config: PredictConfig = PredictConfig(),
    rule: Rule | None = None,
    spec: str = "",
) -> Predictions:
    """`predict` into a file that names the set, resumable.

    What is already there by the same weights, of the same clips and in the same way, is kept.
    """
    clips = replace(clips, name=path.stem)
    kept = _reusable(path, subject, align(clips, subject.classes, rule), config, spec)
    if kept is not None:
        write_predictions(path, kept)
        return kept
    partial = path.with_suffix(".partial")
    found = predict(subject, clips, config, rule, spec, partial)
    write_predictions(path, found)
    shutil.rmtree(partial, ignore_errors=True)
    return found


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What a model says of one file: the likeliest classes with their probabilities, or why not."""

    path: Path
    top: tuple[tuple[str, float], ...] = ()
    problem: str = ""


def predict_files(
    subject: Subject, clips: Sequence[Clip], config: PredictConfig = PredictConfig(), most: int = 5
) -> list[FileAnswer]:
    """The `most` likeliest classes of each clip; its label, split and domain are not used."""
    answers = []
    for clip, result in logits_of(subject, clips, config, "predict"):
        if isinstance(result, Problem):
            answers.append(FileAnswer(clip.path, problem=result.reason))
            continue
        shares = softmax(result[None])[0]
        order = np.argsort(-shares, kind="stable")[:most]
        top = tuple((subject.classes[at], float(shares[at])) for at in order)
        answers.append(FileAnswer(clip.path, top))
    return answers


def settings_of(subject: Subject, config: PredictConfig) -> str:
    """How clips become logits, as JSON: what must be equal for two results to be one."""
    about = {
        "view": subject.view.model_dump(mode="json"),
        "precision": config.precision,
        "views": config.views,
    }
    return json.dumps(about, sort_keys=True)


def _collect(
    subject: Subject,
    aligned: Aligned,
    found: Mapping[str, Logits | Problem],
    about: dict[str, str],
) -> Predictions:
    clips = aligned.clips
    pairs = [(clip, found[clip.id]) for clip in clips.clips]
    good = [(clip, row) for clip, row in pairs if not isinstance(row, Problem)]
    problems = tuple(row for _, row in pairs if isinstance(row, Problem))
    domains = sorted({str(clip.domain) for clip in clips.clips})
    return Predictions(
        ids=tuple(clip.id for clip, _ in good),
        groups=tuple(clip.group for clip, _ in good),
        labels=tuple(clip.label for clip, _ in good),
        classes=subject.classes,
        logits=np.array([row for _, row in good], np.float32).reshape(-1, len(subject.classes)),
        set_name=clips.name,
        domain=" + ".join(domains),
        simulated=clips.simulated,
        set_classes=aligned.set_classes,
        rule=aligned.rule,
        outside=aligned.outside,
        problems=(*clips.problems, *problems),
        checkpoint=subject.checkpoint,
        method=subject.method,
        run=subject.run,
        seed=subject.seed,
        selection=subject.selection,
        **about,
    )


def _reusable(
    path: Path, subject: Subject, aligned: Aligned, config: PredictConfig, spec: str
) -> Predictions | None:
    """What `path` holds, under the rule asked for now, if the same weights made it in this way."""
    if not path.exists() or not subject.checkpoint:
        return None
    old = read_predictions(path)
    wanted = (subject.checkpoint, spec, settings_of(subject, config))
    if (old.checkpoint, old.spec, old.settings) != wanted:
        return None
    broken = {problem.item for problem in old.problems}
    clips = {c.id: c.label for c in aligned.clips.clips if c.id not in broken}
    if clips != dict(zip(old.ids, old.labels, strict=True)):
        return None
    return replace(old, rule=aligned.rule, set_classes=aligned.set_classes)
