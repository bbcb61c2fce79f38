"""Asking hosts for pages, one at a time: robots.txt obeyed, the pace kept, busy and broken hosts left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from helseassistent.ingest.addresses import Address, parse_address
from helseassistent.ingest.fetch import Busy, Client, Failed, Response
from helseassistent.ingest.found import Fetched, Gone, Known, Refused, Unchanged
from helseassistent.ingest.pace import Clock, Pace
from helseassistent.ingest.robots import Robots
from helseassistent.ingest.sitemap import LARGEST
from helseassistent.ingest.sources import Source, outside, outside_hosts

_TRIES = 3  # of an address whose server asks us to come back
_PAUSE = 30.0  # seconds, where the server does not say for how long
_LONGEST_PAUSE = 300.0  # seconds; a host that needs more is left for the next crawl
_FAILURES = 8  # in a row, after which a host is left for the next crawl


class Asking:
    """The network as one crawl of a source may use it."""

    def __init__(self, source: Source, *, client: Client, known: Mapping[str, Known], clock: Clock) -> None:
        self._client = client
        self._delay = source.delay
        self._known = known
        self._pace = Pace(clock)
        self._failures: Counter[str] = Counter()
        self._left: dict[str, str] = {}  # host to why it is asked no more
        self._robots = Robots(ask=self._ask_robots, clock=clock)
        self._at_hosts = _Gate(source, asking=self, covers=outside_hosts, obeys=False)
        self._at_files = _Gate(source, asking=self, covers=outside_hosts, obeys=True)
        self._at_pages = _Gate(source, asking=self, covers=outside, obeys=True)

    def page(self, url: str) -> Fetched | Unchanged | Gone | Refused:
        """The page, after as many tries as its server asks for."""
        answer = self._client.get(url, gate=self._at_pages, known=self._known)
        for _ in range(_TRIES - 1):
            if not isinstance(answer, Busy):
                break
            if (seconds := _PAUSE if answer.seconds is None else answer.seconds) > _LONGEST_PAUSE:
                break
            self._pace.hold(_host(answer.url), seconds=seconds)
            answer = self._client.get(url, gate=self._at_pages, known=self._known)
        return self._leave(answer, url=url) if isinstance(answer, Busy) else self._settled(answer, url=url)

    def sitemap(self, url: str) -> bytes | Refused:
        """The file at a sitemap's address."""
        answer = self._client.send(url, gate=self._at_files, known={}, decoded_bytes=LARGEST)
        if isinstance(answer, Response):
            reason = f"Nettstedskartet kunne ikke hentes: tjeneren svarte med status {answer.status}."
            return answer.body if answer.status == 200 else Refused(url, reason)
        return Refused(url, answer.reason)

    def refuses(self, address: Address, *, obeys: bool) -> str | None:
        """Why the host may not be asked for the address, in Norwegian; waits for the host's turn."""
        if reason := self._left.get(address.host):
            return reason
        if obeys and (reason := self._robots.refuses(address)):
            return reason
        self._pace.wait(address.host, rest=max(self._delay, self._robots.delay(address)))
        return None

    def answered(self, address: Address) -> None:
        """The host has answered, well or badly."""
        self._pace.ended(address.host)

    def _leave(self, busy: Busy, *, url: str) -> Refused:
        reason = f"Tjeneren er opptatt (status {busy.status}) og ber oss komme tilbake senere."
        self._left[_host(busy.url)] = reason
        return Refused(url, reason)

    def _settled(
        self, answer: Fetched | Unchanged | Gone | Failed | Refused, *, url: str
    ) -> Fetched | Unchanged | Gone | Refused:
        host = _host(answer.url)
        if not isinstance(answer, Failed):
            if not isinstance(answer, Refused):
                del self._failures[host]
            return answer
        self._failures[host] += 1
        if self._failures[host] >= _FAILURES:
            self._left[host] = f"{_FAILURES} sider på rad kunne ikke hentes, og resten ble latt være. {answer.reason}"
        return Refused(url, answer.reason)

    def _ask_robots(self, url: str) -> Response | Failed | Refused:
        return self._client.send(url, gate=self._at_hosts, known={})


class _Gate:
    """Lets through what the source covers and the host allows."""

    def __init__(
        self, source: Source, *, asking: Asking, covers: Callable[[Source, Address], str | None], obeys: bool
    ) -> None:
        self._source = source
        self._asking = asking
        self._covers = covers
        self._obeys = obeys

    def refuses(self, address: Address) -> str | None:
        return self._covers(self._source, address) or self._asking.refuses(address, obeys=self._obeys)

    def answered(self, address: Address) -> None:
        self._asking.answered(address)


def _host(url: str) -> str:
    address = parse_address(url)
    return "" if isinstance(address, Refused) else address.host
