"""Nobody comes in without an invitation, and who is in stays no longer than they may."""

import pytest
from fastapi.routing import APIRoute

from anigifs.annotate.app.factory import ROUTERS, build_app
from anigifs.annotate.app.limits import MOST_BYTES, TRIES, WINDOW_S
from anigifs.annotate.app.security import LIFE_S, Sessions
from anigifs.catalog.annotation import Role
from tests.annotate.app.conftest import BASE, a_vote, csrf_of

OPEN = {"/join", "/static/{name:path}", "/favicon.ico"}
"""The only routes for strangers: the page for a token, and code."""


def paths(site):
    values = {"sha256": site.shas[0], "name:path": "clapping"}
    for route in (route for router in ROUTERS for route in router.routes):
        assert isinstance(route, APIRoute)
        if route.path not in OPEN:
            path = route.path
            for name, value in values.items():
                path = path.replace("{" + name + "}", value)
            yield from ((method, path) for method in sorted(route.methods))


def test_every_other_route_refuses_a_stranger(site):
    asked = list(paths(site))
    assert {"/", "/api/next", "/api/votes", f"/media/{site.shas[0]}", "/owner"} <= {
        path for _, path in asked
    }
    for method, path in asked:
        answer = site.stranger().request(method, path, json={} if method == "POST" else None)
        assert answer.status_code == 401, (method, path)
        assert site.shas[0] not in answer.text
        assert "clapping" not in answer.text


def test_documentation_of_the_interface_is_not_offered(site):
    browser = site.browser("boss", Role.OWNER)
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert browser.get(path).status_code == 404


def test_every_change_needs_the_csrf_token_of_its_own_session(site):
    mine, other = site.browser("boss", Role.OWNER), site.browser("bee")
    posts = [path for method, path in paths(site) if method == "POST"]
    assert len(posts) >= 8
    for path in posts:
        for token in ("", "0" * 64, other.headers["X-CSRF-Token"]):
            answer = mine.post(path, json={}, headers={"X-CSRF-Token": token})
            assert answer.status_code == 403, (path, token)


def test_a_change_asked_for_by_another_site_is_refused_though_the_token_is_right(site):
    browser = site.browser("ant")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
        assert browser.post("/api/votes", json={"votes": []}, headers=headers).status_code == 403


def test_a_cookie_is_out_of_reach_of_scripts_and_other_sites(site):
    answer = site.stranger().post("/join", json={"token": site.invite("ant")})
    told = answer.headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=strict" in told
    assert "secure" not in told  # loopback has no TLS
    assert f"max-age={int(LIFE_S)}" in told


def test_behind_tls_the_cookie_travels_only_there(site):
    app = build_app(site.root, site.clock, name="https://label.example.org")
    stranger = type(site.stranger())(app, base_url="https://label.example.org")
    headers = {"Origin": "https://label.example.org"}
    answer = stranger.post("/join", json={"token": site.invite("ant")}, headers=headers)
    assert answer.status_code == 204
    assert "secure" in answer.headers["set-cookie"].lower()
    app.state.house.close()


@pytest.mark.parametrize("token", ["", "wrong", "x" * 200, "ä"])
def test_a_wrong_token_opens_nothing(site, token):
    answer = site.stranger().post("/join", json={"token": token})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("body", [{}, {"token": 1}, {"token": None}, {"token": "x" * 201}])
