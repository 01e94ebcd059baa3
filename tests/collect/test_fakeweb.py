"""The fake web: what it holds, how it errs, and that its log tells no key."""

import json
import urllib.error
import urllib.request
from collections import Counter

import pytest

from anigifs.collect.fakeweb.app import LIMIT_EVERY
from anigifs.collect.fakeweb.media import Media
from anigifs.collect.fakeweb.server import Server, serving
from anigifs.collect.fakeweb.world import Sort, World, WorldConfig, slug
from anigifs.core.errors import InputError, NotDecodable
from anigifs.media.gif import decode_gif
from anigifs.media.walker import Ending, walk
from tests.collect.webs import CLASSES, SITE, fake_web, paint

WORLD = World(WorldConfig(CLASSES, per_class=300))


def test_two_webs_of_one_seed_are_one_and_of_two_are_two():
    again = World(WorldConfig(CLASSES, per_class=300))
    other = World(WorldConfig(CLASSES, per_class=300, seed=1))
    assert again.items == WORLD.items != other.items
    assert again.find("giphy", "a clapping gif") == WORLD.find("giphy", "a clapping gif")


def test_there_is_something_of_every_fault_and_most_is_good():
    counted = Counter(item.sort for items in WORLD.items.values() for item in items)
    assert set(counted) == set(Sort)
    assert counted[Sort.GOOD] > 300


def test_a_search_finds_the_class_that_it_names_and_nothing_for_others():
    found = WORLD.find("giphy", "cartoon push up gif")
    assert {item.label for item in found} == {"push up"}
    assert len(found) == len(set(found)) > 150
    assert WORLD.find("giphy", "cartoon pushing gif") == ()
    assert WORLD.label_of("animated push up gif") == "push up"


def test_two_classes_never_share_an_address():
    assert slug("push up") == "push-up"
    names = ("a b", "a-b", "A b", "a_b")
    assert len({slug(name) for name in names}) == len(names)


def item_of(sort):
    return next(i for items in WORLD.items.values() for i in items if i.sort is sort)


@pytest.fixture
def media():
    return Media(WORLD, paint)


def body(media, sort):
    return media.bytes_of(item_of(sort))


def test_files_are_faulty_in_the_way_they_are_named(media):
    good = decode_gif(body(media, Sort.GOOD)).pixels
    small = decode_gif(body(media, Sort.COPY)).pixels
    assert small.shape[1] < good.shape[1]
    still = decode_gif(body(media, Sort.STILL)).pixels
    assert len(still) > 1
    assert (still == still[0]).all()
    assert decode_gif(body(media, Sort.TINY)).pixels.shape[1:3] == (16, 16)
    twin = item_of(Sort.DUPLICATE)
    assert media.bytes_of(twin) == paint(twin.label, twin.of)
    wrong = item_of(Sort.WRONG)
    others = [label for label in CLASSES if label != wrong.label]
    assert media.bytes_of(wrong) in {paint(label, wrong.number) for label in others}
    filmed = item_of(Sort.FOOTAGE)
    assert media.bytes_of(filmed) == paint(filmed.label, filmed.number, filmed=True)
    assert body(media, Sort.EMPTY) == b""
    assert walk(body(media, Sort.TRUNCATED)).ending is Ending.TRUNCATED
    with pytest.raises(NotDecodable):
        decode_gif(body(media, Sort.JUNK))


@pytest.mark.parametrize(
    ("sort", "first", "then"),
    [(Sort.GOOD, 200, 200), (Sort.GONE, 404, 404), (Sort.BROKEN, 500, 500), (Sort.FLAKY, 503, 200),
     (Sort.LIMITED, 429, 200), (Sort.LOOP, 302, 302), (Sort.OPTED_OUT, 200, 200)],
)  # fmt: skip
def test_answers_err_in_the_way_they_are_named(media, sort, first, then):
    item = item_of(sort)
    assert [media.reply(item, "/x").status for _ in range(2)] == [first, then]


def test_what_moved_is_found_where_it_says(media):
    reply = media.reply(item_of(Sort.MOVED), "/media/x.gif")
    assert (reply.status, reply.headers["Location"]) == (302, "/media/x.gif?moved=1")
    assert media.reply(item_of(Sort.MOVED), "/media/x.gif", moved=True).status == 200


def test_every_so_many_searches_a_provider_says_slow_down():
    web = fake_web(clean=False)
    path = "/openverse/v1/images/"
    statuses = [web.reply(SITE, path, {"q": "clapping"}).status for _ in range(2 * LIMIT_EVERY)]
    assert [n + 1 for n, status in enumerate(statuses) if status == 429] == [
        LIMIT_EVERY, 2 * LIMIT_EVERY,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "values", "status"),
    [
        ("/openverse/v1/images/", {"q": "x" * 201}, 400),
        ("/openverse/v1/images/", {"q": "x", "page_size": "21"}, 401),
        ("/openverse/v1/images/", {"q": "x", "page": "13"}, 401),
        ("/giphy/v1/gifs/search", {"q": "x"}, 401),
        ("/giphy/v1/gifs/search", {"q": "x" * 51, "api_key": "k"}, 400),
        ("/klipy/v2/search", {"q": "x"}, 401),
        ("/media/openverse/nothing.gif", {}, 404),
        ("/media/openverse/clapping-0000", {}, 404),
        ("/nowhere", {}, 404),
    ],
)
def test_bad_requests_are_refused_as_documented(path, values, status):
    assert fake_web().reply(SITE, path, values).status == status


def test_over_a_socket_it_answers_the_same_and_its_log_tells_no_key(tmp_path):
    log = tmp_path / "log.jsonl"
    with serving(Server(fake_web(), log=log)) as server:
        url = f"{server.address}/giphy/v1/gifs/search?q=clapping&limit=2&api_key=hush"
        with urllib.request.urlopen(url) as answer:
            told = json.loads(answer.read())
        with urllib.request.urlopen(told["data"][0]["images"]["original"]["url"]) as answer:
            assert answer.headers["Content-Type"] == "image/gif"
            walk(answer.read())
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{server.address}/nowhere")
        caught.value.close()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["status"] for line in lines] == [200, 200, 404]
    assert all(line["whole"] for line in lines)
    assert lines[0]["values"]["api_key"] == "***"
    assert "hush" not in log.read_text()


def test_it_listens_on_this_computer_only_and_says_when_a_port_is_taken():
    with serving(Server(fake_web())) as server:
        assert server.server_address[0] == "127.0.0.1"
        with pytest.raises(InputError, match="--port"):
            Server(fake_web(), port=server.server_address[1])
