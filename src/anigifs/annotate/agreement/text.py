"""The report on agreement as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from anigifs.annotate.agreement.answers import ACCEPT
from anigifs.annotate.agreement.records import ClassRow, Measures, PairKappa, PersonRow
from anigifs.annotate.agreement.statistics import Agreement

LONGEST_NAME = 32
_MEASURED = ("agree %", "alpha", "Fleiss", "Cohen, mean")
_NAMES = {
    "animation": "is an animation",
    "character": "a character performs",
    "exact": "exactly this class",
    ACCEPT: "accept (all three)",
}


def head(items: int, shared: int, votes: int, people: int) -> list[str]:
    """What the report rests on."""
    return [
        f"Agreement: {_count(votes, 'vote')} of {_count(people, 'person', 'people')} on "
        f"{_count(items, 'item')}, {shared} of them with two votes or more; "
        "in brackets: 95 % intervals over items"
    ]


def notes(simulated: Sequence[str], golds_left_out: int, unsure_missing: bool) -> list[str]:
    """What a reader must know before the numbers."""
    told = []
    if simulated:
        told.append(
            f"SIMULATED: {', '.join(simulated)} are programs with stated error rates; "
            "no number with them says anything of people"
        )
    if golds_left_out:
        told.append(
            f"{_count(golds_left_out, 'gold item')} left out: they are scored below, by person"
        )
    if unsure_missing:
        told.append("unsure counts as no vote")
    return told


def questions(measures: Mapping[str, Measures]) -> list[str]:
    """The table of the questions, with 95 % intervals."""
    rows = [["question", "yes/no/unsure", "items", *_MEASURED]]
    for asked, found in measures.items():
        said = "/".join(str(times) for times in found.said.values())
        rows.append([_NAMES[asked], said, str(found.alpha.items), *_cells(found)])
    whys = dict.fromkeys(why for found in measures.values() for why in _whys(found))
    return ["", *_table(rows), *(f"  – {why}" for why in whys)]


def pairs(found: Sequence[PairKappa]) -> list[str]:
    """Cohen's kappa of each pair of people, for the overall accept."""
    if not found:
        return []
    rows = [["pair (accept)", "items", "Cohen", ""]]
    rows += [
        [f"{_cut(pair.first)} + {_cut(pair.second)}", str(pair.kappa.items), _cell(pair.kappa),
         pair.kappa.why] for pair in found
    ]  # fmt: skip
    return ["", *_table(rows)]


def people(found: Sequence[PersonRow]) -> list[str]:
    """Votes, pace and gold accuracy of each person, and what they got wrong."""
    if not found:
        return []
    rows = [["person", "votes", "unsure", "s an item, median (quartiles)", "golds right, accept"]]
    for person in found:
        rows.append([
            _cut(person.name), str(person.votes), str(person.unsure), _pace(person), _gold(person)
        ])  # fmt: skip
    return ["", *_table(rows), *(line for person in found for line in _wrong(person))]


def classes(found: Sequence[ClassRow], asked: str) -> list[str]:
    """One question by class; the classes that people agree on least stand first."""
    if not found:
        return []
    rows = [[f"class ({asked})", "yes/no/unsure", "items", *_MEASURED, ""]]
    for row in sorted(found, key=lambda row: _least_agreed(row.questions[asked])):
        measures = row.questions[asked]
        said = "/".join(str(times) for times in measures.said.values())
        why = measures.alpha.why or measures.fleiss.why
        rows.append([
            _cut(row.label), said, str(measures.alpha.items), *_cells(measures), why
        ])  # fmt: skip
    return ["", *_table(rows)]


def _cells(found: Measures) -> list[str]:
    percent = _cell(found.percent, 100, 1)
    return [percent, *(_cell(each) for each in (found.alpha, found.fleiss, found.cohen))]


def _cell(found: Agreement, scale: float = 1, digits: int = 3) -> str:
    """`0.743 [0.447, 0.939]`; a dash for what is not defined."""
    if found.value is None:
        return "–"
    value = _number(found.value * scale, digits)
    if found.low is None or found.high is None:
        return f"{value} [–]"
    return f"{value} [{_number(found.low * scale, digits)}, {_number(found.high * scale, digits)}]"


def _number(value: float, digits: int) -> str:
    told = f"{value:.{digits}f}"
    return told.replace("-", "−") if float(told) else told.lstrip("-")


def _whys(found: Measures) -> Iterator[str]:
    for name, each in zip(
        _MEASURED, (found.percent, found.alpha, found.fleiss, found.cohen), strict=True
    ):
        if each.why:
            yield f"{name}: {each.why}"
        if each.left_out:
            yield f"{name}: {_count(each.left_out, 'item')} with another number of votes left out"


def _least_agreed(found: Measures) -> tuple[bool, float, int]:
    value = found.percent.value
    return (value is None, value or 0.0, -found.percent.items)


def _pace(person: PersonRow) -> str:
    if person.median_s is None:
        return "–"
    return f"{person.median_s:.1f} ({person.q25_s:.1f} to {person.q75_s:.1f})"


def _gold(person: PersonRow) -> str:
    score = next((score for score in person.golds if score.asked == ACCEPT), None)
    if score is None or score.share.value is None:
        return "–"
    share = score.share
    bounds = f"[{100 * (share.low or 0):.1f}, {100 * (share.high or 0):.1f}]"
    return f"{share.right} of {share.asked}, {100 * (share.value or 0):.1f} % {bounds}"


def _wrong(person: PersonRow) -> Iterator[str]:
    for score in person.golds:
        missed = {pair: n for pair, n in score.confusion.items() if pair[0] != pair[1]}
        told = ", ".join(f"{said} for {owner} {n}x" for (owner, said), n in missed.items())
        if told:
            yield f"  {_cut(person.name)}, golds, {_NAMES[score.asked]}: said {told}"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _count(number: int, noun: str, nouns: str = "") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {nouns or noun + 's'}"
