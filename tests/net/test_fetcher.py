"""The fetcher against a server that answers well, badly, for ever or not at all."""

import asyncio
import gzip
import re
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from anigifs.core.errors import ConfigError
from anigifs.net.config import NetConfig
from anigifs.net.fetcher import Fetcher
from anigifs.net.reasons import TRANSIENT, FetchFailed, Reason
from tests.net.web import GIF, Web, answer, at_loopback, fetcher, redirect


def get(replies, path="/a.gif", *, host="media.test", resolve=at_loopback, **config):
    """Fetch one path of a server: what came (or the failure), and the server's log."""

    async def run():
        async with Web(replies) as web, fetcher(resolve, **config) as client:
            try:
                return await client.get(web.url(path, host)), web
            except FetchFailed as failure:
                return failure, web

    return asyncio.run(run())


def test_a_gif_arrives_whole_with_its_headers():
    got, web = get({"/a.gif": answer(GIF, content_type="Image/GIF; x=1")})
    assert (got.data, got.status, got.content_type) == (GIF, 200, "image/gif")
    assert got.final_url == got.url == web.url("/a.gif")


def test_the_user_agent_names_the_program_and_the_operator():
    _, web = get({"/a.gif": answer(GIF)})
    assert re.fullmatch(r"anigifs/\S+ \(\+tests@example.org\)", web.headers[0]["user-agent"])


def test_nothing_is_fetched_for_nobody():
    with pytest.raises(ConfigError, match=r"operator = .* under \[net\] in workspace.toml"):
        Fetcher(NetConfig())


@pytest.mark.parametrize(
    ("status", "reason", "asked"),
    [
        (404, Reason.GONE, 1), (410, Reason.GONE, 1), (403, Reason.FORBIDDEN, 1),
        (401, Reason.FORBIDDEN, 1), (451, Reason.FORBIDDEN, 1), (400, Reason.HTTP_ERROR, 1),
        (304, Reason.HTTP_ERROR, 1), (418, Reason.HTTP_ERROR, 1),
        (408, Reason.SERVER_ERROR, 3), (425, Reason.SERVER_ERROR, 3),
        (429, Reason.RATE_LIMITED, 3), (500, Reason.SERVER_ERROR, 3), (503, Reason.SERVER_ERROR, 3),
    ],
)  # fmt: skip
def test_only_passing_statuses_are_asked_for_again(status, reason, asked):
    failure, web = get({"/a.gif": answer(status=status)})
    assert (failure.reason, failure.status) == (reason, status)
    assert web.asked("/a.gif") == asked


def test_a_server_that_recovers_is_forgiven():
    got, web = get({"/a.gif": [answer(status=503), answer(status=429), answer(GIF)]})
    assert got.data == GIF
    assert web.asked("/a.gif") == 3


def test_retry_after_is_waited_for():
    loop_times = []

    async def run():
        async with (
            Web({"/a.gif": [answer(status=429, retry_after="1"), answer(GIF)]}) as web,
            fetcher(wait_most_s=5) as client,
        ):
            start = asyncio.get_running_loop().time()
            await client.get(web.url("/a.gif"))
            loop_times.append(asyncio.get_running_loop().time() - start)

    asyncio.run(run())
    assert loop_times[0] >= 1.0  # where the usual pause is a hundredth


def in_an_hour():
    return format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


@pytest.mark.parametrize("pause", [lambda: "3600", in_an_hour], ids=["seconds", "date"])
def test_a_pause_longer_than_a_job_waits_is_told_and_kept_for_the_whole_host(pause):
    value = pause()

    async def run():
        async with (
            Web({"/a.gif": answer(status=429, retry_after=value)}) as web,
            fetcher() as client,
        ):
            with pytest.raises(FetchFailed) as first:
                await client.get(web.url("/a.gif"))
            with pytest.raises(FetchFailed) as second:
                await client.get(web.url("/b.gif"))
        return first.value, second.value, web

    first, second, web = asyncio.run(run())
    assert first.reason is Reason.RATE_LIMITED
    assert first.retry_after_s == pytest.approx(3600, abs=60)
    assert second.reason is Reason.HOST_WAITS
    assert second.retry_after_s == pytest.approx(3600, abs=60)
    assert web.asked("/a.gif") == 1
    assert web.asked("/b.gif") == 0


