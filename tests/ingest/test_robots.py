"""Row C8: what RFC 9309 asks of us."""

from __future__ import annotations

import pytest

from helseassistent.ingest.addresses import Address, parse_address
from helseassistent.ingest.fetch import Failed, Response
from helseassistent.ingest.found import Refused
from helseassistent.ingest.robots import Robots
from ingest.loopback import StoppedClock

SITE = "https://www.bergen.kommune.no"


def address(path: str) -> Address:
    parsed = parse_address(SITE + path)
    assert isinstance(parsed, Address)
    return parsed


class Answering:
    """A site whose robots.txt the test sets; counts how often it is asked."""

    def __init__(self, answer: bytes | int | Failed | Refused) -> None:
        self.answer = answer
        self.urls: list[str] = []

    def __call__(self, url: str) -> Response | Failed | Refused:
        self.urls.append(url)
        if isinstance(self.answer, bytes):
            return Response(address("/robots.txt"), 200, (), self.answer)
        return Response(address("/robots.txt"), self.answer, (), b"") if isinstance(self.answer, int) else self.answer


def allowed(rules: str | bytes, *paths: str) -> list[bool]:
    body = rules if isinstance(rules, bytes) else rules.encode()
    robots = Robots(ask=Answering(body), clock=StoppedClock())
    return [robots.refuses(address(path)) is None for path in paths]


def test_what_is_disallowed_is_refused_in_words() -> None:
    robots = Robots(ask=Answering(b"User-agent: *\nDisallow: /intern/"), clock=StoppedClock())
    assert robots.refuses(address("/helse")) is None
    assert robots.refuses(address("/intern/a")) == "Nettstedets robots.txt ber roboter om ikke å hente adressen."


@pytest.mark.parametrize(
    ("rules", "paths", "expected"),
    [
        # section 2.2.2: the longest match wins, and allow where they are as long
        ("Disallow: /a\nAllow: /a/b", ("/a", "/a/b", "/a/c", "/b"), [False, True, False, True]),
        ("Allow: /a/b\nDisallow: /a", ("/a", "/a/b", "/a/c", "/b"), [False, True, False, True]),
        ("Disallow: /a\nAllow: /a", ("/a", "/a/b"), [True, True]),
        ("Disallow: /\nAllow: /$", ("/", "/a"), [True, False]),
        ("Disallow:", ("/", "/a"), [True, True]),
        # section 2.2.3: * and $
        ("Disallow: /*.pdf$", ("/a.pdf", "/x/b.pdf", "/a.pdf?v=1", "/a.pdfx"), [False, False, True, True]),
        ("Disallow: /*/utskrift", ("/a/utskrift", "/utskrift", "/a/b/utskrift/c"), [False, True, False]),
        ("Disallow: /*?sort=", ("/a?sort=dato", "/a"), [False, True]),
        ("Disallow: /a*b*c$", ("/a-b-c", "/abc", "/abcd"), [False, False, True]),
        ("Disallow: /søk", ("/s%C3%B8k", "/søk/alt", "/sok"), [False, False, True]),
        ("Disallow: /s%c3%b8k", ("/søk",), [False]),
        ("Disallow: /a  # kommentar", ("/a", "/b"), [False, True]),
        ("DISALLOW: /a\nallow: /a/b", ("/a", "/a/b"), [False, True]),
        ("Disallow: /A", ("/a", "/A"), [True, False]),
    ],
)
def test_rules_are_matched_as_the_rfc_says(rules: str, paths: tuple[str, ...], expected: list[bool]) -> None:
    for newline in ("\n", "\r\n", "\r"):
        assert allowed(("User-agent: *\n" + rules).replace("\n", newline), *paths) == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        # section 2.2.1: our own group if there is one, else the one for all
        ("User-agent: *\nDisallow: /\n\nUser-agent: helseassistent\nDisallow: /x", True),
        ("User-agent: HelseAssistent\nDisallow: /\n\nUser-agent: *\nDisallow:", False),
        ("User-agent: googlebot\nUser-agent: helseassistent\nDisallow: /\n\nUser-agent: *\nDisallow:", False),
        ("User-agent: helseassistent\nDisallow: /x\n\nUser-agent: helseassistent\nDisallow: /a", False),
        ("User-agent: googlebot\nDisallow: /", True),
        ("User-agent: assistent\nDisallow: /", True),
        ("Disallow: /", True),  # before any group
        ("User-agent: *\nSitemap: https://a.no/s.xml\nDisallow: /a", False),
        ("User-agent: *\n\n\nDisallow: /a", False),
        ("", True),
        ("<html><body>Disallow: /</body></html>", True),
        ("\x00\x01\x02", True),
    ],
)
def test_the_group_is_chosen_as_the_rfc_says(rules: str, expected: bool) -> None:
    assert allowed(rules, "/a") == [expected]


