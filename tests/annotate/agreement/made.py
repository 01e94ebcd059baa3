"""Votes in few words."""

from __future__ import annotations

from anigifs.catalog.annotation import Answer, Gold, Vote

WORDS = {"y": Answer.YES, "n": Answer.NO, "u": Answer.UNSURE, "-": Answer.NONE}


def vote(person, item, said, *, label="walking", took_ms=1_000):
    """A vote whose three answers are letters: "yyn", "n--"."""
    animation, character, exact = (WORDS[letter] for letter in said)
    return Vote(
        client_id=f"{person}-{item}-{label}", person=person, sha256=f"{item:064x}", label=label,
        animation=animation, character=character, exact=exact, took_ms=took_ms,
    )  # fmt: skip


def gold(item, said, label="walking"):
    """A gold with three answers; a dash is one that the owner left open."""
    names = ("animation", "character", "exact")
    answers = {name: WORDS[letter].value for name, letter in zip(names, said, strict=True)}
    told = {name: answer for name, answer in answers.items() if answer}
    return Gold(sha256=f"{item:064x}", label=label, answers=told)
