"""docs/methods says what the code does: a page for every method, every key with its default."""

import re
from pathlib import Path

import pytest

from anigifs.algorithms import ALGORITHMS

DOCS = Path(__file__).parents[2] / "docs" / "methods"


@pytest.mark.parametrize("name", list(ALGORITHMS.builtin))
def test_a_page_lists_every_key_with_its_default(name):
    page = (DOCS / f"{name}.md").read_text("utf-8")
    (table,) = re.findall(r"\| key \|.*?\n\n", page, re.S) or [""]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", table, re.M))
    fields = ALGORITHMS[name].Config.model_fields
    assert sorted(rows) == sorted(fields)
    for key, shown in rows.items():
        value = fields[key].default
        expected = getattr(value, "name", value)
        expected = f'"{expected}"' if isinstance(expected, str) else str(expected)
        assert shown.lower() == expected.lower(), key


@pytest.mark.parametrize("name", list(ALGORITHMS.builtin))
def test_a_page_shows_a_picture(name):
    page = (DOCS / f"{name}.md").read_text("utf-8")
    assert re.search(r"^!\[[^]]+\]\(\.\./images/[\w-]+\.png\)$", page, re.M)


@pytest.mark.parametrize("name", list(ALGORITHMS.builtin))
def test_the_overview_names_every_method_and_links_to_its_page(name):
    assert f"[`{name}`]({name}.md)" in (DOCS / "README.md").read_text("utf-8")
