"""How politely, how long and from where bytes are fetched."""

from __future__ import annotations

import ipaddress
import re

from pydantic import Field, field_validator

from anigifs.core.config import Config

_HOST = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*")


class NetConfig(Config):
    """Numbers are our choices where no source is named."""

    operator: str = ""
    """Who runs this, as a mail address or a page: named in the User-Agent. Nothing is fetched
    without it, for hosts want to know whom to ask."""
    allow: tuple[str, ...] = ()
    """Hosts (`media.example`, `*.example`) and networks (`127.0.0.0/8`) that may be fetched from
    although their addresses are private. Nothing, unless you run a server of your own."""
    connections: int = Field(64, ge=1, le=4096)
    """Connections at once, over all hosts."""
    host_connections: int = Field(2, ge=1, le=64)
    """Connections at once to one host."""
    host_per_s: float = Field(4.0, gt=0)
    """Requests a second to one host; a longer Crawl-delay in its robots.txt wins."""
    tries: int = Field(4, ge=1, le=20)
    """How often one URL is asked for, on 408, 425, 429, 5xx and connection faults only."""
    backoff_s: float = Field(1.0, ge=0)
    """The wait before the second try; it doubles with each, plus up to as much at random."""
    wait_most_s: float = Field(120.0, ge=0)
    """The longest wait for a host (backoff, Retry-After); what needs longer is put off."""
    host_faults: int = Field(10, ge=1)
    """So many failures in a row that are the host's, and it is left alone for this run."""
    dns_s: float = Field(60.0, ge=0)
    """How long a checked address is kept; 0: look up at every connection."""
    connect_s: float = Field(10.0, gt=0)
    """The longest time to connect, TLS included."""
    idle_s: float = Field(15.0, gt=0)
    """The longest silence while bytes are awaited."""
    total_s: float = Field(90.0, gt=0)
    """The longest time for one try, redirects included."""
    max_bytes: int = Field(32 * 2**20, ge=1)
    """The most bytes of one answer, after decompression."""
    redirects: int = Field(5, ge=0, le=20)
    """The most redirects; each is checked like a first request."""
    robots: bool = True
    """Obey robots.txt (RFC 9309)."""
    optouts: bool = True
    """Obey `X-Robots-Tag: noai, noimageai, noml` and TDM reservations (TDMRep, 2024)."""
    ca_file: str = ""
    """A file of certificates to trust instead of the system's."""

    @field_validator("allow")
    @classmethod
    def _names(cls, allow: tuple[str, ...]) -> tuple[str, ...]:
        for entry in allow:
            if network(entry) is None and not _HOST.fullmatch(entry):
                raise ValueError(
                    f"{entry!r} is no host name and no network; write media.example, *.example "
                    "or 127.0.0.0/8"
                )
        return allow

    @field_validator("operator")
    @classmethod
    def _one_line(cls, operator: str) -> str:
        if not operator.isascii() or not (operator + " ").isprintable():
            raise ValueError("the operator is one line of plain ASCII: a mail address or a page")
        return operator.strip()


def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """`text` as a network, or None."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