def test_429_for_ever_ends_and_then_the_host_is_left_alone():
    async def run():
        async with (
            Web({f"/{n}.gif": answer(status=429) for n in range(9)}) as web,
            fetcher(host_faults=5) as client,
        ):
            reasons = []
            for number in range(9):
                with pytest.raises(FetchFailed) as failure:
                    await client.get(web.url(f"/{number}.gif"))
                reasons.append(failure.value.reason)
        return reasons, web

    reasons, web = asyncio.run(run())
    assert reasons[0] is Reason.RATE_LIMITED
    assert set(reasons[2:]) == {Reason.HOST_DOWN}
    assert len([path for _, path in web.log if path.endswith(".gif")]) == 5


def test_an_empty_answer_is_no_gif():
    assert get({"/a.gif": answer(b"")})[0].reason is Reason.EMPTY


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/xhtml+xml"])
def test_a_page_instead_of_a_gif_is_refused(kind):
    failure, _ = get({"/a.gif": answer(b"<html>", content_type=kind)})
    assert failure.reason is Reason.WRONG_TYPE


def test_a_gif_declared_as_plain_text_or_not_at_all_is_taken():
    assert get({"/a.gif": answer(GIF, content_type="text/plain")})[0].data == GIF
    assert get({"/a.gif": answer(GIF)})[0].content_type == ""


# --- opt-outs and robots ---


@pytest.mark.parametrize(
    "tag", ["noai", "noindex, NoImageAI", "noml", "anigifs: noai", "*: noimageai"]
)
def test_an_opt_out_in_a_header_is_obeyed(tag):
    failure, _ = get({"/a.gif": answer(GIF, x_robots_tag=tag)})
    assert failure.reason is Reason.OPTED_OUT


@pytest.mark.parametrize("tag", ["noindex", "googlebot: noai", "unavailable_after: 1 Jan 2030"])
def test_what_is_no_opt_out_for_us_is_none(tag):
    assert get({"/a.gif": answer(GIF, x_robots_tag=tag)})[0].data == GIF


def test_a_tdm_reservation_is_obeyed_in_a_header_and_in_the_well_known_file():
    failure, _ = get({"/a.gif": answer(GIF, tdm_reservation="1")})
    assert failure.reason is Reason.OPTED_OUT
    rules = (
        b'[{"location": "/free/*", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]'
    )
    replies = {
        "/.well-known/tdmrep.json": answer(rules), "/a.gif": answer(GIF),
        "/free/a.gif": answer(GIF),
    }  # fmt: skip
    failure, web = get(replies)
    assert failure.reason is Reason.OPTED_OUT
    assert web.asked("/a.gif") == 0
    assert get(replies, "/free/a.gif")[0].data == GIF


def test_robots_are_asked_once_and_obeyed_before_anything_is_fetched():
    robots = answer(b"User-agent: *\nDisallow: /private/\nUser-agent: anigifs\nDisallow: /b")

    async def run():
        async with Web({"/robots.txt": robots, "/a.gif": answer(GIF)}) as web, fetcher() as client:
            urls = [web.url(path) for path in ("/a.gif", "/b.gif", "/a.gif")]
            return await asyncio.gather(*map(client.get, urls), return_exceptions=True), web

    results, web = asyncio.run(run())
    assert results[0].data == GIF
    assert results[1].reason is Reason.REFUSED_BY_ROBOTS
    assert web.asked("/robots.txt") == 1
    assert web.asked("/b.gif") == 0


def test_robots_that_cannot_be_read_forbid_all_and_those_that_are_absent_nothing():
    failure, web = get({"/robots.txt": answer(status=500), "/a.gif": answer(GIF)})
    assert failure.reason is Reason.ROBOTS_UNREACHABLE
    assert web.asked("/a.gif") == 0
    assert get({"/robots.txt": answer(status=403), "/a.gif": answer(GIF)})[0].data == GIF


