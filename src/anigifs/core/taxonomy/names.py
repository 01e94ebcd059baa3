"""When two class names are the same name: case, spelling and punctuation do not count.

"Putting On Sari" = "putting_on_sari" = "PuttingOnSari"; "Making Jewellery" = "making jewelry";
"massaging person's head" = "massaging persons head"; brackets fall, what they hold stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from anigifs.core.errors import UnknownName

_AMERICAN = {
    "aeroplane": "airplane",
    "aeroplanes": "airplanes",
    "analysing": "analyzing",
    "axe": "ax",
    "barbecue": "barbeque",
    "barbecuing": "barbequing",
    "bbq": "barbeque",
    "centre": "center",
    "chequers": "checkers",
    "chiselling": "chiseling",
    "colour": "color",
    "coloured": "colored",
    "colouring": "coloring",
    "colours": "colors",
    "donut": "doughnut",
    "donuts": "doughnuts",
    "grey": "gray",
    "jewellery": "jewelry",
    "kerb": "curb",
    "lollipop": "lolly",
    "mould": "mold",
    "moulding": "molding",
    "moustache": "mustache",
    "organising": "organizing",
    "plough": "plow",
    "ploughing": "plowing",
    "practising": "practicing",
    "pyjamas": "pajamas",
    "shovelling": "shoveling",
    "signalling": "signaling",
    "television": "tv",
    "theatre": "theater",
    "travelling": "traveling",
    "tyre": "tire",
    "tyres": "tires",
}
"""Word by word, to the spelling of the Kinetics lists where those have the word."""


@lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    """The form in which equal names are equal: lower-case words with single spaces.

    Normalising twice changes nothing. A name of other scripts keeps its letters.
    """
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    text = re.sub(r"['\"’‘“”`´.]", "", text.casefold().replace("&", " and "))
    words = re.sub(r"[\W_]+", " ", text).split()
    return " ".join(_AMERICAN.get(word, word) for word in words)


def match(name: str, classes: Sequence[str]) -> str | None:
    """The class that `name` names, in the list's own spelling, or None."""
    return _index(tuple(classes)).get(normalise(name))


def require(name: str, classes: Sequence[str], kind: str = "class") -> str:
    """As `match`, but raises `UnknownName` with a suggestion where there is no such class."""
    if (found := match(name, classes)) is None:
        raise UnknownName(kind, name, classes)
    return found


@lru_cache(maxsize=64)
def _index(classes: tuple[str, ...]) -> dict[str, str]:
    return {normalise(name): name for name in classes}
