"""One address asked for over the network: pinned, verified, limited in time and size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TypeAlias

from helseassistent.ingest.found import Fetched, Gone, Known, Refused, Unchanged

Networks: TypeAlias = frozenset[IPv4Network | IPv6Network]
Answered: TypeAlias = Fetched | Unchanged | Gone | Refused
Gate: TypeAlias = Callable[[str], "str | None"]  # asked before every request: None, or why it may not be sent


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost."""

    seconds: float = 30.0  # from the first byte sent to the last one read, all redirects together
    decoded_bytes: int = 10_000_000
    header_bytes: int = 65_536
    redirects: int = 5


LIMITS = Limits()


class Client:
    """Asks for one address at a time; holds no cookies and reads no proxy from the environment."""

    def __init__(
        self,
        *,
        agent: str,
        limits: Limits = LIMITS,
        permitted: Networks = frozenset(),  # private networks that may be asked all the same; only tests have any
        authorities: Path | None = None,  # certificates to trust instead of the system's
    ) -> None:
        self.agent = agent

    def get(self, url: str, *, gate: Gate, known: Mapping[str, Known]) -> Answered:
        """The answer from `url`, or from where its redirects lead; every hop is checked and passes the gate."""
        raise NotImplementedError


def user_agent(contact: str) -> str:
    """How we present ourselves to a server.

    Raises:
        SourcesError: if nobody has said how we can be reached.
    """
    raise NotImplementedError
