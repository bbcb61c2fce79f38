"""Rows C2 and C7: one parser, strict about hosts, that writes every address in one way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helseassistent.ingest.addresses import Address, parse_address
from helseassistent.ingest.found import Refused

PAGE = parse_address("https://www.bergen.kommune.no/tema/helse/legevakt")


def normal(text: str) -> str:
    address = parse_address(text)
    assert isinstance(address, Address), address
    return str(address)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HTTPS://WWW.Bergen.Kommune.NO", "https://www.bergen.kommune.no/"),
        ("https://www.bergen.kommune.no.", "https://www.bergen.kommune.no/"),
        ("https://www.bergen.kommune.no:443/a", "https://www.bergen.kommune.no/a"),
        ("http://www.bergen.kommune.no:80/a", "http://www.bergen.kommune.no/a"),
        ("https://www.bergen.kommune.no:8443/a", "https://www.bergen.kommune.no:8443/a"),
        ("https://a.no/x/../y/./z", "https://a.no/y/z"),
        ("https://a.no/x/%2E%2e/y", "https://a.no/y"),
        ("https://a.no/../../y", "https://a.no/y"),
        ("https://a.no/x/..", "https://a.no/"),
        ("https://a.no/sykehjem på øya", "https://a.no/sykehjem%20p%C3%A5%20%C3%B8ya"),
        ("https://a.no/p%c3%a5", "https://a.no/p%C3%A5"),
        ("https://a.no/%7Ehelse", "https://a.no/~helse"),
        ("https://a.no/100%", "https://a.no/100%25"),
        ("https://a.no/side#kontakt", "https://a.no/side"),
        ("https://a.no/side?a=1&b=2#kontakt", "https://a.no/side?a=1&b=2"),
        ("https://a.no/side?sid=12&sessid=7", "https://a.no/side?sid=12&sessid=7"),
        ("https://a.no?id=3", "https://a.no/?id=3"),
        ("  https://a.no/side\n", "https://a.no/side"),
        ("https://blåkors.no/", "https://xn--blkors-jua.no/"),
        ("http://[2606:4700::0001]/", "http://[2606:4700::1]/"),
        ("http://[2606:4700::1]:8080/", "http://[2606:4700::1]:8080/"),
    ],
)
def test_an_address_has_one_normal_form(written: str, meant: str) -> None:
    assert normal(written) == meant
    assert normal(meant) == meant


@pytest.mark.parametrize(
    "written",
    [
        "https://a.no/side;jsessionid=0A1B2C",
        "https://a.no/side?PHPSESSID=77",
        "https://a.no/side?sid=0123456789abcdef&utm_source=brev",
        "https://a.no/(S(abc123))/side",
        "https://a.no/side?sessionid=9&fbclid=x",
        "https://a.no/side?",
    ],
)
def test_session_ids_and_campaigns_are_left_out_of_addresses(written: str) -> None:
    """Row C11: else every visit finds new pages."""
    assert normal(written) == "https://a.no/side"


@pytest.mark.parametrize(
    ("link", "meant"),
    [
        ("/kontakt", "https://www.bergen.kommune.no/kontakt"),
        ("kontakt", "https://www.bergen.kommune.no/tema/helse/kontakt"),
        ("../barn", "https://www.bergen.kommune.no/tema/barn"),
        ("//www.helsenorge.no/a", "https://www.helsenorge.no/a"),
        ("?side=2", "https://www.bergen.kommune.no/tema/helse/legevakt?side=2"),
        ("#apningstider", "https://www.bergen.kommune.no/tema/helse/legevakt"),
    ],
)
def test_links_are_read_from_the_page_they_stand_on(link: str, meant: str) -> None:
    assert isinstance(PAGE, Address)
    assert str(parse_address(link, seen_from=PAGE)) == meant


DISGUISED = (
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0x7F.0.0.0x1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.000.000.001/",
    "http://127.0.0.1.5/",
    "http://256.1.1.1/",
    "http://allowed.no@127.0.0.1/",
    "http://allowed.no:80@127.0.0.1/",
    "http://allowed.no%40127.0.0.1/",
    "http://allowed.no\\@127.0.0.1/",
    "http://127.0.0.1\\.allowed.no/",
    "http://allowed.no\t.evil.no/",
    "http://127.0.0.1%00.allowed.no/",
    "http://127%2e0%2e0%2e1/",
    "http://%6cocalhost/",
    "http://[::1/",
    "http://[::1]x/",
    "http://[fe80::1%25eth0]/",
    "http://[v1.a]/",
    "http:///127.0.0.1/",
    "http:/127.0.0.1/",
    "http:127.0.0.1/",
    "//127.0.0.1/",
    "http://allowed.no:99999/",
    "http://allowed.no:80:80/",
    "http://allowed..no/",
    "http://.allowed.no/",
    "http://a b.no/",
    "http://a,b.no/",
    "file:///etc/hostname",
    "ftp://allowed.no/",
    "data:text/html,hei",
    "javascript:alert(1)",
    "gopher://127.0.0.1/",
    "mailto:post@allowed.no",
    "jar:http://allowed.no!/",
    "http:" + "/" * 20 + "127.0.0.1",
    "",
    "https://a.no/" + "x" * 2_000,
)


@pytest.mark.parametrize("written", DISGUISED)
def test_no_address_in_disguise_is_an_address(written: str) -> None:
    """Row C2."""
    refused = parse_address(written)
    assert isinstance(refused, Refused), refused
    assert refused.reason.endswith(".")


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("http://①②⑦.⓪.⓪.①/", "127.0.0.1"),
        ("http://127。0。0。1/", "127.0.0.1"),
        ("http://ｌｏｃａｌｈｏｓｔ/", "localhost"),
        ("http://LOCALHOST./", "localhost"),
        ("http://allowed.no#@127.0.0.1/", "allowed.no"),
        ("http://allowed.no/@127.0.0.1/", "allowed.no"),
        ("http://allowed.no?@127.0.0.1/", "allowed.no"),
        ("http://[::FFFF:127.0.0.1]/", "::ffff:7f00:1"),
        ("http://bergеn.kommune.no/", "xn--bergn-2we.kommune.no"),  # with a Cyrillic е
    ],
)
def test_what_is_checked_is_the_host_that_would_be_connected_to(written: str, host: str) -> None:
    """Rows C2 and C7."""
    address = parse_address(written)
    assert isinstance(address, Address)
    assert address.host == host


@given(st.text(max_size=60))
def test_any_text_is_an_address_that_stays_as_it_is_or_is_refused(text: str) -> None:
    for written in (text, f"http://{text}", f"https://a.no/{text}"):
        address = parse_address(written)
        if isinstance(address, Address):
            assert str(address).isascii()
            assert parse_address(str(address)) == address
