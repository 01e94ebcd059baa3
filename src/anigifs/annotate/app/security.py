"""Who is there: sessions in signed cookies, their CSRF tokens, and the key that signs both.

A session is bound to its person and to the invitation it was opened with: revoking somebody, or
inviting them again, ends it at the next request. Nothing of it is stored on the server.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path

from anigifs.core.errors import InputError

KEY_FILE, KEY_BYTES = "session.key", 32
LIFE_S = 7 * 24 * 3600.0
"""How long a session lasts; the link that opened it opens another. Our choice."""

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Session:
    """What a cookie says. badge: stands for the invitation; nonce: different for every session."""

    person_id: int
    badge: str
    nonce: str
    until_s: float


class Sessions:
    """Opens sessions and reads them back from cookies; `key`: 32 secret bytes."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key, self._clock = key, clock
        self.cookie = f"anigifs_{self._sign('cookie', '')[:8]}"
        """The cookie's name: two workspaces served on one host do not end each other's sessions."""

    def badge(self, token_sha256: str) -> str:
        """What a session keeps of an invitation."""
        return self._sign("badge", token_sha256)[:32]

    def open(self, person_id: int, badge: str) -> str:
        """The cookie of a new session."""
        session = Session(person_id, badge, secrets.token_urlsafe(16), self._clock() + LIFE_S)
        text = base64.urlsafe_b64encode(json.dumps(astuple(session)).encode()).decode()
        return f"{text}.{self._sign('session', text)}"

    def read(self, cookie: str) -> Session | None:
        """The session of a cookie; None for one that is forged, changed or over."""
        text, _, signature = cookie.partition(".")
        if not _same(signature, self._sign("session", text)):
            return None
        try:
            session = Session(*json.loads(base64.urlsafe_b64decode(text)))
        except (TypeError, ValueError, binascii.Error):  # signed by another version
            return None
        return session if session.until_s > self._clock() else None

    def csrf(self, session: Session) -> str:
        """The token that every change has to bring along, from a page of this session."""
        return self._sign("csrf", session.nonce)

    def csrf_fits(self, session: Session, given: str) -> bool:
        """Whether `given` is this session's token."""
        return _same(given, self.csrf(session))

    def _sign(self, purpose: str, text: str) -> str:
        said = f"{purpose}\0{text}".encode("utf-8", "replace")
        return hmac.new(self._key, said, "sha256").hexdigest()


def key_of(root: Path) -> bytes:
    """The key of a workspace, made on first use, readable by its owner only.

    Raises:
        InputError: the file is not 32 bytes, or others may read it.
    """
    file = root / KEY_FILE
    if not file.exists():
        _make_key(file)
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise InputError(f"others may read {file}, which signs sessions; run: chmod 600 {file}")
    key = file.read_bytes()
    if len(key) != KEY_BYTES:
        raise InputError(f"{file} is not {KEY_BYTES} bytes; delete it, and everybody joins again")
    return key


def _make_key(file: Path) -> None:
    """Whole or not at all, and never over another one: two servers may start at once."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # has mode 0600
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
        if not file.exists():
            os.link(part, file)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
