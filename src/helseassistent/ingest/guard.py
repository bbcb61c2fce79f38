"""Which machines may be connected to: public ones, by the very address that was looked at."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from helseassistent.ingest.addresses import IP, Address

Networks: TypeAlias = frozenset[IPv4Network | IPv6Network]
Resolve: TypeAlias = Callable[[str, float], Sequence[str]]  # name and seconds to every address it has, as text

# Beyond what `is_global` tells: networks that lead inside by another road (RFC 6052, 3056, 4380, 3879, 7526, 4291),
# and the address at which a cloud answers its own machines.
_FORBIDDEN = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)
_INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "onion", "test", "invalid")


def is_public(ip: IP, *, permitted: Networks = frozenset()) -> bool:
    """Whether a machine at `ip` may be asked; `permitted` is for tests on loopback and never comes from a file."""
    if any(ip in network for network in permitted if network.version == ip.version):
        return True
    if any(ip in network for network in _FORBIDDEN if network.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def pin(address: Address, *, resolve: Resolve, seconds: float, permitted: Networks) -> tuple[str, ...] | str:
    """The checked numbers to connect to, IPv4 first, or why there are none, in Norwegian.

    One private number among them is enough for a refusal: a name that has both is an attempt to get inside.
    """
    if (ip := address.ip) is not None:
        return (str(ip),) if is_public(ip, permitted=permitted) else _private(str(ip))
    if "." not in address.host or address.host.rpartition(".")[2] in _INSIDE:
        return f"Vertsnavnet «{address.host}» hører til et internt nett."
    try:
        found = [ip_address(text) for text in resolve(address.host, seconds)]
    except (OSError, ValueError):
        return f"Fant ikke vertsnavnet «{address.host}» i navnetjenesten."
    for ip in found:
        if not is_public(ip, permitted=permitted):
            return _private(f"{address.host} ({ip})")
    if not found:
        return f"Vertsnavnet «{address.host}» har ingen adresse."
    return tuple(str(ip) for ip in sorted(found, key=lambda ip: ip.version))


def system_resolve(name: str, seconds: float) -> Sequence[str]:
    """Every address of `name`, from the system; the thread lives on where the system does not answer in time."""
    found: list[str] = []
    errors: list[OSError | UnicodeError] = []

    def look_up() -> None:
        try:
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            errors.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(name)
    if errors:
        raise OSError(name) from errors[0]
    return list(dict.fromkeys(found))


def _private(what: str) -> str:
    return f"{what} er ikke en offentlig nettadresse."
