"""Registries: names to things, imported when used, open to other packages."""

import subprocess
import sys

import pytest

from anigifs.core.errors import UnknownName
from anigifs.core.registry import Registry


@pytest.fixture
def table():
    return Registry(
        "number", {"half": "fractions:Fraction", "gone": "fractions:Gone"}, "toy.numbers"
    )


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A real installed package, as far as Python can tell, with two entry points."""
    info = tmp_path / "toy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    points = "[toy.numbers]\nwhole = decimal:Decimal\nhalf = decimal:Decimal\n"
    (info / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(str(tmp_path))


def test_a_name_gives_the_thing(table):
    assert table["half"](1, 2) == 0.5


def test_an_unknown_name_gets_a_suggestion_and_the_way_to_add_one(table):
    with pytest.raises(
        UnknownName, match=r"number is named 'halve'\. Did you mean 'half'.*toy\.num"
    ):
        table["halve"]


def test_another_package_adds_names_but_takes_none(table, plugin):
    assert list(table) == ["gone", "half", "whole"]
    assert table["whole"].__name__ == "Decimal"
    assert table["half"].__name__ == "Fraction"
    assert "whole" in table
    assert "other" not in table


def test_listing_imports_nothing():
    script = (
        "import sys; from anigifs.core.registry import Registry;"
        "table = Registry('x', {'a': 'anigifs.not_there:X', 'b': 'fractions:Fraction'}, 'toy');"
        "assert list(table) == ['a', 'b'] and 'a' in table; assert 'fractions' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
