"""The answers of a datasheet that the release itself and its workspace give.

Each is a few sentences of Markdown. A question that only people can answer is not here, and no
answer claims what was not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anigifs.core.records import Domain
from anigifs.release.datasheet import plain
from anigifs.release.records import Built, Media
from anigifs.release.stats.draw import count
from anigifs.release.stats.words import reasons

WHAT = {
    Domain.ANIMATED_GIF: "animated GIFs in which a drawn, cartoon or graphics character performs "
    "an action",
    Domain.REAL_GIF: "GIFs of people who perform an action",
    Domain.REAL_VIDEO: "videos of people who perform an action",
}
MOST_NAMED = 40


@dataclass(frozen=True, slots=True)
class People:
    """Who judged: the number of people, and of programs that stood in for some."""

    people: int = 0
    programs: int = 0


def answers(built: Built, people: People) -> dict[str, str]:
    """What can be answered, by key of the question."""
    return {**_composition(built), **_collection(built, people), **_distribution(built)}


def _composition(built: Built) -> dict[str, str]:
    labels = Counter(row.label for row in built.rows)
    low, high = min(labels.values(), default=0), max(labels.values(), default=0)
    groups = len({row.group or row.id for row in built.rows})
    return {
        "instances": f"{sentence(WHAT[built.domain])} An instance is one clip.",
        "total": f"{_clips(len(built.rows))} in {count(len(built.classes), 'class')}, {low} to "
        f"{high} in a class.{_empty(built.empty)}",
        "sample": _sample(built),
        "data": f"A media file and a row of `clips.parquet`. {_media(built)}",
        "label": "One action class, `label` in `clips.parquet`; `classes.csv` holds all in order.",
        "missing": _missing(built),
        "relationships": f"Clips that share a source or are near-duplicates share a `group`: "
        f"{count(groups, 'group')}. No split cuts through one.",
        "splits": _splits(built),
        "errors": _errors(built),
        "self-contained": f"{_media(built)} What is not shipped can vanish or change where it "
        "lies; its SHA-256 tells. No archive of it is part of this release.",
    }


def _collection(built: Built, people: People) -> dict[str, str]:
    total = built.funnel.total
    providers = Counter(row.provider for row in built.rows)
    named = _list(f"{plain(name)} ({number})" for name, number in providers.most_common())
    years = sorted({row.year for row in built.rows if row.year is not None})
    span = f"{years[0]} to {years[-1]}" if len(years) > 1 else "".join(map(str, years))
    credited = sum(bool(row.creator or row.credit) for row in built.rows)
    told = {
        "acquired": f"Found and fetched from providers, with the number of clips: {named}.",
        "mechanisms": f"Programs: complete queries to providers: {total.asked}; what they found "
        "was fetched, or imported from files.",
        "sampling": "None at random: whatever the queries found and the filters below let through.",
        "involved": _judges(people),
        "timeframe": f"Fetched {span} (UTC)." if years else "",
        "directly": f"From third parties, the providers: {named}.",
        "identifiable": f"Makers are credited as their licences ask: {_clips(credited)} name one "
        "in `ATTRIBUTION.csv`. Nothing else was looked for." if credited else "",
        "preprocessing": _filters(built),
        "raw": "The files are as fetched, but for animated WebP and APNG, which were converted to "
        "GIF. What was rejected is not part of the release.",
        "software": "Yes: anigifs, which also wrote this sheet.",
    }  # fmt: skip
    return told


def _distribution(built: Built) -> dict[str, str]:
    rows = [
        f"| {plain(name)} | {kinds.get('shipped', 0)} | {kinds.get('url', 0)} | "
        f"{kinds.get('id', 0)} |"
        for name, kinds in built.licences.items()
    ]
    table = "\n".join(["| licence | shipped | URL only | id only |", "|---|---|---|---|", *rows])
    return {
        "licence": "Each clip keeps the licence of its maker (`licence` in `clips.parquet`, "
        f"credits in `ATTRIBUTION.csv`):\n\n{table}",
        "restrictions": "The licences of the makers, as above.",
        "updated": "Versions are numbered: major when labels or splits change, minor when clips "
        "are added, patch for the rest. A clip that must be taken down leaves a tombstone and "
        "makes a patch version.",
        "older-versions": "A published version never changes.",
    }


def _sample(built: Built) -> str:
    total = built.funnel.total
    stages = [
        (total.found, "found"), (total.fetched, "fetched"), (total.screened, "screened"),
        (total.accepted, "accepted"),
    ]  # fmt: skip
    told = ", ".join(f"{number} {what}" for number, what in stages)
    left = Counter(one.reason for one in built.left_out)
    out = ", ".join(f"{number}: {plain(why)}" for why, number in sorted(left.items()))
    rest = f" Accepted, but not released: {out}." if left else ""
    return (
        f"A sample: {told}.{rest} Whether it is representative of anything larger was not examined."
    )


def _media(built: Built) -> str:
    kinds = Counter(row.media for row in built.rows)
    words = {
        Media.SHIPPED: "in the release", Media.URL: "known by URL and SHA-256 only",
        Media.ID: "known by the provider’s id and SHA-256 only",
    }  # fmt: skip
    told = [f"{kinds[kind]} {words[kind]}" for kind in Media if kinds[kind]]
    return f"Media: {', '.join(told)}." if told else ""


def _missing(built: Built) -> str:
    gone = sum(row.media is not Media.SHIPPED for row in built.rows)
    unseen = sum(row.frames is None for row in built.rows)
    told = [f"The bytes of {_clips(gone)}, for their licence or provider does not allow them."]
    told += [f"Size and duration of {_clips(unseen)}."] if unseen else []
    return " ".join(told) if gone or unseen else "No."


def _splits(built: Built) -> str:
    lines = []
    for scheme in built.schemes:
        sizes = ", ".join(f"{name} {number}" for name, number in scheme.splits.items())
        seed = f" Seed {scheme.seed}." if scheme.seed is not None else ""
        lines.append(f"- `{scheme.name}`: {plain(scheme.about)} ({sizes}).{seed}")
    return "\n".join(lines)


def _errors(built: Built) -> str:
    total = built.funnel.total
    return (
        f"Near-duplicates that were found and left out: {total.duplicate}; others may remain. "
        "Labels are judgements and can be wrong."
    )


def _filters(built: Built) -> str:
    total = built.funnel.total
    rejected = reasons(total.rejected, most=20) or "none"
    return (
        f"Files were screened by program, near-duplicates dropped ({total.duplicate}), and the "
        f"rest judged by class. Rejected: {plain(rejected)}."
    )


def _judges(people: People) -> str:
    told = []
    if people.people:
        told.append(
            f"{people.people} {'person' if people.people == 1 else 'people'} judged the animations."
        )
    if people.programs:
        told.append(f"{count(people.programs, 'program')} with stated error rates stood in for "
                    "people (simulated).")  # fmt: skip
    return " ".join([*told, "How they were compensated: *not answered*."]) if told else ""


def _empty(empty: Mapping[str, str]) -> str:
    if not empty:
        return ""
    return (
        f" {count(len(empty), 'further class')} had none left: "
        f"{_list(f'{plain(name)} ({plain(why)})' for name, why in empty.items())}."
    )


def sentence(words: str) -> str:
    """The words with a capital letter and a full stop."""
    return f"{words[:1].upper()}{words[1:]}."


def _list(parts: Iterable[str]) -> str:
    named = list(parts)
    rest = len(named) - MOST_NAMED
    return ", ".join(named[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _clips(number: int) -> str:
    return count(number, "clip")