def test_robots_and_opt_outs_can_be_switched_off_by_a_person():
    replies = {
        "/robots.txt": answer(b"User-agent: *\nDisallow: /"),
        "/a.gif": answer(GIF, x_robots_tag="noai"),
    }
    got, web = get(replies, robots=False, optouts=False)
    assert got.data == GIF
    assert [path for _, path in web.log] == ["/a.gif"]


def test_a_crawl_delay_slows_us_down():
    async def run():
        robots = answer(b"User-agent: *\nCrawl-delay: 0.3")
        async with Web({"/robots.txt": robots, "/a.gif": answer(GIF)}) as web, fetcher() as client:
            await client.get(web.url("/a.gif"))
            start = asyncio.get_running_loop().time()
            await client.get(web.url("/a.gif"))
            await client.get(web.url("/a.gif"))
            return asyncio.get_running_loop().time() - start

    assert asyncio.run(run()) >= 0.5


# --- caps ---


def test_a_body_declared_too_large_is_not_read():
    failure, _ = get({"/a.gif": answer(GIF, content_length="100001")})
    assert failure.reason is Reason.TOO_LARGE


async def endless(writer):
    writer.write(answer(content_length=None))
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def loris(writer):
    writer.write(answer(content_length="90000"))
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def loris_head(writer):
    for byte in answer(GIF, x_long="x" * 900):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def silence(writer):
    writer.write(answer(content_length="90000") + b"x")
    await writer.drain()
    await asyncio.sleep(30)


async def hang_up(writer):
    writer.write(answer(content_length="90000") + b"x")
    await writer.drain()


async def gibberish(writer):
    writer.write(b"\x00\x01 no http \r\n\r\n")
    await writer.drain()


async def long_headers(writer):
    writer.write(answer(GIF, x_long="x" * 50_000))
    await writer.drain()


@pytest.mark.parametrize(
    ("server", "reason", "asked"),
    [
        (endless, Reason.TOO_LARGE, 1), (loris, Reason.TOO_SLOW, 1),
        (loris_head, Reason.TOO_SLOW, 1), (silence, Reason.STALLED, 3),
        (hang_up, Reason.CONNECTION, 3), (gibberish, Reason.BAD_ANSWER, 1),
        (long_headers, Reason.BAD_ANSWER, 1),
    ],
)  # fmt: skip
def test_a_hostile_server_gets_its_reason_and_no_more_time_than_allowed(server, reason, asked):
    failure, web = get({"/a.gif": server}, tries=3, idle_s=0.3)
    assert failure.reason is reason, failure
    assert web.asked("/a.gif") == asked


def test_compressed_answers_are_read_and_bombs_are_not():
    def zipped(data, encoding="gzip", squeeze=gzip.compress):
        return get({"/a.gif": answer(squeeze(data), content_encoding=encoding)})[0]

    assert zipped(GIF).data == GIF
    assert zipped(GIF, "deflate", zlib.compress).data == GIF
    assert zipped(GIF, "deflate", lambda data: zlib.compress(data)[2:-4]).data == GIF
    assert zipped(b"\0" * 50_000_000).reason is Reason.TOO_LARGE
    assert zipped(GIF, "br").reason is Reason.BAD_ENCODING
    assert zipped(GIF, "gzip", lambda data: b"no gzip").reason is Reason.BAD_ENCODING
    assert zipped(GIF, "gzip", lambda data: gzip.compress(data)[:-9]).reason is Reason.BAD_ENCODING


# --- redirects and addresses ---


def test_redirects_are_followed_within_a_host_and_to_another():
    async def run():
        async with Web({"/b.gif": answer(GIF)}) as web:
            web.replies["/a.gif"] = redirect(web.url("/c.gif", "other.test"))
            web.replies["/c.gif"] = redirect("/b.gif")
            async with fetcher() as client:
                return await client.get(web.url("/a.gif")), web

    got, web = asyncio.run(run())
    assert got.data == GIF
    assert got.final_url == web.url("/b.gif", "other.test")
    assert ("other.test", "/robots.txt") in web.log


