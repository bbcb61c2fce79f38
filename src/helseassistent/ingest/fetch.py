"""One page asked for over the network: each hop checked, pinned, verified, limited in time and size."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from helseassistent.errors import SourcesError
from helseassistent.ingest.addresses import Address, parse_address
from helseassistent.ingest.found import Fetched, Gone, Known, Refused, Unchanged
from helseassistent.ingest.guard import Networks, Resolve, pin, system_resolve
from helseassistent.ingest.pace import Deadline
from helseassistent.ingest.unpack import ENCODINGS, BrokenBodyError, TooLargeError, unpack

if TYPE_CHECKING:
    from helseassistent.ingest.connection import Received

PRODUCT = "helseassistent"  # the name that robots.txt files may address
Headers: TypeAlias = tuple[tuple[str, str], ...]
_REDIRECTS = (301, 302, 303, 307, 308)
_ACCEPT = "text/html,application/xhtml+xml,application/pdf,application/xml;q=0.9,*/*;q=0.5"
_REACHABLE = re.compile(r"https?://[^\s/]+\.[^\s]+|[^\s@]+@[^\s@]+\.[^\s@]+")


class Gate(Protocol):
    """Stands before every request and hears when it is over."""

    def refuses(self, address: Address) -> str | None:
        """Why the request may not be sent, in Norwegian; may wait for its turn before it says None."""
        ...

    def answered(self, address: Address) -> None:
        """The request is over, well or badly."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost."""

    seconds: float = 30.0  # on the network, all redirects together; waiting for our turn does not count
    decoded_bytes: int = 10_000_000
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Busy:
    """The server asks us to come back (429 or 503)."""

    url: str
    status: int
    seconds: float | None  # what Retry-After says, if it says anything


