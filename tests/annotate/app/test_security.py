"""Sessions and the key that signs them."""

import stat

import pytest

from anigifs.annotate.app.security import KEY_BYTES, KEY_FILE, LIFE_S, Sessions, key_of
from anigifs.core.errors import InputError

KEY = bytes(range(32))


def sessions(now_s=1000.0, key=KEY):
    return Sessions(key, lambda: now_s)


def test_a_session_is_read_back_as_it_was_opened():
    opened = sessions().open(7, "badge")
    session = sessions().read(opened)
    assert (session.person_id, session.badge) == (7, "badge")
    assert session.until_s == 1000.0 + LIFE_S


def test_two_sessions_of_one_person_differ_and_so_do_their_csrf_tokens():
    one, two = (sessions().read(sessions().open(7, "badge")) for _ in range(2))
    assert one.nonce != two.nonce
    assert sessions().csrf(one) != sessions().csrf(two)
    assert sessions().csrf_fits(one, sessions().csrf(one))
    assert not sessions().csrf_fits(one, sessions().csrf(two))
    assert not sessions().csrf_fits(one, "")
    assert not sessions().csrf_fits(one, "ä\ud800")


def test_every_single_changed_character_ends_a_session():
    opened = sessions().open(7, "badge")
    for place, old in enumerate(opened):
        changed = opened[:place] + ("A" if old != "A" else "B") + opened[place + 1 :]
        assert sessions().read(changed) is None, place


@pytest.mark.parametrize("cookie", ["", ".", "a.b", "\x00", "ä.ö", "W10=.", "." * 5000])
def test_what_was_never_signed_is_no_session(cookie):
    assert sessions().read(cookie) is None


def test_a_session_signed_with_another_key_is_none():
    assert sessions(key=bytes(32)).read(sessions().open(7, "badge")) is None


def test_a_csrf_token_of_one_session_is_no_signature_of_another():
    session = sessions().read(sessions().open(7, "badge"))
    text = sessions().open(7, "badge").partition(".")[0]
    assert sessions().read(f"{text}.{sessions().csrf(session)}") is None


def test_a_session_ends_after_its_time():
    opened = sessions().open(7, "badge")
    assert sessions(1000.0 + LIFE_S - 1).read(opened) is not None
    assert sessions(1000.0 + LIFE_S).read(opened) is None


def test_the_badge_tells_nothing_of_the_stored_hash():
    assert sessions().badge("ab" * 32) != sessions(key=bytes(32)).badge("ab" * 32)
    assert sessions().badge("ab" * 32) != sessions().badge("ac" * 32)


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path):
    key = key_of(tmp_path)
    assert len(key) == KEY_BYTES
    assert key_of(tmp_path) == key
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]


def test_two_workspaces_have_different_keys_and_cookies(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, two = key_of(tmp_path / "a"), key_of(tmp_path / "b")
    assert one != two
    assert sessions(key=one).cookie != sessions(key=two).cookie


def test_a_key_that_others_may_read_or_that_is_cut_is_refused_with_advice(tmp_path):
    key_of(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        key_of(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o600)
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(InputError, match="delete it"):
        key_of(tmp_path)
