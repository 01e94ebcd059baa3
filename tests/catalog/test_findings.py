"""Facts, fingerprints, decisions and verdicts: appended, the newest counts."""

import pytest
from sqlalchemy.exc import IntegrityError

from anigifs.catalog import (
    SCREENED,
    Decision,
    Fact,
    Fingerprint,
    Relation,
    Said,
    Verdict,
    WorkspaceFault,
)
from tests.catalog.test_workspace import fill, workspace  # noqa: F401


def screened(sha, said, reason=""):
    return Fact(sha256=sha, check=SCREENED, said=said, reason=reason, evidence={"n": 2}, by="me")


def test_a_newer_fact_counts_and_the_older_stays(workspace):  # noqa: F811
    a, b = fill(workspace, 2)
    first, second = screened(a, Said.FAIL, "too-small"), screened(a, Said.PASS)
    other = Fact(sha256=a, check="colours", said=Said.NOTE, evidence={"count": 7})
    workspace.facts.append([first, screened(b, Said.PASS)])
    workspace.facts.append([second, other])
    assert workspace.facts.of(a) == [first, second, other]
    assert workspace.facts.latest(SCREENED, [a, b])[a] == second
    assert workspace.facts.passed() == [b, a]


def test_facts_are_appended_all_or_none(workspace):  # noqa: F811
    (a,) = fill(workspace, 1)
    with pytest.raises((IntegrityError, WorkspaceFault)):
        workspace.facts.append([screened(a, Said.PASS), screened("0" * 64, Said.PASS)])
    assert workspace.facts.of(a) == []


def test_fingerprints_are_scanned_from_where_one_stopped(workspace):  # noqa: F811
    shas = fill(workspace, 5)
    prints = [Fingerprint(sha, "pdq-1", bytes([n])) for n, sha in enumerate(shas)]
    assert workspace.fingerprints.add(prints[:3]) == 3
    *_, (position, _) = workspace.fingerprints.scan("pdq-1")
    assert workspace.fingerprints.add(prints) == 2
    assert [p for _, p in workspace.fingerprints.scan("pdq-1", position)] == prints[3:]
    assert list(workspace.fingerprints.scan("other")) == []
    assert workspace.fingerprints.get("pdq-1", shas[:2]) == {shas[0]: b"\0", shas[1]: b"\1"}


def test_a_decision_on_a_pair_can_be_overruled(workspace):  # noqa: F811
    a, b, c = fill(workspace, 3)
    drop = Decision(
        member=a, other=b, relation=Relation.DUPLICATE, distance=9.0, transform="resized"
    )
    also = Decision(member=c, other=b, relation=Relation.DUPLICATE, evidence={"matched": 0.9})
    workspace.decisions.append([drop, also])
    assert workspace.decisions.dropped() == {a: b, c: b}
    no = Decision(member=a, other=b, relation=Relation.DISTINCT, by="a person")
    workspace.decisions.append([no])
    assert workspace.decisions.dropped() == {c: b}
    assert workspace.decisions.of(a) == [drop, no]
    assert workspace.decisions.of(b) == [drop, also, no]
    assert workspace.decisions.current(Relation.DISTINCT) == [no]


def test_verdicts_are_kept_in_order(workspace):  # noqa: F811
    (a,) = fill(workspace, 1)
    yes = Verdict(sha256=a, label="run", said=Said.PASS, by="four people")
    no = Verdict(sha256=a, label="run", said=Said.FAIL, reason="no-character")
    workspace.verdicts.append([yes, no])
    assert workspace.verdicts.of(a) == [yes, no]
