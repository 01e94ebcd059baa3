"""What the requests share: the workspace, opened once, and what is remembered between them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from anigifs.annotate.app.limits import Tries
from anigifs.annotate.app.numbers import Numbers
from anigifs.annotate.app.security import Clock, Session, Sessions
from anigifs.annotate.app.shown import FILTERS
from anigifs.annotate.config import AnnotateConfig
from anigifs.annotate.neighbours import classes_of
from anigifs.annotate.queue import Item, describe
from anigifs.catalog.annotation import Person, Task
from anigifs.catalog.proposals import DISAGREEMENT
from anigifs.catalog.workspace import Workspace

CARD_S, CLASSES_S, ITEM_S = 20.0, 60.0, 300.0
"""How long what another process changed may go unseen."""
MOST_KEPT = 5_000


@dataclass(slots=True)
class House:
    """One served workspace. secure: people reach it through TLS, so cookies travel only there."""

    workspace: Workspace
    config: AnnotateConfig
    sessions: Sessions
    tries: Tries
    numbers: Numbers
    clock: Clock
    secure: bool
    templates: Environment
    _cards: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    _items: dict[tuple[str, str], tuple[float, Item]] = field(default_factory=dict)
    _classes: tuple[float, tuple[str, ...], frozenset[str]] = (0.0, (), frozenset())
    _lock: Lock = field(default_factory=Lock)

    def standing(self, session: Session) -> Person | None:
        """The person of a session, if neither revoked nor invited anew since it began."""
        found = self.workspace.people.standing(session.person_id)
        if found is None or found[0].revoked:
            return None
        person, token_sha256 = found
        return person if self.sessions.badge(token_sha256) == session.badge else None

    def enter(self, token: str) -> str | None:
        """The cookie of a new session for the holder of `token`; None: it is nobody's."""
        person = self.workspace.people.enter(token)
        found = person and self.workspace.people.standing(person.id)
        return self.sessions.open(found[0].id, self.sessions.badge(found[1])) if found else None

    def classes(self) -> tuple[str, ...]:
        """Every class that an item can be said to show, in the order of their names."""
        return self._known_classes()[1]

    def class_set(self) -> frozenset[str]:
        """The same, to look up."""
        return self._known_classes()[2]

    def items(self, person: Person, count: int) -> list[Item]:
        """The items that a person is to judge next, leased to them."""
        config = self.config
        taken = self.workspace.tasks.take(person.id, count, config.lease_s, config.gold_share)
        return [self.item(task) for task in taken]

    def item(self, task: Task) -> Item:
        """What the page shows of a task: the hit and the facts are looked up once in a while."""
        key = task.sha256, task.label
        made_s, item = self._items.get(key, (0.0, None))
        if item is None or monotonic() - made_s > ITEM_S:
            if len(self._items) > MOST_KEPT:
                self._items.clear()
            item = describe(self.workspace, task, self.config)
            self._items[key] = monotonic(), item
        return replace(item, task=task)

    def card(self, label: str) -> dict[str, Any]:
        """The guideline card of a class, as the annotator's page shows it."""
        made_s, card = self._cards.get(label, (0.0, {}))
        if not card or monotonic() - made_s > CARD_S:
            card = _card(self.workspace, label)
            self._cards[label] = monotonic(), card
        return card

    def forget_card(self, label: str) -> None:
        """The card was changed."""
        self._cards.pop(label, None)

    def _known_classes(self) -> tuple[float, tuple[str, ...], frozenset[str]]:
        with self._lock:
            made_s, names, _ = self._classes
            if not names or monotonic() - made_s > CLASSES_S:
                names = classes_of(self.workspace, self.config.classes)
                self._classes = monotonic(), names, frozenset(names)
            return self._classes

    def close(self) -> None:
        """Wait for what runs, and close the workspace."""
        self.numbers.close()
        self.workspace.close()

    def disputed(self) -> int:
        """How many items wait for an adjudicator."""
        return len(self.workspace.verdicts.noted(DISAGREEMENT))

    def page(self, template: str, /, **values: Any) -> HTMLResponse:
        """A page from a template; `status` among the values is the answer's, else 200."""
        text = self.templates.get_template(template).render(**values)
        return HTMLResponse(text, values.get("status", 200))


def _card(workspace: Workspace, label: str) -> dict[str, Any]:
    guidance = workspace.guidance
    shown = {said: list[dict[str, str]]() for said in ("accepted", "rejected")}
    for example in guidance.examples(label):
        media = {"media": f"/media/{example.sha256}", "note": example.note}
        shown[example.said].append(media)
    return {"definition": guidance.definition(label), **shown}


def templates() -> Environment:
    """The pages' templates: every value is escaped, and a missing one is an error."""
    environment = Environment(
        loader=PackageLoader("anigifs.annotate.app"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    return environment


def house_of(request: Request) -> House:
    """The house that a request came to."""
    house: House = request.app.state.house
    return house