@pytest.mark.parametrize("mark", ["\ufeff".encode(), b""])
def test_a_byte_order_mark_hides_no_rule(mark: bytes) -> None:
    assert allowed(mark + b"User-agent: *\nDisallow: /a\n", "/a", "/b") == [False, True]


def test_bytes_that_are_no_utf8_break_only_their_own_line() -> None:
    assert allowed(b"User-agent: *\nDisallow: /\xe6\xf8\nDisallow: /a\n", "/a", "/b") == [False, True]


@pytest.mark.parametrize("kibibytes", [500, 600, 900])
def test_a_long_file_is_read_to_its_end(kibibytes: int) -> None:
    lines = b"".join(b"Disallow: /side-%06d/\n" % number for number in range(kibibytes * 1_024 // 23))
    rules = b"User-agent: *\n" + lines + b"Disallow: /til-slutt\n"
    assert kibibytes * 1_024 <= len(rules) + 23 * 2
    assert allowed(rules, "/til-slutt", "/side-000007/", "/annet") == [False, False, True]


def test_of_a_longer_file_no_half_line_is_read() -> None:
    """Half of «Disallow: /a/b» would forbid more, and half of «Allow: /a/b» would allow more, than is written."""
    filler = b"# " + b"x" * 97 + b"\n"
    rules = b"User-agent: *\nDisallow: /a\n" + filler * 9_999 + b"Allow: /a/" + b"b" * 5_000 + b"\n"
    assert len(rules) > 1_000_000
    assert allowed(rules, "/a/", "/c") == [False, True]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_without_rules_all_is_allowed(status: int) -> None:
    """Section 2.3.1.3."""
    assert Robots(ask=Answering(status), clock=StoppedClock()).refuses(address("/a")) is None


@pytest.mark.parametrize("answer", [429, 500, 502, 503, 304, 204, Failed("u", "Tidsavbrudd."), Refused("u", "Ute.")])
def test_where_the_rules_cannot_be_read_nothing_is_fetched(answer: int | Failed | Refused) -> None:
    """Section 2.3.1.4."""
    reason = Robots(ask=Answering(answer), clock=StoppedClock()).refuses(address("/a"))
    assert reason is not None
    assert "robots.txt" in reason
    assert "hentes ingenting" in reason


def test_the_rules_are_asked_for_once_a_day_and_site() -> None:
    """Section 2.4."""
    site, clock = Answering(b"User-agent: *\nDisallow: /a"), StoppedClock()
    robots = Robots(ask=site, clock=clock)
    for _ in range(3):
        robots.refuses(address("/b"))
    clock.sleep(24 * 3600 - 1)
    robots.refuses(address("/b"))
    assert site.urls == [f"{SITE}/robots.txt"]
    clock.sleep(1)
    site.answer = b"User-agent: *\nDisallow: /b"
    assert robots.refuses(address("/b")) is not None
    assert len(site.urls) == 2
    other = parse_address("http://www.bergen.kommune.no:8080/a")
    assert isinstance(other, Address)
    robots.refuses(other)
    assert site.urls[2] == "http://www.bergen.kommune.no:8080/robots.txt"


@pytest.mark.parametrize(
    ("rules", "seconds"),
    [("Crawl-delay: 5", 5), ("Crawl-delay: 0.5", 0.5), ("Request-rate: 1/10", 10), ("Crawl-delay: mye", 0), ("", 0)],
)
def test_a_site_may_ask_for_a_slower_pace(rules: str, seconds: float) -> None:
    """Row C9."""
    robots = Robots(ask=Answering(f"User-agent: *\n{rules}".encode()), clock=StoppedClock())
    assert robots.delay(address("/a")) == 0
    assert robots.refuses(address("/a")) is None
    assert robots.delay(address("/a")) == seconds


def test_a_site_that_wants_days_between_two_pages_is_left_alone() -> None:
    robots = Robots(ask=Answering(b"User-agent: *\nCrawl-delay: 86400"), clock=StoppedClock())
    assert "86400 sekunder" in str(robots.refuses(address("/a")))
