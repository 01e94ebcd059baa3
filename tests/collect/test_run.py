"""The job: queries and downloads together, on a web without sockets."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from anigifs.catalog import Hit, Kind, NewQuery, Workspace
from anigifs.collect.fakeweb.world import Quirk
from anigifs.collect.plan import CollectConfig, Plan, make_plan
from anigifs.collect.providers.local import Local, LocalConfig
from anigifs.collect.run import bring_in, retry, work
from anigifs.collect.tally import Tally
from anigifs.core.errors import ConfigError, InputError, UnknownName
from anigifs.net.fetcher import Fetched
from anigifs.net.reasons import FetchFailed, Reason
from tests.collect.webs import (
    CLASSES,
    KEY,
    KEYS,
    SITE,
    class_folders,
    fake_web,
    paint,
    provider_at,
)

REASONS = {404: Reason.GONE, 429: Reason.RATE_LIMITED, 302: Reason.TOO_MANY_REDIRECTS}


class PretendWeb:
    """The fake web by function call. `down`: paths that fail, with their reason."""

    def __init__(self, web):
        self.web, self.asked, self.fetched, self.down = web, [], Counter(), {}

    async def ask(self, request):
        self.asked.append(request.url)
        return self.get(request.send_url()).body

    async def fetch(self, url):
        self.fetched[url] += 1
        reply = self.get(url)
        return Fetched(
            url=url, final_url=url, status=200, data=reply.body, took_s=0.0,
            headers=CIMultiDictProxy(CIMultiDict({"Content-Type": reply.kind})),
        )  # fmt: skip

    def get(self, url):
        parts = urlsplit(url)
        if parts.path in self.down:
            raise FetchFailed(self.down[parts.path], url, "down")
        reply = self.web.reply(SITE, parts.path, dict(parse_qsl(parts.query)))
        if reply.status != 200:
            reason = REASONS.get(reply.status, Reason.SERVER_ERROR)
            raise FetchFailed(reason, url, f"HTTP {reply.status}", status=reply.status)
        return reply

    def queued(self, host):
        return 0


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(tmp_path / "ws", {"operator": "me@example.org"}) as opened:
        yield opened


@pytest.fixture
def classes(tmp_path):
    file = tmp_path / "classes.txt"
    file.write_text("\n".join(CLASSES))
    return str(file)


def plan_of(classes, *providers, **options):
    config = CollectConfig(
        classes=classes, providers=providers, options=options, web="http://127.0.0.1:1"
    )
    return make_plan(config, KEYS)


def run(workspace, plan, web):
    """One job, as `collect` runs it."""
    workspace.queries.add(plan.queries)
    tally = Tally()
    asyncio.run(work(workspace, plan, web, tally))
    return tally


def test_everything_that_is_found_is_fetched_and_nothing_twice(workspace, classes):
    web = PretendWeb(fake_web(per_class=30))
    plan = plan_of(classes, "commons", "openverse", "klipy")
    tally = run(workspace, plan, web)
    items = {f"{item.id}.gif" for kept in web.web.world.items.values() for item in kept}
    for provider in ("commons", "openverse", "klipy"):
        urls = [url for url in web.fetched if f"/media/{provider}/" in url]
        assert {url.rpartition("/")[2] for url in urls} == items
        assert tally.row(provider).fetched == len(items) == 90
    assert set(web.fetched.values()) == {1}
    assert len(workspace.fetches.blobs()) == 90  # the same bytes at three providers
    total = workspace.funnel().total
    assert (total.asked, total.unasked, total.fetched, total.unscreened) == (27, 0, 90, 90)


def test_what_was_found_keeps_its_words_and_its_terms(workspace, classes):
    run(workspace, plan_of(classes, "openverse"), PretendWeb(fake_web(per_class=5)))
    hits = workspace.hits.of(workspace.fetches.blobs()[0])
    assert {hit.label for hit in hits} <= set(CLASSES)
    for hit in hits:
        assert hit.spdx in ("CC0-1.0", "CC-BY-4.0", "CC-BY-SA-3.0")
        assert hit.licence_url.startswith("https://creativecommons.org/")
        assert "simulated" in hit.credit
        assert (hit.may_store, hit.may_release_url, hit.id_only) == (True, True, False)


def test_a_provider_of_ids_only_is_listed_and_never_fetched(workspace, classes):
    web = PretendWeb(fake_web(per_class=5))
    tally = run(workspace, plan_of(classes, "giphy"), web)
    assert not web.fetched
    assert tally.row("giphy").listed == tally.row("giphy").found == 15
    total = workspace.funnel().total
    assert (total.found, total.not_stored, total.fetched) == (15, 15, 0)


def test_a_second_run_asks_for_nothing(workspace, classes):
    plan = plan_of(classes, "openverse", "commons")
    run(workspace, plan, PretendWeb(fake_web(per_class=5)))
    again = PretendWeb(fake_web(per_class=5))
    tally = run(workspace, plan, again)
    assert (again.asked, len(again.fetched), tally.total.found) == ([], 0, 0)


def test_a_query_ends_at_its_cap(workspace, classes):
    plan = plan_of(classes, "openverse", openverse={"per_query": 25})
    run(workspace, plan, PretendWeb(fake_web(per_class=60)))
    assert {(q.found, q.pages, q.complete) for q in workspace.queries.all()} == {(25, 2, True)}


@pytest.mark.parametrize("quirk", [Quirk.REPEATS, Quirk.EMPTIES])
@pytest.mark.parametrize("provider", ["giphy", "klipy", "openverse", "commons"])
def test_paging_that_goes_in_circles_stops(workspace, provider, quirk, monkeypatch):
    web = fake_web(per_class=30)
    monkeypatch.setattr(type(web.world), "quirk", lambda *_: quirk)
    plan = Plan({provider: provider_at(provider, page_size=10)}, plan_queries(provider))
    pretend = PretendWeb(web)
    run(workspace, plan, pretend)
    (query,) = workspace.queries.all()
    assert (query.complete, query.found) == (True, 10)
    assert len(pretend.asked) == 2


def plan_queries(provider):
    return (NewQuery(provider, "clapping", "animated clapping gif"),)


def test_faults_are_kept_by_reason_and_can_be_tried_again_by_reason(workspace, classes):
    web = PretendWeb(fake_web(per_class=4))
    first, second = (f"/media/openverse/clapping-000{n}.gif" for n in (0, 1))
    web.down = {first: Reason.STALLED, second: Reason.GONE}
    plan = plan_of(classes, "openverse")
    tally = run(workspace, plan, web)
    assert tally.reasons == {"stalled": 1, "gone": 1}
    web.down, before = {}, web.fetched.copy()
    assert retry(workspace, "stalled") == 1
    run(workspace, replace(plan, queries=()), web)
    assert web.fetched - before == {SITE + first: 1}
    assert workspace.funnel().total.failed == {"gone": 1}


def test_a_retry_leaves_alone_what_waits_for_another_reason_or_was_never_tried(workspace, classes):
    web = PretendWeb(fake_web(per_class=4))
    stalled, gone = (f"/media/openverse/clapping-000{n}.gif" for n in (0, 1))
    web.down = {stalled: Reason.STALLED, gone: Reason.GONE}
    plan = plan_of(classes, "openverse")
    run(workspace, plan, web)
    workspace.queries.add([NewQuery("openverse", "situp", "never asked yet")])
    workspace.hits.add(1, [Hit(provider="openverse", id="new", label="situp", may_store=True,
                               url=f"{SITE}/media/openverse/never-asked.gif")])  # fmt: skip
    web.down, before, asked = {}, web.fetched.copy(), len(web.asked)
    with workspace.queue.only("stalled"):
        retry(workspace, "stalled")
        run(workspace, replace(plan, queries=()), web)
        assert workspace.queue.counts(Kind.FETCH)["waiting"] == 0, "nothing else is known"
    assert web.fetched - before == {SITE + stalled: 1}
    assert len(web.asked) == asked
    assert workspace.queue.counts(Kind.FETCH)["waiting"] == 1, "the rest is left for a plain run"
    assert workspace.queue.counts(Kind.QUERY)["waiting"] == 1


def test_a_query_that_is_asked_again_has_its_findings_fetched(workspace, classes):
    web = PretendWeb(fake_web(per_class=4))
    web.down = {"/openverse/v1/images/": Reason.STALLED}
    plan = plan_of(classes, "openverse")
    run(workspace, plan, web)
    web.down = {}
    with workspace.queue.only("stalled"):
        assert retry(workspace, "stalled") == 9
        assert run(workspace, replace(plan, queries=()), web).total.fetched == 12


def test_a_retry_that_was_stopped_can_be_called_again(workspace, classes):
    web = PretendWeb(fake_web(per_class=4))
    web.down = {"/media/openverse/clapping-0000.gif": Reason.STALLED}
    run(workspace, plan_of(classes, "openverse"), web)
    assert retry(workspace, "stalled") == 1
    assert retry(workspace, "stalled") == 0  # it waits already; nothing is unknown about it
    with workspace.queue.only("stalled"):
        assert len(workspace.queue.lease(Kind.FETCH, "me", 9)) == 1


def test_retrying_for_a_reason_that_nothing_failed_for_names_those_there_are(workspace, classes):
    web = PretendWeb(fake_web(per_class=4))
    web.down = {"/media/openverse/clapping-0000.gif": Reason.GONE}
    run(workspace, plan_of(classes, "openverse"), web)
    with pytest.raises(UnknownName, match="Did you mean 'gone'"):
        retry(workspace, "gon")


def test_a_query_that_is_refused_fails_alone_and_says_why(workspace, classes):
    web = PretendWeb(fake_web(per_class=4))
    web.down = {"/commons/w/api.php": Reason.RATE_LIMITED}
    plan = plan_of(classes, "commons", "openverse")
    tally = run(workspace, plan, web)
    assert workspace.queue.failures(Kind.QUERY) == {"rate-limited": 9}
    total = workspace.funnel().total
    assert (total.asked, total.unasked, total.unanswered) == (9, 0, {"rate-limited": 9})
    assert workspace.funnel().classes["situp"].unanswered == {"rate-limited": 3}
    assert tally.row("openverse").fetched == 12
    web.down = {}
    assert retry(workspace, "rate-limited") == 9
    assert (workspace.funnel().total.unasked, workspace.funnel().total.unanswered) == (9, {})
    assert run(workspace, replace(plan, queries=()), web).row("commons").fetched == 12


def test_an_answer_in_another_shape_fails_its_query_with_a_code(workspace, classes, monkeypatch):
    plan = plan_of(classes, "openverse")
    web = PretendWeb(fake_web())

    async def page(request):
        return b"<html>maintenance</html>"

    monkeypatch.setattr(web, "ask", page)
    run(workspace, plan, web)
    assert workspace.queue.failures(Kind.QUERY) == {"other-shape": 9}


def test_what_is_put_off_is_no_failure(workspace, classes):
    web = PretendWeb(fake_web(per_class=4))
    web.down = {"/openverse/v1/images/": Reason.HOST_WAITS}
    tally = run(workspace, plan_of(classes, "openverse"), web)
    assert workspace.queue.failures(Kind.QUERY) == {}
    assert tally.postponed == {"host-waits": 9}


def test_no_key_reaches_the_catalog_or_the_tally(workspace, classes, tmp_path):
    tally = run(workspace, plan_of(classes, "giphy", "klipy"), PretendWeb(fake_web(clean=False)))
    secret = KEY.encode()
    written = [file for file in (tmp_path / "ws").rglob("*") if file.is_file()]
    assert written
    for file in written:
        assert secret not in file.read_bytes()
        assert b"s3cret" not in file.read_bytes()
    assert "s3cret" not in json.dumps(tally.as_json()) + repr(tally.problems)


def local(**values):
    return Local(LocalConfig(**values), KEYS)


def test_an_import_brings_in_files_under_their_folders_names(workspace, tmp_path):
    folder = class_folders(tmp_path / "mine")
    tally = bring_in(workspace, local(licence="CC0-1.0", credit="me"), folder)
    assert (tally.total.found, tally.total.fetched) == (9, 9)
    blobs = workspace.fetches.blobs()
    assert {workspace.blobs.read(sha) for sha in blobs} == {
        paint(label, number) for label in CLASSES for number in range(3)
    }
    hit = workspace.hits.of(blobs[0])[0]
    assert hit.label in CLASSES
    assert (hit.spdx, hit.credit, hit.may_release_url) == ("CC0-1.0", "me", False)


def test_importing_again_adds_only_what_is_new(workspace, tmp_path):
    folder = class_folders(tmp_path / "mine")
    bring_in(workspace, local(), folder)
    (folder / "situp" / "new.gif").write_bytes(paint("situp", 99))
    tally = bring_in(workspace, local(), folder)
    assert (tally.total.found, tally.total.fetched) == (1, 1)
    assert len(workspace.queries.all()) == 1


def test_a_list_with_urls_needs_an_operator_and_files_do_not(tmp_path):
    folder = class_folders(tmp_path / "mine", per_class=1)
    (folder / "list.txt").write_text("https://example.org/a.gif\nsitup/0.gif\n")
    with Workspace.create(tmp_path / "ws") as workspace:
        bring_in(workspace, local(), folder / "situp")
        with pytest.raises(ConfigError, match="operator"):
            bring_in(workspace, local(), folder / "list.txt")


@pytest.mark.parametrize("name", ["absent", "a.zip"])
def test_what_cannot_be_imported_leaves_no_trace(workspace, tmp_path, name):
    Path(tmp_path / "a.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError):
        bring_in(workspace, local(), tmp_path / name)
    assert workspace.queries.all() == []


def test_a_file_url_from_the_web_is_not_read_from_the_disk(workspace, tmp_path):
    """No provider lets one through; if one did, the job would not follow it."""
    (tmp_path / "secret").write_bytes(b"secret")
    workspace.queries.add([NewQuery("giphy", "x", "x")])
    url = (tmp_path / "secret").as_uri()
    hit = Hit(provider="giphy", id="1", label="x", url=url, may_store=True)
    workspace.queries.record_page(1, [hit], None)
    run(workspace, Plan({}), PretendWeb(fake_web()))
    assert workspace.funnel().total.failed == {"bad-url": 1}
    assert workspace.fetches.blobs() == []
