"""Errors carry their exit code and the way out."""

import inspect
import re

import pytest

from anigifs.core import errors
from anigifs.core.errors import AnigifsError, InputError, UnknownName, shorten, suggest

TABLE = errors.__doc__.split("\n\n")[1]
KINDS = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, AnigifsError)
]  # fmt: skip


def test_exit_codes_are_those_of_the_documented_table():
    """The module's own text is the table that people read; indented kinds share the code above."""
    documented, code = {}, 0
    for name, told in re.findall(r"^[│ ]*[├└─ ]*(\w+Error|\w+)(?: +exit (\d))?", TABLE, re.M):
        code = int(told or code)
        documented[name] = code
    assert documented == {kind.__name__: kind.exit_code for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_documented_and_has_a_code_no_shell_uses(kind):
    assert kind.__doc__
    assert kind.__name__ in errors.__doc__
    assert 1 <= kind.exit_code <= 7


def test_an_unknown_name_is_quoted_with_the_nearest_and_the_known():
    error = UnknownName("algorithm", "wurst-case", ["erm", "worst-case"], "Add one.")
    assert str(error) == (
        "no algorithm is named 'wurst-case'. Did you mean 'worst-case'? "
        "Known: erm, worst-case. Add one."
    )
    assert isinstance(error, InputError)


def test_nothing_near_is_not_suggested():
    assert suggest("xyz", ["erm", "worst-case"]) == ""


def test_long_lists_are_cut():
    assert shorten(["a", "b", "c"], 2) == "a, b and 1 more"
    assert shorten(["a", "b"], 2) == "a, b"
