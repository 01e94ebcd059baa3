"""Queries: a list of classes times a few templates.

Source: Ani-GIFs paper, section 3.1: three queries for each of the 600 Kinetics classes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from anigifs.core.errors import InputError, shorten, suggest

TEMPLATES = ("animated {class} gif", "cartoon {class} gif", "graphics {class} gif")
"""The paper's three."""
PLACE = "{class}"


@dataclass(frozen=True, slots=True)
class Query:
    """One thing to ask a provider. `label` is the class it was made for, "" for none."""

    text: str
    label: str = ""
    template: str = ""


def make_queries(
    classes: Iterable[str], templates: Iterable[str] = TEMPLATES, only: Iterable[str] = ()
) -> tuple[Query, ...]:
    """Every template for every class, template by template, each text once.

    Template by template, because a job that is stopped early then has asked for every class.

    Args:
        classes: class names; empty ones and repeated ones are left out.
        templates: texts with `{class}` in them.
        only: keep these classes alone; all when empty.

    Raises:
        InputError: a template without `{class}`, no class at all, or `only` names another.
    """
    names = _only(list(dict.fromkeys(name.strip() for name in classes if name.strip())), only)
    shapes = tuple(dict.fromkeys(_checked(template) for template in templates))
    queries = (
        Query(" ".join(template.replace(PLACE, name).split()), name, template)
        for template in shapes
        for name in names
    )
    return tuple({query.text: query for query in queries}.values())


def _only(names: list[str], only: Iterable[str]) -> list[str]:
    wanted = set(only)
    for name in sorted(wanted - set(names)):
        raise InputError(
            f"the class list has no {name!r}.{suggest(name, names)} It has: {shorten(names)}"
        )
    if not names:
        raise InputError("the class list is empty; it needs one class name a line")
    return [name for name in names if name in wanted] if wanted else names


def _checked(template: str) -> str:
    if template.count(PLACE) != 1:
        raise InputError(f"a template holds {PLACE} once, as in {TEMPLATES[0]!r}; got {template!r}")
    return template
