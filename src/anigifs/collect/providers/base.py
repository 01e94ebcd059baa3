"""What a provider is: two pure functions and what it declares. It opens nothing and keeps nothing.

`request` says what to ask; somebody else fetches; `parse` reads the answer. So a provider is
tested without a socket, a dry run is just another consumer, and paging survives `kill -9`
because its state is a text in the catalog.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol
from urllib.parse import urlencode

from pydantic import Field

from anigifs.collect.keys import Keys
from anigifs.collect.queries import Query
from anigifs.collect.records import Pace, Page, Request, State, Terms
from anigifs.core.config import Config, build
from anigifs.core.registry import Registry


class ProviderConfig(Config):
    """What may be set in every provider."""

    base_url: str = Field("", pattern=r"^(https?://[^\s?#]+[^/?#\s])?$")
    """Another server of the same shape, without a slash at the end; empty: the provider's own."""
    per_query: int = Field(200, ge=1)
    """Items kept of one query: paging stops there."""
    media: bool = True
    """Fetch what is found; false only lists it."""


class Provider(Protocol):
    """One place to look. The config and the keys come in through the constructor.

    Config: a subclass of `ProviderConfig`. pace: of its search.
    by_name: it has to be switched on by name; a plain `collect` leaves it out.
    """

    Config: ClassVar[Any]
    name: ClassVar[str]
    terms: ClassVar[Terms]
    pace: ClassVar[Pace]
    by_name: ClassVar[bool]

    def __init__(self, config: Any, keys: Keys) -> None:
        """Raises `InputError` where a key is needed and absent."""

    @property
    def config(self) -> ProviderConfig:
        """What was set."""

    def request(self, query: Query, state: State) -> Request:
        """What to ask for the page that `state` stands for; `FIRST` is the first."""

    def parse(self, body: bytes, state: State) -> Page:
        """The answer to the request of `state`.

        Raises:
            SourceError: it is not in the documented shape. A single odd item is no error.
        """


PROVIDERS: Registry[type[Provider]] = Registry(
    "provider",
    {
        "bing": "anigifs.collect.providers.bing:Bing",
        "commons": "anigifs.collect.providers.commons:Commons",
        "gifcities": "anigifs.collect.providers.gifcities:GifCities",
        "giphy": "anigifs.collect.providers.giphy:Giphy",
        "klipy": "anigifs.collect.providers.klipy:Klipy",
        "local": "anigifs.collect.providers.local:Local",
        "openverse": "anigifs.collect.providers.openverse:Openverse",
    },
    "anigifs.providers",
)


def build_provider(name: str, values: Mapping[str, Any], keys: Keys) -> Provider:
    """The provider called `name` with its config.

    Raises:
        UnknownName: there is none of this name.
        ConfigError: a value is unknown or out of range.
        InputError: its key is missing.
    """
    kind = PROVIDERS[name]
    return kind(build(kind.Config, values, f"the provider {name}"), keys)


def url_of(base: str, path: str, values: Mapping[str, str | int]) -> str:
    """`base` + `path` with a query string."""
    return f"{base}{path}?{urlencode(values)}"


def cut(text: str, most: int) -> str:
    """`text` within `most` characters, cut between words where it can be."""
    if len(text) <= most:
        return text
    return text[: most + 1].rpartition(" ")[0] or text[:most]


def number_of(state: State, first: int) -> int:
    """A page number or offset kept as text; anything else is `first`."""
    return int(state) if state.isascii() and state.isdigit() and len(state) < 10 else first
