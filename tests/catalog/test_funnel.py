"""The funnel, counted by hand for a small case and by plain Python for random ones."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.catalog import (
    OK,
    SCREENED,
    Decision,
    Fact,
    Hit,
    NewQuery,
    Outcome,
    Relation,
    Said,
    Stages,
    Then,
    Verdict,
    Workspace,
)


def hit(label, number, **more):
    url = f"http://h{number % 3}.test/{number}.gif"
    return Hit(provider="p", id=str(number), label=label, url=url, **{"may_store": True} | more)


def test_a_small_case_by_hand(tmp_path):
    with Workspace.create(tmp_path / "work") as w:
        w.queries.add([NewQuery("p", label, f"{label} gif") for label in ("run", "jump", "swim")])
        run, jump, _ = w.queries.all()
        w.queries.record_page(run.id, [hit("run", n) for n in range(7)], None)
        more = [hit("jump", 0), hit("jump", 7, may_store=False), hit("jump", 8)]
        w.queries.record_page(jump.id, more, None)
        shas = [w.blobs.put(b"%d" % n) for n in range(5)]
        urls = [hit("run", n).url for n in range(7)]
        got = [
            Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha)
            for url, sha in zip(urls, shas, strict=False)
        ]
        lost = Outcome(url=urls[5], reason="gone", then=Then.FAILED)
        w.fetches.record([*got, lost])
        w.facts.append([Fact(sha256=shas[0], check=SCREENED, said=Said.PASS)])
        w.facts.append([Fact(sha256=shas[1], check=SCREENED, said=Said.FAIL, reason="still")])
        w.facts.append([Fact(sha256=s, check=SCREENED, said=Said.PASS) for s in shas[2:4]])
        w.decisions.append([Decision(member=shas[2], other=shas[0], relation=Relation.DUPLICATE)])
        w.verdicts.append([Verdict(sha256=shas[0], label="run", said=Said.PASS)])
        w.verdicts.append([Verdict(sha256=shas[0], label="jump", said=Said.FAIL, reason="other")])
        funnel = w.funnel()
    assert funnel.classes["run"] == Stages(
        asked=1, found=7, unfetched=1, failed={"gone": 1}, fetched=5, unscreened=1, screened=4,
        rejected={"still": 1}, duplicate=1, waiting=1, accepted=1,
    )  # fmt: skip
    assert funnel.classes["jump"] == Stages(
        asked=1, found=3, not_stored=1, unfetched=1, fetched=1, screened=1,
        rejected={"other": 1},
    )  # fmt: skip
    assert funnel.classes["swim"] == Stages(unasked=1)
    assert funnel.total.found == 9
    assert funnel.total.unfetched == 2
    assert (funnel.total.asked, funnel.total.unasked) == (2, 1)


ITEM = st.tuples(
    st.sampled_from(["run", "jump"]),
    st.integers(0, 8),
    st.sampled_from(["", "gone", "got", "fail", "pass", "drop", "yes", "no"]),
)


@settings(max_examples=30)
@given(st.lists(ITEM, max_size=20, unique_by=lambda item: item[1]))
def test_every_blob_stands_in_one_stage_and_the_classes_add_up(tmp_path_factory, items):
    root = tmp_path_factory.mktemp("funnel") / "work"
    with Workspace.create(root) as w:
        w.queries.add([NewQuery("p", label, "") for label in ("run", "jump")])
        ids = {query.label: query.id for query in w.queries.all()}
        keeper = w.blobs.put(b"keeper")
        w.fetches.record([Outcome(url="x", reason=OK, then=Then.DONE, sha256=keeper)])
        for label, number, end in items:
            w.hits.add(ids[label], [hit(label, number)])
            settle(w, hit(label, number), end, keeper)
        funnel = w.funnel()
    for label, stages in [*funnel.classes.items(), (None, funnel.total)]:
        ends = Counter(end for own, _, end in items if label in (own, None))
        assert stages.found == ends.total()
        assert (stages.unfetched, sum(stages.failed.values())) == (ends[""], ends["gone"])
        assert stages.fetched == ends.total() - ends[""] - ends["gone"]
        assert stages.unscreened == ends["got"]
        assert stages.rejected == Counter(still=ends["fail"], other=ends["no"]) + Counter()
        assert (stages.duplicate, stages.accepted) == (ends["drop"], ends["yes"])
        assert stages.waiting == ends["pass"]
        whole = stages.unscreened + sum(stages.rejected.values()) + stages.duplicate
        assert whole + stages.waiting + stages.accepted == stages.fetched
        assert stages.screened == stages.fetched - stages.unscreened


def settle(w, found, end, keeper):
    """Bring one item to where `end` says."""
    if end in ("", "gone"):
        if end:
            w.fetches.record([Outcome(url=found.url, reason=end, then=Then.FAILED)])
        return
    sha = w.blobs.put(found.url.encode())
    w.fetches.record([Outcome(url=found.url, reason=OK, then=Then.DONE, sha256=sha)])
    if end != "got":
        said, reason = (Said.FAIL, "still") if end == "fail" else (Said.PASS, "")
        w.facts.append([Fact(sha256=sha, check=SCREENED, said=said, reason=reason)])
    if end == "drop":
        w.decisions.append([Decision(member=sha, other=keeper, relation=Relation.DUPLICATE)])
    if end in ("yes", "no"):
        said, reason = (Said.PASS, "") if end == "yes" else (Said.FAIL, "other")
        w.verdicts.append([Verdict(sha256=sha, label=found.label, said=said, reason=reason)])