def test_robots_of_where_a_redirect_leads_are_obeyed_too():
    async def run():
        async with Web({"/a.gif": answer(GIF)}) as far:
            far.replies["/robots.txt"] = answer(b"User-agent: *\nDisallow: /")
            async with (
                Web({"/a.gif": redirect(far.url("/a.gif", "other.test"))}) as web,
                fetcher() as client,
            ):
                with pytest.raises(FetchFailed) as failure:
                    await client.get(web.url("/a.gif"))
        return failure.value, far

    failure, far = asyncio.run(run())
    assert failure.reason is Reason.REFUSED_BY_ROBOTS
    assert far.asked("/a.gif") == 0


def test_endless_redirects_end():
    failure, web = get({"/a.gif": redirect("/a.gif")}, redirects=4)
    assert failure.reason is Reason.TOO_MANY_REDIRECTS
    assert web.asked("/a.gif") == 5


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", Reason.REFUSED_ADDRESS),
        ("http://[::1]/a.gif", Reason.REFUSED_ADDRESS),
        ("http://[::ffff:10.0.0.1]/a.gif", Reason.REFUSED_ADDRESS),
        ("http://10.0.0.1/", Reason.REFUSED_ADDRESS),
        ("http://inner.test/", Reason.REFUSED_ADDRESS),
        ("http://2130706433/", Reason.BAD_URL),
        ("http://0x7f.1/", Reason.REFUSED_ADDRESS),
        ("file:///etc/passwd", Reason.BAD_URL),
        ("gopher://media.test/", Reason.BAD_URL),
        ("http://user:word@media.test/", Reason.BAD_URL),
        ("http://[::1", Reason.BAD_URL),
    ],
)
def test_a_redirect_to_where_nobody_may_go_is_refused(location, reason):
    async def resolve(host):
        return {"media.test": ["127.0.0.1"]}.get(host, ["192.168.0.7", "fd00::1"])

    failure, web = get({"/a.gif": redirect(location)}, resolve=resolve)
    assert failure.reason is reason, failure
    assert {host for host, _ in web.log} == {"media.test"}


def test_a_name_that_moves_to_a_private_address_is_refused_on_the_second_look_up():
    said = iter([["127.0.0.1"]] * 3 + [["10.0.0.1"]] * 9)

    async def resolve(host):
        return next(said)

    replies = {
        path: answer(status=404, connection="close")
        for path in ("/robots.txt", "/.well-known/tdmrep.json")
    }
    replies["/a.gif"] = answer(status=302, location="/b.gif", connection="close")
    failure, web = get(replies, resolve=resolve, dns_s=0)
    assert failure.reason is Reason.REFUSED_ADDRESS
    assert web.asked("/a.gif") == 1
    assert web.asked("/b.gif") == 0


def test_without_permission_loopback_is_refused_by_name_and_by_address():
    for host in ("media.test", "127.0.0.1"):
        failure, web = get({"/a.gif": answer(GIF)}, host=host, allow=())
        assert failure.reason is Reason.REFUSED_ADDRESS
        assert "net.allow" in str(failure)
        assert web.log == []


def test_a_host_is_allowed_by_name():
    assert get({"/a.gif": answer(GIF)}, allow=("media.test",))[0].data == GIF
    assert get({"/a.gif": answer(GIF)}, allow=("*.test",))[0].data == GIF
    assert get({"/a.gif": answer(GIF)}, allow=("other.test",))[0].reason is Reason.REFUSED_ADDRESS


def test_a_name_that_does_not_resolve():
    async def resolve(host):
        import socket

        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    failure, _ = get({}, resolve=resolve)
    assert failure.reason is Reason.DNS


def test_nobody_listens():
    async def run():
        async with Web() as web:
            url = web.url("/a.gif")
        async with fetcher() as client:
            with pytest.raises(FetchFailed) as failure:
                await client.get(url)
        return failure.value

    assert asyncio.run(run()).reason is Reason.CONNECTION


