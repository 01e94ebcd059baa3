"""What every provider promises. A new entry in PROVIDERS is tested here unasked.

It needs an answer in the documented shape in src/anigifs/collect/fakeweb/answers.py.
"""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.collect.fakeweb.answers import RAGGED, SEARCHES
from anigifs.collect.fakeweb.world import Quirk
from anigifs.collect.keys import Keys
from anigifs.collect.providers import PROVIDERS, build_provider
from anigifs.collect.queries import Query
from anigifs.collect.records import FIRST, Page, Terms
from anigifs.core.errors import ConfigError, InputError, SourceError
from tests.collect.webs import (
    CLASSES,
    KEY,
    KEYS,
    ONLINE,
    SITE,
    answer,
    class_folders,
    fake_web,
    pages,
    provider_at,
)

TEXT = "animated push up gif"


@pytest.fixture(params=list(PROVIDERS))
def name(request):
    return request.param


@pytest.fixture
def query(name, tmp_path):
    """A query that the provider's fake answers with items."""
    if name == "local":
        return Query(str(class_folders(tmp_path / "mine")))
    return Query(TEXT, "push up")


def quirky(name, quirk):
    """A fake web and a query of it that has this quirk."""
    web = fake_web(clean=False)
    texts = (f"{word} {label} gif" for word in map(str, range(500)) for label in CLASSES)
    return web, next(Query(text) for text in texts if web.world.quirk(name, text) is quirk)


def test_paging_reaches_every_item_once_and_ends(name, query):
    web = fake_web()
    told = pages(provider_at(name), query, web)
    ids = [item.id for page in told for item in page.items]
    urls = [item.url.rpartition("/")[2] for page in told for item in page.items]
    expected = {f"{n}.gif" for n in range(3)} if name == "local" else {
        item.id + ".gif" for item in web.world.items["push up"]
    }  # fmt: skip
    assert told[-1].next is None
    assert len(set(ids)) == len(ids)
    assert set(urls) == expected
    assert not any(page.problems for page in told)


def test_items_carry_clean_types_and_their_providers_name(name, query):
    found = [item for page in pages(provider_at(name), query, fake_web()) for item in page.items]
    for item in found:
        assert item.provider == name
        check_item(item)
        assert "<" not in item.title + item.creator
        assert "alert" not in item.title


def check_item(item):
    """What holds for any item, however hostile the answer was."""
    assert 0 < len(item.id) <= 300
    assert item.url.startswith(("http://", "https://", "file:///"))
    assert len(item.url) <= 4096
    assert isinstance(item.sensitive, bool | None)
    licence = item.licence
    words = [item.id, item.url, item.page_url, item.title, item.creator, item.credit, item.label]
    for word in [*words, licence.text, licence.url, licence.spdx]:
        assert isinstance(word, str)
        assert word.isprintable()
        word.encode()
    for number in (item.width, item.height, item.size_bytes, item.frames):
        assert number is None or (type(number) is int and 0 <= number <= 2**53)


def test_what_it_declares_fits_together(name):
    terms = PROVIDERS[name].terms
    assert isinstance(terms, Terms)
    assert not (terms.id_only and (terms.may_store_bytes or terms.may_release_url))
    assert PROVIDERS[name].pace.per_minute > 0
    assert PROVIDERS[name].pace.at_once >= 1


def test_the_state_of_paging_is_text_that_a_catalog_can_keep(name, query):
    for page in pages(provider_at(name), query, fake_web()):
        assert page.next is None or (isinstance(page.next, str) and page.next.isprintable())


def test_the_same_question_is_the_same_request(name, query):
    urls = [provider_at(name).request(query, FIRST).send_url() for _ in range(2)]
    assert urls[0] == urls[1]


def test_a_misspelt_setting_is_an_error_that_suggests(name):
    with pytest.raises(ConfigError, match="per_query"):
        build_provider(name, {"per_qery": 3}, KEYS)


@pytest.mark.parametrize("name", sorted({*ONLINE} - {"gifcities"}))
def test_a_query_longer_than_the_provider_takes_is_cut(name):
    long = Query("animated " + "passing a football in a game of many words " * 20 + "gif")
    body = answer(provider_at(name).request(long, FIRST), fake_web())
    assert isinstance(provider_at(name).parse(body, FIRST), Page)


@pytest.mark.parametrize("name", ONLINE)
def test_odd_items_are_problems_and_the_good_ones_stay(name):
    web, query = quirky(name, Quirk.RAGGED)
    page = pages(provider_at(name), query, web)[0]
    assert len(page.problems) == len(RAGGED)
    assert page.items
    assert all(problem.reason for problem in page.problems)


