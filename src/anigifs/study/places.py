"""`{name}` in the texts of a study: where its data lies, and the seed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from anigifs.core.errors import UnknownName

_NAME = re.compile(r"\{([A-Za-z][\w-]*)\}")


def fill(value: Any, places: Mapping[str, str], later: frozenset[str] = frozenset()) -> Any:
    """`value` (tables, lists, texts) with `{name}` replaced in every text and key.

    later: names that are left as they are, to be filled in afterwards.

    Raises:
        UnknownName: a text has a name that is in neither.
    """
    if isinstance(value, Mapping):
        return {fill(key, places, later): fill(one, places, later) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [fill(one, places, later) for one in value]
    if not isinstance(value, str):
        return value
    return _NAME.sub(lambda found: _place(found[1], value, places, later), value)


def _place(name: str, text: str, places: Mapping[str, str], later: frozenset[str]) -> str:
    if name in later:
        return f"{{{name}}}"
    if name not in places:
        known = {*places, *later}
        raise UnknownName("place", name, known, f"It stands in {text!r}.")
    return places[name]
