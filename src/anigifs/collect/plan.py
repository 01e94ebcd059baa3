"""What a collect job will ask: the classes, the queries, and the providers that are at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from anigifs.catalog import NewQuery
from anigifs.collect.keys import Keys
from anigifs.collect.providers import PROVIDERS, Provider, build_provider
from anigifs.collect.queries import TEMPLATES, Query, make_queries
from anigifs.collect.records import FIRST
from anigifs.core.config import Config, build, load
from anigifs.core.errors import InputError
from anigifs.core.records import Problem
from anigifs.core.taxonomy import list_of
from anigifs.net.config import NetConfig

LOOPBACK = r"^(http://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?)?$"
OWN_PACE: Mapping[str, Any] = {
    "host_per_s": 1000.0, "host_connections": 16, "host_faults": 1000, "backoff_s": 0.2,
}  # fmt: skip
"""How a server of one's own is asked: it needs no politeness."""


class CollectConfig(Config):
    """One collect job."""

    classes: str = "kinetics-600"
    """A list that comes with the package, or a text file with one class a line."""
    only: tuple[str, ...] = ()
    """These classes of the list alone."""
    templates: tuple[str, ...] = TEMPLATES
    """Texts with {class} in them; each makes a query of each class."""
    providers: tuple[str, ...] = ()
    """Which to ask. Empty: every one that is on by default and whose key is at hand."""
    options: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Settings of single providers, for example {openverse = {page_size = 20}}."""
    web: str = Field("", pattern=LOOPBACK)
    """A server on this computer to ask instead of the real ones, see `anigifs fake-web`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Providers by name, what to ask each, and which were left out and why."""

    providers: Mapping[str, Provider]
    queries: tuple[NewQuery, ...] = ()
    left_out: tuple[Problem, ...] = ()
    web: str = ""

    def requests(self) -> list[tuple[NewQuery, str]]:
        """Every query with the URL of its first page, keys left out."""
        return [
            (query, self.providers[query.provider].request(asked(query), FIRST).url)
            for query in self.queries
        ]

    def net(self, net: NetConfig) -> NetConfig:
        """The workspace's settings, with a server of one's own allowed where one is named."""
        if not self.web:
            return net
        host = urlsplit(self.web).hostname or ""
        own = {"operator": net.operator or "fake-web", "allow": (*net.allow, host)}
        return net.model_copy(update={**OWN_PACE, **own})


def configure(
    path: Path | None, overrides: Sequence[str], flags: Mapping[str, Any]
) -> CollectConfig:
    """The config of a file with `key=value` overrides; flags that say something win.

    Raises:
        ConfigError: as `core.config.load`.
    """
    loaded = load(CollectConfig, path, overrides)
    said = {name: value for name, value in flags.items() if value}
    return build(CollectConfig, loaded.model_dump() | said, "the command line") if said else loaded


def make_plan(config: CollectConfig, keys: Keys) -> Plan:
    """The providers that can be asked, times the queries.

    Raises:
        InputError: no class, a bad template, no provider at all, or one that was named lacks its
            key.
        UnknownName: a class list or provider of no such name.
    """
    queries = make_queries(list_of(config.classes), config.templates, config.only)
    providers, left_out = _providers(config, keys)
    asked = (
        NewQuery(name, query.label, query.text, query.template)
        for query in queries
        for name in providers
    )
    return Plan(providers, tuple(asked), tuple(left_out), config.web)


def asked(query: NewQuery) -> Query:
    """The provider's view of a query."""
    return Query(query.text, query.label, query.template)


def _providers(config: CollectConfig, keys: Keys) -> tuple[dict[str, Provider], list[Problem]]:
    if "local" in config.providers:
        raise InputError("what lies on your disk needs no query; use: anigifs import DIR PATH")
    for name in config.options:
        PROVIDERS[name]
    names = config.providers or [name for name in PROVIDERS if not PROVIDERS[name].by_name]
    found, left_out = {}, []
    for name in dict.fromkeys(names):
        try:
            found[name] = build_provider(name, _options(config, name), keys)
        except InputError as error:
            if config.providers or "key" not in str(error):
                raise
            left_out.append(Problem(name, str(error)))
    return found, left_out


def _options(config: CollectConfig, name: str) -> dict[str, Any]:
    base = {"base_url": f"{config.web}/{name}"} if config.web else {}
    return base | config.options.get(name, {})