@dataclass(frozen=True, slots=True)
class Failed:
    """No whole response: what the network or the server did, in Norwegian."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response that is no redirect; `body` is read for status 200 only."""

    address: Address
    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value under `name`, in lower case, if any."""
        return next((value for key, value in self.headers if key == name), None)


Answered: TypeAlias = Fetched | Unchanged | Gone | Busy | Failed | Refused
LIMITS = Limits()


class Client:
    """Asks for one address at a time; holds no cookies and reads no proxy from the environment."""

    def __init__(
        self,
        *,
        agent: str,
        limits: Limits = LIMITS,
        permitted: Networks = frozenset(),  # private networks that may be asked all the same; only tests have any
        authorities: Path | None = None,  # certificates to trust instead of the usual ones
        resolve: Resolve = system_resolve,
    ) -> None:
        self._agent = agent
        self._limits = limits
        self._permitted = permitted
        # Here and not above: httpcore may take half a second to import, and most commands ask for nothing.
        from helseassistent.ingest.connection import trusted

        self._trust = trusted(str(authorities) if authorities else None)
        self._resolve = resolve

    def get(self, url: str, *, gate: Gate, known: Mapping[str, Known]) -> Answered:
        """The page at `url`, or where its redirects lead; a page that is `known` is sent only if it has changed."""
        return _page_of(self.send(url, gate=gate, known=known))

    def send(
        self, url: str, *, gate: Gate, known: Mapping[str, Known], decoded_bytes: int | None = None
    ) -> Response | Failed | Refused:
        """The response at the end of the redirects; every hop is parsed, checked and pinned anew."""
        limits = replace(self._limits, decoded_bytes=decoded_bytes or self._limits.decoded_bytes)
        address, left = parse_address(url), limits.seconds
        for _ in range(limits.redirects + 1):
            if isinstance(address, Refused):
                return Refused(url, address.reason)
            if reason := gate.refuses(address):
                return Refused(url, reason if str(address) == url else f"Viderefører til {address}. {reason}")
            deadline = Deadline.after(left)
            found = self._exchange(address, known=known.get(str(address)), limits=limits, deadline=deadline)
            left = deadline.left()
            gate.answered(address)
            if (
                not isinstance(found, Response)
                or found.status not in _REDIRECTS
                or not (location := found.header("location"))
            ):
                return found
            address = _next(address, location=location)
        return Refused(url, f"Siden viderefører mer enn {limits.redirects} ganger.")

    def _exchange(
        self, address: Address, *, known: Known | None, limits: Limits, deadline: Deadline
    ) -> Response | Failed | Refused:
        from helseassistent.ingest.connection import ExchangeError, exchange

        url = str(address)
        numbers = pin(address, resolve=self._resolve, seconds=deadline.left(), permitted=self._permitted)
        if isinstance(numbers, str):
            return Failed(url, numbers)
        headers = _headers(self._agent, known=known)
        try:
            with exchange(address, numbers=numbers, headers=headers, trust=self._trust, deadline=deadline) as received:
                return _read(received, address=address, limit=limits.decoded_bytes)
        except BrokenBodyError as error:
            return Refused(url, str(error))
        except TooLargeError:
            return Refused(url, f"Siden er større enn {limits.decoded_bytes // 1_000_000 or 1} MB.")
        except ExchangeError as error:
            return Failed(url, str(error))


def user_agent(contact: str) -> str:
    """How we present ourselves to a server.

    Raises:
        SourcesError: if nobody has said how we can be reached.
    """
    if not _REACHABLE.fullmatch(contact.strip()) or not contact.isascii():
        raise SourcesError(
            "Ingen sider ble hentet, fordi den som eier et nettsted, må kunne nå deg: sett contact = "
            '"e-postadresse eller nettadresse" øverst i sources.toml.'
        )
    return f"{PRODUCT}/0.1 (+{contact.strip()})"


def _headers(agent: str, *, known: Known | None) -> Headers:
    headers = [
        ("User-Agent", agent),
        ("Accept", _ACCEPT),
        ("Accept-Language", "nb,nn;q=0.9,no;q=0.8"),
        ("Accept-Encoding", ENCODINGS),
        ("Connection", "close"),
    ]
    for name, value in (("If-None-Match", known and known.etag), ("If-Modified-Since", known and known.last_modified)):
        if value and value.isascii() and value.isprintable():
            headers.append((name, value))
    return tuple(headers)


def _read(received: Received, *, address: Address, limit: int) -> Response:
    if received.status != 200:
        return Response(address, received.status, received.headers, b"")
    promised = received.header("content-length") or ""
    if promised.isdecimal() and int(promised[:20]) > limit:
        raise TooLargeError
    encoding = ", ".join(value for name, value in received.headers if name == "content-encoding")
    body = unpack(received.chunks, encoding=encoding, limit=limit)
    return Response(address, received.status, received.headers, body)


def _next(address: Address, *, location: str) -> Address | Refused:
    # h11 hands over bytes as latin-1; what a server writes unescaped is nearly always UTF-8
    try:
        written = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        written = location
    further = parse_address(written, seen_from=address)
    if isinstance(further, Refused):
        return Refused(str(address), f"Siden viderefører til et sted som ikke hentes: {further.reason}")
    if address.scheme == "https" and further.scheme == "http":
        return Refused(str(address), f"Siden viderefører fra https til ukryptert http ({further}).")
    return further


def _page_of(answer: Response | Failed | Refused) -> Answered:
    if not isinstance(answer, Response):
        return answer
    url = str(answer.address)
    if answer.status == 200:
        return Fetched(
            url,
            answer.header("content-type") or "",
            answer.body,
            answer.header("etag"),
            answer.header("last-modified"),
            ", ".join(value for name, value in answer.headers if name == "x-robots-tag"),
        )
    if answer.status == 304:
        return Unchanged(url)
    if answer.status in (404, 410):
        return Gone(url, answer.status)
    if answer.status in (429, 503):
        return Busy(url, answer.status, _seconds(answer.header("retry-after")))
    if answer.status >= 500:
        return Failed(url, f"Tjeneren svarte med feil {answer.status}.")
    return Refused(url, f"Tjeneren svarte med status {answer.status}.")


def _seconds(retry_after: str | None) -> float | None:
    """Seconds from now of a Retry-After header, which holds a number or a date (RFC 9110, 10.2.3)."""
    text = (retry_after or "").strip()
    if text.isdecimal() and text.isascii():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