@pytest.mark.parametrize("name", sorted({*ONLINE} - {"gifcities", "bing", "openverse"}))
def test_a_server_that_promises_more_and_has_none_ends_the_paging(name):
    web, query = quirky(name, Quirk.EMPTIES)
    told = pages(provider_at(name, page_size=10), query, web)
    assert len(told) <= 3


@pytest.mark.parametrize("name", ONLINE)
def test_an_unknown_query_is_an_empty_page(name):
    (page,) = pages(provider_at(name), Query("animated nothing gif"), fake_web())
    assert page == Page((), None, ())


@pytest.mark.parametrize("name", ONLINE)
@pytest.mark.parametrize(
    "body",
    [b"<html>Are you a robot?</html>", b"\xff\xfe", b"[" * 100_000, b'{"results": 3, "data": {}}'],
)
def test_an_answer_of_another_shape_is_an_error_of_the_source(name, body):
    if name == "commons" and body.startswith(b'{"results'):
        assert provider_at(name).parse(body, FIRST) == Page((), None, ())
        return
    with pytest.raises(SourceError):
        provider_at(name).parse(body, FIRST)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["https://x.org/a.gif", "http://[", "file:///etc/passwd", "\ud800", "0"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(
        ["data", "results", "query", "pages", "id", "pageid", "images", "original", "url", "gif",
         "imageinfo", "continue", "gsroffset", "next", "pagination", "total_count", "page_count",
         "media_formats", "title", "extmetadata", "LicenseUrl", "value", "checksum", "license"]
    ), inner, max_size=6),
    max_leaves=25,
)  # fmt: skip


def parses_or_refuses(name, body):
    try:
        page = provider_at(name).parse(body, FIRST)
    except SourceError:
        return
    for item in page.items:
        check_item(item)
    if page.next is not None:
        provider_at(name).request(Query(TEXT), page.next)


@pytest.mark.parametrize("name", list(PROVIDERS))
@settings(max_examples=60)
@given(value=JSON)
def test_any_json_is_parsed_or_refused(name, value):
    parses_or_refuses(name, json.dumps(value).encode())


@pytest.mark.parametrize("name", list(PROVIDERS))
@settings(max_examples=60)
@given(body=st.binary(max_size=300))
def test_any_bytes_are_parsed_or_refused(name, body):
    parses_or_refuses(name, body)


GOOD = {
    name: answer(provider_at(name).request(Query(TEXT), FIRST), fake_web(per_class=5))
    for name in ONLINE
}


@pytest.mark.parametrize("name", ONLINE)
@settings(max_examples=80)
@given(data=st.data())
def test_a_good_answer_with_a_wrong_value_in_it_is_parsed_or_refused(name, data):
    """One value anywhere in a documented answer is replaced by any other."""
    if name == "bing":
        start = data.draw(st.integers(0, len(GOOD[name])))
        junk = data.draw(st.binary(max_size=20))
        parses_or_refuses(name, GOOD[name][:start] + junk + GOOD[name][start + len(junk) :])
        return
    value = json.loads(GOOD[name])
    holder = value
    while True:
        keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
        key = data.draw(st.sampled_from(list(keys)))
        inner = holder[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        holder = inner
    holder[key] = data.draw(JSON)
    parses_or_refuses(name, json.dumps(value).encode())


@pytest.mark.parametrize("name", ["giphy", "klipy"])
def test_a_key_is_sent_and_never_shown(name):
    provider = provider_at(name)
    request = provider.request(Query(TEXT), FIRST)
    sent = dict(parse_qsl(urlsplit(request.send_url()).query))
    assert KEY in sent.values()
    shown = f"{request!r} {request} {request.url} {vars(provider)} {provider!r}"
    assert KEY not in shown
    assert "s3cret" not in shown
    assert "s3cret" not in request.scrub(f"cannot connect to {request.send_url()} with {KEY}")


@pytest.mark.parametrize("name", ["giphy", "klipy"])
def test_a_missing_key_is_an_error_that_says_where_to_put_one(name):
    with pytest.raises(InputError, match=f"ANIGIFS_{name.upper()}_KEY"):
        build_provider(name, {}, Keys({}))


def test_only_what_needs_a_persons_word_is_off_by_default():
    assert {name for name in PROVIDERS if PROVIDERS[name].by_name} == {"bing", "local"}


def test_every_online_provider_has_a_fake():
    assert set(SEARCHES) == set(ONLINE)


@pytest.mark.parametrize("name", ONLINE)
def test_without_a_setting_the_real_host_is_asked_over_https(name):
    request = build_provider(name, {}, KEYS).request(Query(TEXT), FIRST)
    assert request.url.startswith("https://")
    assert SITE not in request.url
