"""Answers as the providers document them, written out by hand: no fake of ours between."""

import base64
import html
import json

import pytest

from anigifs.collect.keys import Keys
from anigifs.collect.providers import build_provider
from anigifs.collect.queries import Query
from anigifs.collect.records import FIRST, Licence
from anigifs.core.errors import SourceError

KEYS = Keys({"ANIGIFS_GIPHY_KEY": "g", "ANIGIFS_KLIPY_KEY": "k", "ANIGIFS_OPENVERSE_KEY": "token"})


def provider(name, **values):
    return build_provider(name, values, KEYS)


def parse(name, answer, state=FIRST, **values):
    return provider(name, **values).parse(json.dumps(answer).encode(), state)


def url(name, state=FIRST, text="a b", **values):
    return provider(name, **values).request(Query(text), state).url


GIPHY = {
    "data": [{"type": "gif", "id": "YsTs5ltWtEhnq", "url": "https://giphy.com/gifs/x",
              "title": "Jump GIF", "rating": "g", "username": "them",
              "images": {"original": {"url": "https://media.giphy.com/x.gif", "width": "500",
                                      "height": "400", "size": "150000", "frames": "23"}}}],
    "pagination": {"total_count": 4287, "count": 1, "offset": 0},
    "meta": {"status": 200, "msg": "OK"},
}  # fmt: skip


def test_giphy():
    page = parse("giphy", GIPHY)
    (item,) = page.items
    assert (item.id, item.url) == ("YsTs5ltWtEhnq", "https://media.giphy.com/x.gif")
    assert (item.width, item.height, item.size_bytes, item.frames) == (500, 400, 150000, 23)
    assert (item.sensitive, page.next) == (False, "1")
    assert url("giphy", "50", rating="g") == (
        "https://api.giphy.com/v1/gifs/search?q=a+b&limit=50&offset=50&rating=g&lang=en"
    )
    last = GIPHY | {"pagination": {"total_count": 4287, "count": 1, "offset": 4286}}
    assert parse("giphy", last, "4286").next is None
    assert parse("giphy", GIPHY, "4999").next is None  # GIPHY's largest offset
    with pytest.raises(SourceError, match="429"):
        parse("giphy", GIPHY | {"meta": {"status": 429, "msg": "Too many"}})


def test_klipy():
    answer = {
        "results": [{"id": "4242", "title": "", "content_description": "a jump",
                     "media_formats": {"gif": {"url": "https://static.klipy.com/a.gif",
                                               "duration": 0, "dims": [498, 480], "size": 42}},
                     "itemurl": "https://klipy.com/view/4242", "tags": []}],
        "next": "guid",
    }  # fmt: skip
    page = parse("klipy", answer)
    (item,) = page.items
    assert (item.id, item.title, item.width, item.height) == ("4242", "a jump", 498, 480)
    assert (item.licence.spdx, page.next) == ("NOASSERTION", "guid")
    assert url("klipy", "guid").endswith("media_filter=gif&pos=guid")
    assert "pos" not in url("klipy")
    for end in ("", "0"):
        assert parse("klipy", answer | {"next": end}).next is None
    assert parse("klipy", answer, "guid").next is None


OPENVERSE = {
    "result_count": 21, "page_count": 2, "page": 1,
    "results": [{"id": "36537842-b067", "title": "Cat", "foreign_landing_url": "https://f.org/1",
                 "url": "https://live.example/1.gif", "creator": "Jo", "license": "by-sa",
                 "license_version": "2.0", "provider": "flickr", "filesize": 896128,
                 "license_url": "https://creativecommons.org/licenses/by-sa/2.0/",
                 "filetype": "gif", "attribution": '"Cat" by Jo is licensed under CC BY-SA 2.0.',
                 "mature": True, "height": 3, "width": 4}],
}  # fmt: skip


def test_openverse():
    page = parse("openverse", OPENVERSE)
    (item,) = page.items
    assert item.licence == Licence(
        "by-sa 2.0", "https://creativecommons.org/licenses/by-sa/2.0/", "CC-BY-SA-2.0"
    )
    assert item.credit == '"Cat" by Jo is licensed under CC BY-SA 2.0.'
    assert (item.sensitive, item.size_bytes, page.next) == (True, 896128, "2")
    assert parse("openverse", OPENVERSE, "2").next is None
    assert parse("openverse", OPENVERSE | {"page_count": 99}, "12").next is None  # 240 results
    assert url("openverse", "2") == (
        "https://api.openverse.org/v1/images/?q=a+b&extension=gif&license=by%2Cby-sa%2Ccc0%2Cpdm"
        "&page=2&page_size=20&filter_dead=true"
    )