def test_a_token_of_the_wrong_kind_is_refused_in_a_sentence(site, body):
    answer = site.stranger().post("/join", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")


def test_after_too_many_wrong_tokens_even_the_right_one_waits(site):
    stranger, token = site.stranger(), site.invite("ant")
    for _ in range(TRIES):
        assert stranger.post("/join", json={"token": "wrong"}).status_code == 403
    answer = stranger.post("/join", json={"token": token})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= WINDOW_S
    site.clock.now_s += WINDOW_S
    assert stranger.post("/join", json={"token": token}).status_code == 204


def test_the_token_is_neither_in_an_answer_nor_in_the_catalog(site):
    token = site.invite("ant")
    answer = site.stranger().post("/join", json={"token": token})
    assert token not in str(answer.headers)
    site.workspace.close()
    for file in site.root.rglob("*"):
        if file.is_file():
            assert token.encode() not in file.read_bytes(), file


def test_revoking_ends_a_session_at_the_next_request(site):
    browser = site.browser("ant")
    assert browser.get("/api/me").status_code == 200
    site.workspace.people.revoke("ant")
    assert browser.get("/api/me").status_code == 401
    assert browser.post("/api/votes", json={"votes": []}).status_code == 401


def test_a_new_invitation_ends_the_session_of_the_old_one(site):
    browser = site.browser("ant")
    site.invite("ant")
    assert browser.get("/api/me").status_code == 401
    answer = site.stranger().post("/join", json={"token": "old"})
    assert answer.status_code == 403


def test_a_session_ends_after_its_time(site):
    browser = site.browser("ant")
    cookie = next(iter(browser.cookies.items()))
    site.clock.now_s += LIFE_S
    late = site.stranger()
    late.cookies.set(*cookie)
    assert late.get("/api/me").status_code == 401


def test_forged_and_changed_cookies_are_refused(site):
    browser = site.browser("ant")
    name, real = next(iter(browser.cookies.items()))
    person = site.workspace.people.named("ant")
    badge = site.app.state.house.sessions.badge("0" * 64)
    forged = [
        "", "x", real[:-1], real + "0", real.upper(), real.partition(".")[0], real[::-1],
        Sessions(bytes(32), site.clock).open(person.id, badge),  # another key
        site.app.state.house.sessions.open(person.id, badge),  # our key, no invitation
        site.app.state.house.sessions.open(999, badge),  # nobody
    ]  # fmt: skip
    for cookie in forged:
        stranger = site.stranger()
        stranger.cookies.set(name, cookie)
        assert stranger.get("/api/me").status_code == 401, cookie
    stranger = site.stranger()
    stranger.cookies.set(name, real)
    assert stranger.get("/api/me").status_code == 200


def test_leaving_takes_the_cookie_away(site):
    browser = site.browser("ant")
    assert browser.post("/leave").status_code == 204
    assert browser.get("/api/me").status_code == 401


def test_a_page_without_a_session_says_what_is_needed(site):
    answer = site.stranger().get("/")
    assert answer.status_code == 401
    assert "You need an invitation" in answer.text


def test_a_name_that_is_not_ours_is_not_answered_even_with_a_session(site):
    browser = site.browser("ant")
    assert browser.get("/api/me", headers={"Host": "evil.example"}).status_code == 400


def test_a_body_too_large_is_refused_by_its_length_or_while_it_arrives(site):
    browser = site.browser("ant")
    kind = {"Content-Type": "application/json"}
    large = b'{"votes": [' + b" " * MOST_BYTES + b"]}"
    assert browser.post("/api/votes", content=large, headers=kind).status_code == 413
    taken = []

    def endless():
        for _ in range(1000):
            taken.append(1)
            yield b" " * 65536

    assert browser.post("/api/votes", content=endless(), headers=kind).status_code == 413


def test_what_is_not_json_is_refused(site):
    browser = site.browser("ant")
    form = browser.post("/api/votes", data={"votes": "[]"})
    assert form.status_code == 415
    for body in (b"{", b"[]", b"[" * 200_000, b'{"votes": "x"}', b'{"votes": [1]}', b"{}"):
        kind = {"Content-Type": "application/json"}
        answer = browser.post("/api/votes", content=body, headers=kind)
        assert answer.status_code == 422, body[:20]
        assert list(answer.json()) == ["error"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../factory.py", "/static/%2e%2e/factory.py", "/static/..%2ffactory.py",
        "/static/....//factory.py", "/static//etc/passwd", "/static/%2fetc%2fpasswd",
        "/static/owner.css%00.js", "/static/owner.css/", "/static/", "/static/..\\factory.py",
        "/media/../../catalog.db", "/media/..%2f..%2fsession.key", "/media/%2fetc%2fpasswd",
        "/media/" + "0" * 64, "/media/" + "A" * 64, "/media/" + "0" * 63,
    ],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_shown(site, path):
    answer = site.browser("ant").get(path)
    assert answer.status_code == 404
    assert b"SQLite" not in answer.content
    assert b"import" not in answer.content


def test_a_blob_that_is_no_item_is_not_shown(site):
    sha = site.workspace.blobs.put(b"GIF89a of somebody else")
    assert site.browser("ant").get(f"/media/{sha}").status_code == 404


def test_an_item_comes_as_a_picture_that_can_run_nothing(site):
    answer = site.browser("ant").get(f"/media/{site.shas[0]}")
    assert answer.status_code == 200
    assert answer.content == site.workspace.blobs.read(site.shas[0])
    assert answer.headers["content-type"] == "image/gif"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"].startswith("private")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_code_is_served_with_its_kind_and_asked_for_once(site):
    answer = site.stranger().get("/static/owner.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    again = site.stranger().get(
        "/static/owner.js", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_fault_of_ours_tells_the_visitor_nothing_of_the_inside(site, monkeypatch):
    browser = site.browser("ant")

    def broken(*_):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("anigifs.annotate.app.house.House.items", broken)
    answer = browser.get("/api/next")
    assert answer.status_code == 500
    assert list(answer.json()) == ["error"]
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


def test_the_pages_hold_no_inline_code_and_name_no_other_origin(site):
    boss = site.browser("boss", Role.OWNER)
    pages = [boss.get(path) for path in
             ("/", "/owner", "/owner/disagreements", "/owner/class/clapping")]  # fmt: skip
    pages += [site.stranger().get(path) for path in ("/join", "/", "/nothing")]
    for page in pages:
        assert "text/html" in page.headers["content-type"]
        text = page.text.lower()
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text
        for part in text.split("<script")[1:]:
            assert 'src="/static/' in part.partition(">")[0]
        assert "https://" not in text
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")


def test_csrf_token_is_in_the_page(site):
    browser = site.browser("ant")
    assert len(csrf_of(browser)) == 64
    item = browser.get("/api/next").json()["items"][0]
    assert browser.post("/api/votes", json={"votes": [a_vote(item)]}).status_code == 200
    assert BASE.startswith("http://127.0.0.1")
