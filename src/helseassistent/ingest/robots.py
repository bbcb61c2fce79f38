"""What each site lets robots fetch, by RFC 9309."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from helseassistent.ingest.addresses import Address
from helseassistent.ingest.fetch import PRODUCT, Failed, Response
from helseassistent.ingest.found import Refused
from helseassistent.ingest.pace import Clock

_LIFE = 24 * 3600.0  # seconds; section 2.4
_PARSED = 1_000_000  # bytes; section 2.5 asks for at least 500 KiB
_LONGEST_DELAY = 600.0  # seconds; a site that wants more does not want us
_FORBIDDEN = "Nettstedets robots.txt ber roboter om ikke å hente adressen."


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego | None  # None: nothing may be fetched
    trouble: str
    until: float


class Robots:
    """The rules of every site asked about, each read at most once in 24 hours."""

    def __init__(self, *, ask: Callable[[str], Response | Failed | Refused], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._rules: dict[str, _Rules] = {}  # by scheme, host and port

    def refuses(self, address: Address) -> str | None:
        """Why robots.txt keeps us from the address, in Norwegian."""
        rules = self._rules_of(address)
        if rules.parsed is None:
            return rules.trouble
        if not rules.parsed.can_fetch(str(address), PRODUCT):
            return _FORBIDDEN
        if (seconds := _delay(rules.parsed)) > _LONGEST_DELAY:
            return f"Nettstedets robots.txt ber om {seconds:.0f} sekunder mellom hver side."
        return None

    def delay(self, address: Address) -> float:
        """Seconds between two requests that the site asks for; 0 where nothing is known of it yet."""
        rules = self._rules.get(_site(address))
        return min(_delay(rules.parsed), _LONGEST_DELAY) if rules and rules.parsed else 0.0

    def _rules_of(self, address: Address) -> _Rules:
        rules = self._rules.get(_site(address))
        if rules is None or rules.until <= self._clock.now():
            rules = _read(self._ask(f"{_site(address)}/robots.txt"), until=self._clock.now() + _LIFE)
            self._rules[_site(address)] = rules
        return rules


def _read(answer: Response | Failed | Refused, *, until: float) -> _Rules:
    if isinstance(answer, Failed | Refused):
        return _Rules(None, f"Nettstedets robots.txt kunne ikke leses, og da hentes ingenting. {answer.reason}", until)
    if answer.status == 200:
        return _Rules(Protego.parse(_text(answer.body)), "", until)
    if 400 <= answer.status < 500 and answer.status != 429:  # section 2.3.1.3: without rules all is allowed
        return _Rules(Protego.parse(""), "", until)
    return _Rules(None, f"Nettstedets robots.txt svarte med status {answer.status}, og da hentes ingenting.", until)


def _text(body: bytes) -> str:
    """As much as is parsed, up to the end of a line: half a rule could allow more than the whole."""
    if len(body) > _PARSED:
        body = body[:_PARSED].rpartition(b"\n")[0]
    return body.decode("utf-8-sig", errors="replace")


def _delay(rules: Protego) -> float:
    rate = rules.request_rate(PRODUCT)
    return max(rules.crawl_delay(PRODUCT) or 0.0, rate.seconds / rate.requests if rate else 0.0)


def _site(address: Address) -> str:
    return f"{address.scheme}://{address.site}"