def test_a_certificate_of_nobody_known_is_refused(tmp_path):
    import ssl

    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("media.test").configure_cert(context)
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))

    async def run(host, **config):
        async with Web({"/a.gif": answer(GIF)}, ssl=context) as web, fetcher(**config) as client:
            return await asyncio.gather(client.get(web.url("/a.gif", host)), return_exceptions=True)

    trusted, stranger, other = (
        asyncio.run(run("media.test", ca_file=str(file)))[0],
        asyncio.run(run("media.test"))[0],
        asyncio.run(run("other.test", ca_file=str(file)))[0],
    )
    assert trusted.data == GIF
    assert stranger.reason is Reason.CERTIFICATE
    assert other.reason is Reason.CERTIFICATE


# --- politeness ---


def test_no_more_connections_to_a_host_than_allowed():
    async def slowly(writer):
        await asyncio.sleep(0.05)
        writer.write(answer(GIF))
        await writer.drain()

    async def run():
        async with Web({"/a.gif": slowly}) as web, fetcher(host_connections=2) as client:
            await asyncio.gather(*(client.get(web.url("/a.gif")) for _ in range(9)))
            return web.most_open

    assert asyncio.run(run()) == 2


def test_no_more_requests_a_second_to_a_host_than_allowed():
    async def run():
        async with (
            Web({"/a.gif": answer(GIF)}) as web,
            fetcher(host_per_s=20, host_connections=8) as client,
        ):
            start = asyncio.get_running_loop().time()
            await asyncio.gather(*(client.get(web.url("/a.gif")) for _ in range(8)))
            return asyncio.get_running_loop().time() - start

    assert asyncio.run(run()) >= 9 / 20  # ten requests, robots.txt and tdmrep.json among them


# --- calls of interfaces ---


def test_a_call_asks_no_robots_and_gives_named_errors_back():
    async def run():
        replies = {"/api": [answer(b"{}", content_type="application/json"),
                            answer(b'{"error": 1}', status=400)]}  # fmt: skip
        async with Web(replies) as web, fetcher() as client:
            first = await client.call(web.url("/api?key=secret"), headers={"Authorization": "x"})
            second = await client.call(web.url("/api"), form={"a": "b c"}, also={400})
            return first, second, web

    first, second, web = asyncio.run(run())
    assert (first.data, second.status, second.data) == (b"{}", 400, b'{"error": 1}')
    assert [path for _, path in web.log] == ["/api", "/api"]
    assert web.headers[0]["authorization"] == "x"
    assert web.headers[1][":body"] == "a=b+c"


def test_a_key_is_neither_shown_in_an_error_nor_sent_on_to_another_host():
    async def run():
        async with Web({"/far": answer(status=404)}) as web, fetcher() as client:
            web.replies["/api"] = redirect(web.url("/far", "other.test"))
            with pytest.raises(FetchFailed) as failure:
                await client.call(web.url("/api?key=secret"), headers={"Authorization": "secret"})
            return failure.value, web

    failure, web = asyncio.run(run())
    assert "secret" not in str(failure)
    assert "authorization" in web.headers[0]
    assert "authorization" not in web.headers[1]


def test_reason_codes_never_change():
    """They stand in catalogs: a code may be added, never renamed."""
    assert {str(reason) for reason in Reason} >= {
        "bad-url", "refused-address", "refused-by-robots", "robots-unreachable", "opted-out", "dns",
        "connection", "certificate", "stalled", "too-slow", "too-large", "bad-encoding",
        "bad-answer", "too-many-redirects", "wrong-type", "empty", "gone", "forbidden",
        "rate-limited", "server-error", "http-error", "host-down", "host-waits",
    }  # fmt: skip
    assert {
        Reason.CONNECTION,
        Reason.STALLED,
        Reason.RATE_LIMITED,
        Reason.SERVER_ERROR,
    } == TRANSIENT
