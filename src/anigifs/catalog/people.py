"""Who may vote: people under pseudonyms, who enter with a token that is stored as its hash."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from sqlalchemy import Connection, Row, select, update

from anigifs.catalog.annotation import Person, Role
from anigifs.catalog.database import Database, now
from anigifs.catalog.handing import free
from anigifs.catalog.schema_people import leases, people
from anigifs.core.errors import InputError, UnknownName

LONGEST_NAME = 64


class People:
    """Those who were invited."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def invite(self, name: str, role: Role = Role.ANNOTATOR) -> tuple[Person, str]:
        """Invite a person, or again one whom the catalog knows: an older token ends.

        Returns: the person, and the token, 256 random bits, which is kept nowhere.

        Raises:
            InputError: the name is empty, too long, or not printable.
        """
        _check(name)
        token = secrets.token_urlsafe(32)
        given: dict[str, Any] = {"role": role, "token_sha256": _hash(token), "revoked_at_s": None}
        mine = people.c.name == name
        with self._database.write(durable=True) as connection:
            if not connection.execute(update(people).where(mine).values(**given)).rowcount:
                row = {"name": name, "given": 0, "done": 0, "at_s": now(), **given}
                connection.execute(people.insert().values(**row))
            return _person(connection.execute(select(people).where(mine)).one()), token

    def enter(self, token: str) -> Person | None:
        """The person whose token this is; None: nobody's, or revoked."""
        person = self._one(people.c.token_sha256 == _hash(token))
        return None if person is None or person.revoked else person

    def get(self, person_id: int) -> Person | None:
        """The person of this number, also if revoked."""
        return self._one(people.c.id == person_id)

    def standing(self, person_id: int) -> tuple[Person, str] | None:
        """The person of this number with the hash of the token that is valid now."""
        with self._database.read() as connection:
            row = connection.execute(select(people).where(people.c.id == person_id)).first()
        return None if row is None else (_person(row), row.token_sha256)

    def named(self, name: str) -> Person:
        """The person of this name. Raises `InputError` when there is none."""
        if (person := self._one(people.c.name == name)) is None:
            raise InputError(
                f"nobody named {name!r} was invited; who was: anigifs annotate list WORKSPACE"
            )
        return person

    def all(self) -> list[Person]:
        """Everybody, in the order of their first invitation."""
        with self._database.read() as connection:
            return [_person(row) for row in connection.execute(select(people).order_by("id"))]

    def done(self) -> dict[str, int]:
        """How many votes of each person count."""
        with self._database.read() as connection:
            chosen = select(people.c.name, people.c.done).order_by(people.c.id)
            return dict(connection.execute(chosen).all())

    def revoke(self, name: str) -> Person:
        """End a person's access; votes stay, held items go to others. Idempotent.

        Raises:
            InputError: nobody of this name was invited.
        """
        person = self.named(name)
        change = update(people).where(people.c.id == person.id, people.c.revoked_at_s.is_(None))
        with self._database.write(durable=True) as connection:
            connection.execute(change.values(revoked_at_s=now()))
            free(connection, leases.c.person_id == person.id)
            return _read(connection, person.id)

    def _one(self, which: Any) -> Person | None:
        with self._database.read() as connection:
            row = connection.execute(select(people).where(which)).first()
        return None if row is None else _person(row)


def role_of(text: str) -> Role:
    """The role of this name. Raises `UnknownName` where there is none."""
    if text not in set(Role):
        raise UnknownName("role", text, [str(role) for role in Role])
    return Role(text)


def _check(name: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise InputError(
            f"a person is named by 1 to {LONGEST_NAME} printable characters without spaces around "
            f"them; got {name!r}. Use a pseudonym: it is published with the votes"
        )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _read(connection: Connection, person_id: int) -> Person:
    return _person(connection.execute(select(people).where(people.c.id == person_id)).one())


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id, name=row.name, role=Role(row.role), invited_at_s=row.at_s,
        revoked=row.revoked_at_s is not None,
    )  # fmt: skip
