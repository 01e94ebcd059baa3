"""Which names the server answers to, and which requests come from its own pages."""

import asyncio

import pytest

from anigifs.annotate.app.guard import CSP, Guard, Hosts


@pytest.mark.parametrize(
    ("host", "name", "header", "fits"),
    [
        ("127.0.0.1", "", "127.0.0.1:8000", True),
        ("127.0.0.1", "", "localhost:8000", True),
        ("127.0.0.1", "", "LOCALHOST", True),
        ("127.0.0.1", "", "[::1]:8000", True),
        ("127.0.0.1", "", "evil.example", False),
        ("127.0.0.1", "", "127.0.0.1.evil.example", False),
        ("127.0.0.1", "", "192.0.2.7:8000", False),
        ("127.0.0.1", "", "", False),
        ("127.0.0.1", "https://label.example.org", "label.example.org", True),
        ("127.0.0.1", "https://label.example.org:8443/", "label.example.org:8443", True),
        ("192.0.2.7", "", "192.0.2.7:8000", True),
        ("0.0.0.0", "", "192.0.2.7:8000", True),
        ("::", "", "[2001:db8::7]:8000", True),
        ("0.0.0.0", "", "evil.example:8000", False),
        ("0.0.0.0", "", "0.0.0.0.evil.example", False),
    ],
)
def test_only_our_own_names_are_answered(host, name, header, fits):
    assert (header in Hosts(host, name)) is fits


async def inner(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inside"})


def ask(method="GET", **headers):
    """The status and headers that the guard answers with."""
    sent = []

    async def send(message):
        sent.append(message)

    given = {"host": "127.0.0.1", **{k.replace("_", "-"): v for k, v in headers.items()}}
    scope = {
        "type": "http", "method": method, "path": "/",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
    }  # fmt: skip
    asyncio.run(Guard(inner, Hosts("127.0.0.1"))(scope, None, send))
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}


OWN = "http://127.0.0.1"


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {}, 200),
        ("GET", {"sec_fetch_site": "same-origin"}, 200),
        ("GET", {"sec_fetch_site": "none", "sec_fetch_mode": "navigate"}, 200),
        ("GET", {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}, 200),
        ("GET", {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"}, 403),
        ("GET", {"sec_fetch_site": "same-site", "sec_fetch_mode": "cors"}, 403),
        ("POST", {"sec_fetch_site": "same-origin", "origin": OWN}, 200),
        ("POST", {"sec_fetch_site": "same-origin"}, 200),
        ("POST", {"origin": OWN}, 200),
        ("POST", {}, 403),
        ("POST", {"sec_fetch_site": "cross-site", "origin": "http://evil.example"}, 403),
        ("POST", {"sec_fetch_site": "same-origin", "origin": "http://evil.example"}, 403),
        ("POST", {"sec_fetch_site": "none", "origin": OWN}, 403),
        ("POST", {"sec_fetch_site": "same-site", "origin": OWN}, 403),
        ("POST", {"origin": "null"}, 403),
        ("POST", {"origin": "http://127.0.0.1:9000"}, 403),
        ("POST", {"origin": "http://[::1"}, 403),
        ("POST", {"origin": "http://127.0.0.1.evil.example"}, 403),
        ("DELETE", {}, 403),
        ("GET", {"host": "evil.example"}, 400),
        ("GET", {"host": "http://["}, 400),
    ],
)
def test_changes_come_from_our_own_pages_only(method, headers, status):
    assert ask(method, **headers)[0] == status


@pytest.mark.parametrize("headers", [{}, {"host": "evil.example"}])
def test_every_answer_also_a_refusal_carries_the_protecting_headers(headers):
    told = ask(**headers)[1]
    assert told["content-security-policy"] == CSP
    assert told["x-frame-options"] == "DENY"
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "no-referrer"
    assert told["cross-origin-opener-policy"] == "same-origin"
    assert told["cross-origin-resource-policy"] == "same-origin"
    assert told["cache-control"] == "no-store"


def test_the_policy_allows_no_inline_code_and_no_other_origin():
    rules = dict(part.split(" ", 1) for part in CSP.split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in CSP
    assert "http" not in CSP


def test_a_websocket_is_not_even_refused():
    sent = []
    asyncio.run(Guard(inner, Hosts("127.0.0.1"))({"type": "websocket"}, None, sent.append))
    assert sent == []
