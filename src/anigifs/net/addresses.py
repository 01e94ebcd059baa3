"""Which addresses may be connected to: the guard against requests into private networks.

The address that was checked is the one that is connected to: the resolver hands only checked
addresses to the connector, and the socket factory looks once more at each. A name that resolves
to another address the next time is checked again.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from anigifs.net.config import network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str], Awaitable[list[str]]]
"""From a host name to its addresses as text. Raises OSError where there are none."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(Exception):
    """A host has no address that may be connected to."""


class Guard:
    """Knows which hosts and networks a person allowed beyond the public ones."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        entries = list(allow)
        self._networks = [found for entry in entries if (found := network(entry)) is not None]
        self._names = [entry.lower() for entry in entries if network(entry) is None]
        self._vetted: set[str] = set()

    def check(self, host: str, addresses: Iterable[str]) -> list[str]:
        """The addresses of `host` that may be connected to. Raises `AddressRefused` if none."""
        listed = list(addresses)
        fit = [text for text in listed if self._permits(host, ipaddress.ip_address(text))]
        if not fit:
            raise AddressRefused(
                f"{host} is at {', '.join(listed) or 'no address'}, which is not public; if this "
                f"is a server of yours, name it under net.allow in workspace.toml"
            )
        self._vetted.update(fit)
        return fit

    def check_literal(self, host: str) -> None:
        """As `check`, for a host that is written as an address; names pass."""
        if (":" in host or host[-1:].isdigit()) and is_address(host):
            self.check(host, [host])

    def open_socket(self, info: Any) -> socket.socket:
        """A socket for an address that was checked before. Raises `AddressRefused`."""
        family, kind, protocol, _, address = info
        if address[0] not in self._vetted:
            raise AddressRefused(f"{address[0]} was never checked")
        return socket.socket(family, kind, protocol)

    def _permits(self, host: str, address: Address) -> bool:
        return (
            is_public(address)
            or any(_matches(host.lower(), name) for name in self._names)
            or any(address in network for network in self._networks)
        )


class GuardedResolver(AbstractResolver):
    """Resolves through a hook and hands on only what the guard lets pass."""

    def __init__(self, guard: Guard, resolve: Resolve | None = None) -> None:
        self._guard, self._hook = guard, resolve or system_resolve

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The checked addresses of `host`. Raises `AddressRefused`, or OSError for no address."""
        found = self._guard.check(host, await self._hook(host))
        return [_result(host, address, port) for address in found]

    async def close(self) -> None:
        """Nothing is held."""


async def system_resolve(host: str) -> list[str]:
    """What the operating system says, IPv4 and IPv6, in its order."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def is_address(host: str) -> bool:
    """Whether a host is written as an address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: Address) -> bool:
    """Whether an address is of the public Internet, and so is every address wrapped in it.

    Refused: private, shared (100.64/10), loopback, link-local, multicast, reserved, unspecified,
    documentation; IPv4 in IPv6 (mapped, 6to4, Teredo, NAT64) by the IPv4 address within.
    """
    if isinstance(address, ipaddress.IPv6Address) and (inner := _inner(address)):
        return all(map(is_public, inner))
    odd = (
        address.is_private, address.is_loopback, address.is_link_local, address.is_multicast,
        address.is_reserved, address.is_unspecified, getattr(address, "is_site_local", False),
    )  # fmt: skip
    return address.is_global and not any(odd)


def _inner(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        wrapped.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in wrapped if inner is not None]


def _matches(host: str, name: str) -> bool:
    return host == name or (name.startswith("*.") and host.endswith(name[1:]))


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )  # fmt: skip
