"""The example of docs/how-to-add-provider.md works as written."""

import json
import re
from pathlib import Path

from anigifs.collect.keys import Keys
from anigifs.collect.queries import Query
from anigifs.collect.records import FIRST

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to-add-provider.md"


def test_the_provider_of_the_how_to_pages_and_parses():
    code = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[1]
    names = {}
    exec(compile(code, str(PAGE), "exec", dont_inherit=True), names)
    waves = names["Waves"](names["WavesConfig"](), Keys({}))
    assert waves.request(Query("a b"), FIRST).url == "https://waves.example/search?q=a+b&page=1"
    item = {"id": 5, "gif": "https://waves.example/5.gif", "title": "<i>x</i>", "licence": "CC0"}
    page = waves.parse(json.dumps({"items": [item, 7], "last": False}).encode(), FIRST)
    assert (page.next, len(page.problems)) == ("2", 1)
    assert (page.items[0].title, page.items[0].licence.spdx) == ("x", "CC0-1.0")
    assert waves.parse(b'{"items": [], "last": false}', "3").next is None
