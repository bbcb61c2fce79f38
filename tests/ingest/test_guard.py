"""Rows C1, C2, C3, C5 and C6: no spelling, redirect or name leads to a machine that is not public."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network

import pytest

from helseassistent.ingest.addresses import Address, parse_address
from helseassistent.ingest.fetch import Client, Limits
from helseassistent.ingest.found import Fetched
from helseassistent.ingest.guard import is_public, pin
from ingest.loopback import AGENT, LOOPBACK, Always, Site, page, redirect, serve

PRIVATE = (
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.0.1",
    "192.168.255.255",
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "0.0.0.0",
    "0.1.2.3",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
)
# 127.0.0.2, where the listener is, and its port; allowed.no stands for a host that a source names
SPELLINGS = (
    "http://127.0.0.2:{port}/",
    "http://2130706434:{port}/",
    "http://0x7f000002:{port}/",
    "http://0X7F000002:{port}/",
    "http://0x7f.2:{port}/",
    "http://0x7f.0.0.2:{port}/",
    "http://0177.0.0.2:{port}/",
    "http://017700000002:{port}/",
    "http://127.2:{port}/",
    "http://127.0.2:{port}/",
    "http://127.000.000.002:{port}/",
    "http://127.0.0.2.:{port}/",
    "http://①②⑦.⓪.⓪.②:{port}/",
    "http://１２７.０.０.２:{port}/",
    "http://127。0。0。2:{port}/",
    "http://127%2e0%2e0%2e2:{port}/",
    "http://%31%32%37.0.0.2:{port}/",
    "http://[::ffff:127.0.0.2]:{port}/",
    "http://[::FFFF:7f00:2]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.2]:{port}/",
    "http://[::127.0.0.2]:{port}/",
    "http://[64:ff9b::127.0.0.2]:{port}/",
    "http://[2002:7f00:2::]:{port}/",
    "http://a@127.0.0.2:{port}/",
    "http://allowed.no@127.0.0.2:{port}/",
    "http://allowed.no:80@127.0.0.2:{port}/",
    "http://allowed.no%40127.0.0.2:{port}/",
    "http://127.0.0.2:{port}#@allowed.no/",
    "http://127.0.0.2:{port}?@allowed.no/",
    "http://127.0.0.2:{port}\\@allowed.no/",
    "http://allowed.no\\@127.0.0.2:{port}/",
    "http:\\\\127.0.0.2:{port}\\",
    "http:/127.0.0.2:{port}/",
    "http:127.0.0.2:{port}/",
    "http:///127.0.0.2:{port}/",
    "//127.0.0.2:{port}/",
    "///127.0.0.2:{port}/",
    "HTTP://127.0.0.2:{port}/",
    " http://127.0.0.2:{port}/ ",
    "http://127.0.0.2\t:{port}/",
    "http://127.0.0.2\r\nHost: allowed.no:{port}/",
    "http://127.0.0.2:{port}/%0d%0aHost:%20allowed.no",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://localhost:{port}/",
    "http://localhost.:{port}/",
    "http://LocalHost:{port}/",
    "http://ｌｏｃａｌｈｏｓｔ:{port}/",
    "http://localhost.localdomain:{port}/",
    "http://inside.localhost:{port}/",
    "http://inside.internal:{port}/",
    "http://intranet:{port}/",
    "http://two-faced.allowed.no:{port}/",
    "http://inside.allowed.no:{port}/",
    "http://INSIDE.allowed.no.:{port}/",
    "http://mapped.allowed.no:{port}/",
    "http://127.0.0.2.nip.allowed.no:{port}/",
    "https://127.0.0.2:{port}/",
    "ftp://127.0.0.2:{port}/",
    "file://127.0.0.2:{port}/etc/hostname",
    "gopher://127.0.0.2:{port}/_GET%20/",
    "ws://127.0.0.2:{port}/",
)
NAMES = {
    "allowed.no": ("127.0.0.1",),
    "two-faced.allowed.no": ("127.0.0.1", "127.0.0.2"),
    "inside.allowed.no": ("127.0.0.2",),
    "mapped.allowed.no": ("::ffff:127.0.0.2",),
    "127.0.0.2.nip.allowed.no": ("127.0.0.2",),
}


def resolve(name: str, seconds: float) -> Sequence[str]:
    """Every name that is not in the table leads to the listener, as a careless resolver might have it."""
    return NAMES.get(name, ("127.0.0.2",))


def client(*, resolve: object = resolve) -> Client:
    return Client(agent=AGENT, permitted=LOOPBACK, limits=Limits(seconds=5), resolve=resolve)  # type: ignore[arg-type]


@pytest.fixture
def forbidden() -> Iterator[Site]:
    with serve(host="127.0.0.2") as site:
        site.otherwise = lambda path: page(text="hemmelig")
        yield site


def test_at_least_sixty_forms_are_tried() -> None:
    assert len({*PRIVATE}) + len({*SPELLINGS}) >= 100
    assert len({*SPELLINGS}) >= 60


@pytest.mark.parametrize("number", PRIVATE)
def test_private_and_special_numbers_are_not_public(number: str) -> None:
    """Row C1."""
    assert not is_public(ip_address(number))


@pytest.mark.parametrize("number", ["1.1.1.1", "84.208.20.110", "172.32.0.1", "100.128.0.1", "2606:4700::1", "2a00::1"])
def test_numbers_of_the_open_web_are_public(number: str) -> None:
    assert is_public(ip_address(number))


def test_a_permitted_network_opens_nothing_beside_it() -> None:
    permitted = frozenset({ip_network("127.0.0.1/32")})
    assert is_public(ip_address("127.0.0.1"), permitted=permitted)
    assert not is_public(ip_address("127.0.0.2"), permitted=permitted)
    assert not is_public(ip_address("::ffff:127.0.0.1"), permitted=permitted)


@pytest.mark.parametrize("found", [("1.1.1.1", "10.0.0.1"), ("::1", "1.1.1.1"), ("1.1.1.1", "::ffff:127.0.0.1"), ()])
def test_a_name_with_a_private_number_among_its_own_is_refused(found: tuple[str, ...]) -> None:
    """Row C6."""
    address = parse_address("http://both.allowed.no/")
    assert isinstance(address, Address)
    pinned = pin(address, resolve=lambda name, seconds: found, seconds=1, permitted=frozenset())
    assert isinstance(pinned, str)
    assert "both.allowed.no" in pinned


def test_the_listener_would_hear_a_client_that_may_ask_it(forbidden: Site) -> None:
    """Else the tests below would prove nothing."""
    everywhere = frozenset({ip_network("127.0.0.0/8")})
    answer = Client(agent=AGENT, permitted=everywhere).get(f"{forbidden.root}/", gate=Always(), known={})
    assert isinstance(answer, Fetched)
    assert forbidden.asked() == ["/"]


def test_no_spelling_reaches_the_forbidden_listener(forbidden: Site) -> None:
    """Rows C1, C2 and C6: 0 hits of more than sixty."""
    port, asking = forbidden.host.partition(":")[2], client()
    for spelling in SPELLINGS:
        answer = asking.get(spelling.format(port=port), gate=Always(), known={})
        assert not isinstance(answer, Fetched), spelling
    assert forbidden.log == []


def test_no_redirect_reaches_the_forbidden_listener(forbidden: Site) -> None:
    """Row C3: the same spellings as the target of a redirect from a site that may be asked."""
    port, asking = forbidden.host.partition(":")[2], client()
    with serve() as allowed:
        for number, spelling in enumerate(SPELLINGS):
            to = spelling.format(port=port).replace("\r\n", "\t").strip()
            for status in (301, 302, 303, 307, 308):
                path = f"/{number}/{status}"
                location = to.encode().decode("latin-1")  # how a server writes letters beyond ASCII
                allowed.pages[path] = redirect(location, status=status)
            status = (301, 302, 303, 307, 308)[number % 5]
            answer = asking.get(f"{allowed.root}/{number}/{status}", gate=Always(), known={})
            assert not isinstance(answer, Fetched) or answer.url.startswith(allowed.root), spelling
        assert len(allowed.log) >= len(SPELLINGS)
    assert forbidden.log == []


class Rebinding:
    """A name that leads to the allowed server once and to the listener ever after."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, name: str, seconds: float) -> Sequence[str]:
        self.calls += 1
        return ("127.0.0.1",) if self.calls == 1 else ("127.0.0.2",)


def test_a_name_that_changes_its_meaning_is_connected_to_as_it_was_checked() -> None:
    """Row C5: the number is pinned; the next hop is checked anew."""
    names = Rebinding()
    with serve({"/": page(), "/on": redirect("/")}) as allowed:
        port = allowed.host.partition(":")[2]
        with serve(host="127.0.0.2", port=int(port)) as forbidden:
            pinned = client(resolve=names).get(f"http://rebinding.no:{port}/", gate=Always(), known={})
            assert isinstance(pinned, Fetched)
            assert names.calls == 1
            names.calls = 0
            moved = client(resolve=names).get(f"http://rebinding.no:{port}/on", gate=Always(), known={})
            assert not isinstance(moved, Fetched)
            assert names.calls == 2
            assert allowed.asked() == ["/", "/on"]
        assert forbidden.log == []