def test_an_openverse_token_goes_into_a_header_and_nowhere_else():
    request = provider("openverse").request(Query("x"), FIRST)
    assert request.send_headers() == {"Authorization": "Bearer token"}
    assert "token" not in f"{request!r}{request.send_url()}"


COMMONS = {
    "continue": {"gsroffset": 20, "continue": "gsroffset||"},
    "query": {"pages": [{"pageid": 17, "title": "File:X.gif", "imageinfo": [{
        "user": "U", "size": 1353326, "width": 374, "height": 240,
        "url": "https://upload.wikimedia.org/X.gif",
        "descriptionurl": "https://commons.wikimedia.org/wiki/File:X.gif", "mime": "image/gif",
        "sha1": "DA39a3ee5e6b4b0d3255bfef95601890afd80709",
        "metadata": [{"name": "looped", "value": True}, {"name": "frameCount", "value": 24}],
        "extmetadata": {
            "LicenseShortName": {"value": "CC BY-SA 4.0"},
            "LicenseUrl": {"value": "https://creativecommons.org/licenses/by-sa/4.0"},
            "Artist": {"value": '<a href="//x">Jo &amp; Al</a>'}},
    }]}]},
}  # fmt: skip


def test_commons():
    page = parse("commons", COMMONS)
    (item,) = page.items
    assert (item.id, item.frames, item.creator) == ("17", 24, "Jo & Al")
    assert item.credit == '<a href="//x">Jo &amp; Al</a>'
    assert item.digest == "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709"
    assert item.licence.spdx == "CC-BY-SA-4.0"
    following = url("commons", page.next)
    assert "&gsroffset=20" in following
    assert "&continue=gsroffset%7C%7C" in following
    assert "&gsrsearch=a+b+filemime%3Aimage%2Fgif" in following
    assert parse("commons", {"batchcomplete": True}).items == ()
    with pytest.raises(SourceError, match="maxlag"):
        parse("commons", {"error": {"code": "maxlag", "info": "…"}})


def test_commons_echoes_only_what_pages_a_search():
    """A server cannot make the next request do something else."""
    evil = {"gsroffset": 20, "action": "delete", "titles": "Main", "iistart": "x&action=y"}
    following = url("commons", parse("commons", COMMONS | {"continue": evil}).next)
    assert "gsroffset=20" in following
    assert following.count("action=") == 1
    assert "titles" not in following


def test_gifcities():
    sha1 = bytes(range(20))
    answer = [{"url_text": "dancing baby", "width": 10, "height": 12, "page": "19990129/http://p",
               "gif": "19990129052633/http://www.geocities.com/x/y%20z.gif",
               "checksum": base64.b32encode(sha1).decode()}]  # fmt: skip
    page = parse("gifcities", answer)
    (item,) = page.items
    assert item.url == (
        "https://web.archive.org/web/19990129052633if_/http://www.geocities.com/x/y%20z.gif"
    )
    assert (item.digest, page.next) == (f"sha1:{sha1.hex()}", None)
    assert url("gifcities") == "https://gifcities.org/api/v1/gifsearch?q=a+b"


def bing_page(*items):
    rows = "".join(
        f'<li><a class="iusc" style="x" m="{html.escape(json.dumps(item))}" href="/i">.</a></li>'
        for item in items
    )
    return f'<div class="dgControl"><ul class="dgControl_list">{rows}</ul></div>'.encode()


def test_bing():
    item = {"murl": "https://x.org/a.gif?b=1&c=2", "purl": "https://x.org/page", "turl": "https://t",
            "md5": "0123456789abcdef0123456789ABCDEF", "t": "Tom &amp; <b>Jerry</b>"}  # fmt: skip
    page = provider("bing").parse(bing_page(item, {"md5": "x"}), FIRST)
    (found,) = page.items
    assert found.url == "https://x.org/a.gif?b=1&c=2"
    assert (found.id, found.title) == ("0123456789abcdef0123456789abcdef", "Tom & Jerry")
    assert (page.next, len(page.problems)) == ("36", 1)
    assert provider("bing").parse(bing_page(), "36").next is None
    assert provider("bing").parse(bing_page(item), "981").next is None  # about 1,000
    with pytest.raises(SourceError, match="asks for a person"):
        provider("bing").parse(b"<html>Please prove that you are human</html>", FIRST)
    with pytest.raises(SourceError, match="bytes"):
        provider("bing").parse(b" " * (8 * 2**20 + 1), FIRST)


@pytest.mark.parametrize("piece", ["<a ", '<a class="iusc" m="', "<a\tx=", '"', "&quot;", "<a x "])
def test_hostile_markup_is_read_in_one_pass(piece):
    """Quadratic reading of a megabyte would take hours."""
    body = (piece * (2**20 // len(piece)) + "dgControl").encode()
    assert provider("bing").parse(body, FIRST).items == ()
