"""Rows B4, B5, C4, C9, C10, C13 and C15: what one page may cost, and what is believed of an answer."""

from __future__ import annotations

import gzip
import itertools
import time
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import brotli
import pytest
import trustme

from helseassistent.errors import SourcesError
from helseassistent.ingest.addresses import Address
from helseassistent.ingest.fetch import Answered, Busy, Client, Failed, Limits, user_agent
from helseassistent.ingest.found import Fetched, Gone, Known, Refused, Unchanged
from ingest.loopback import AGENT, LOOPBACK, Always, Raw, Served, Site, page, redirect, serve

SMALL = Limits(decoded_bytes=1_000_000)
CLIENT = Client(agent=AGENT, permitted=LOOPBACK, limits=SMALL)
HASTY = Client(agent=AGENT, permitted=LOOPBACK, limits=Limits(seconds=0.5, decoded_bytes=1_000_000))


def get(site: Site, path: str = "/", *, known: dict[str, Known] | None = None, client: Client = CLIENT) -> Answered:
    return client.get(site.root + path, gate=Always(), known=known or {})


def test_a_page_comes_with_what_the_server_says_of_it() -> None:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "ETag": '"a1"',
        "Last-Modified": "Tue, 03 Mar 2026 08:00:00 GMT",
    }
    with serve({"/": Served("blåbær".encode(), headers={**headers, "X-Robots-Tag": "noindex"})}) as site:
        answer = get(site)
    assert answer == Fetched(
        f"{site.root}/",
        "text/html; charset=utf-8",
        "blåbær".encode(),
        '"a1"',
        "Tue, 03 Mar 2026 08:00:00 GMT",
        "noindex",
    )


def test_a_request_says_who_asks_and_carries_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row C9, and no cookies, no proxy from the environment, no referrer."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.2:9/")
    with serve({"/": Served(b"a", headers={"Set-Cookie": "id=1; Path=/"})}) as site:
        client = Client(agent=AGENT, permitted=LOOPBACK)
        assert isinstance(get(site, client=client), Fetched)
        assert isinstance(get(site, client=client), Fetched)
    assert [sorted(asked.headers) for asked in site.log] == 2 * [
        ["Accept", "Accept-Encoding", "Accept-Language", "Connection", "Host", "User-Agent"]
    ]
    assert site.log[0].headers["User-Agent"] == AGENT
    assert site.log[0].headers["Host"] == site.host


@pytest.mark.parametrize("contact", ["", "  ", "meg", "post@", "http://x", "a@b.no\r\nX: y", "post@blåbær.no"])
def test_nobody_fetches_without_a_contact(contact: str) -> None:
    """Row C9."""
    with pytest.raises(SourcesError, match="contact"):
        user_agent(contact)


@pytest.mark.parametrize("contact", ["web@bergen.kommune.no", "https://www.bergen.kommune.no/roboter"])
def test_the_user_agent_has_the_contact(contact: str) -> None:
    """Row C9."""
    assert user_agent(contact) == f"helseassistent/0.1 (+{contact})"


def test_a_known_page_is_asked_for_only_if_it_has_changed() -> None:
    with serve({"/": Served(status=304)}) as site:
        known = {f"{site.root}/": Known('"a1"', "Tue, 03 Mar 2026 08:00:00 GMT")}
        assert get(site, known=known) == Unchanged(f"{site.root}/")
    assert site.log[0].headers["If-None-Match"] == '"a1"'
    assert site.log[0].headers["If-Modified-Since"] == "Tue, 03 Mar 2026 08:00:00 GMT"


def test_what_is_known_cannot_add_lines_to_a_request() -> None:
    with serve({"/": page()}) as site:
        assert isinstance(get(site, known={f"{site.root}/": Known('"a"\r\nCookie: x', "é")}), Fetched)
    assert not {"If-None-Match", "If-Modified-Since", "Cookie"} & set(site.log[0].headers)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_gone(status: int) -> None:
    with serve({"/": Served(b"borte", status=status)}) as site:
        assert get(site) == Gone(f"{site.root}/", status)


@pytest.mark.parametrize("status", [400, 401, 403, 405, 451])
def test_other_refusals_name_the_status_and_keep_the_page(status: int) -> None:
    with serve({"/": Served(status=status)}) as site:
        answer = get(site)
    assert isinstance(answer, Refused)
    assert str(status) in answer.reason
    assert answer.keep


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_error_is_a_failure(status: int) -> None:
    with serve({"/": Served(status=status)}) as site:
        answer = get(site)
    assert isinstance(answer, Failed)
    assert str(status) in answer.reason


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("7", 7, 7),
        (format_datetime(datetime.now(UTC) + timedelta(days=2), usegmt=True), 86_400, 2 * 86_400),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0, 0),
    ],
    ids=["seconds", "a coming date", "a past date"],
)
def test_a_busy_server_says_when_to_come_back(value: str, least: float, most: float) -> None:
    """Row C9."""
    with serve({"/": Served(status=503, headers={"Retry-After": value})}) as site:
        answer = get(site)
    assert isinstance(answer, Busy)
    assert answer.seconds is not None
    assert least <= answer.seconds <= most


@pytest.mark.parametrize("value", ["snart", "-5", "", "1e9", "Tue, 99 Foo 2026"])
def test_a_busy_server_may_say_nothing_that_helps(value: str) -> None:
    with serve({"/": Served(status=429, headers={"Retry-After": value})}) as site:
        assert get(site) == Busy(f"{site.root}/", 429, None)


def test_redirects_are_followed_to_the_page() -> None:
    with serve({"/a": redirect("/b", status=301), "/b": redirect("c", status=308), "/c": page()}) as site:
        answer = get(site, "/a")
    assert isinstance(answer, Fetched)
    assert answer.url == f"{site.root}/c"
    assert site.asked() == ["/a", "/b", "/c"]


def test_a_redirect_with_norwegian_letters_leads_where_it_says() -> None:
    with serve({"/a": redirect("/blåbær".encode().decode("latin-1")), "/bl%C3%A5b%C3%A6r": page()}) as site:
        assert isinstance(get(site, "/a"), Fetched)


@pytest.mark.parametrize("hops", [5, 6, 50])
def test_five_redirects_are_followed_and_no_more(hops: int) -> None:
    """Row C4."""
    pages = {f"/{number}": redirect(f"/{number + 1}") for number in range(hops)}
    with serve({**pages, f"/{hops}": page()}) as site:
        answer = get(site, "/0")
    assert isinstance(answer, Fetched) == (hops <= 5)
    assert len(site.log) <= 6
    if isinstance(answer, Refused):
        assert "viderefører mer enn 5 ganger" in answer.reason


def test_a_redirect_loop_ends() -> None:
    """Row C4."""
    with serve({"/a": redirect("/b"), "/b": redirect("/a")}) as site:
        assert isinstance(get(site, "/a"), Refused)
    assert len(site.log) == 6


@pytest.mark.parametrize(
    "to",
    ["file:///etc/hostname", "data:text/html,hei", "ftp://127.0.0.1/", "javascript:alert(1)", "http://", "http://[::"],
)
def test_a_redirect_to_another_scheme_leads_nowhere(to: str) -> None:
    """Row C4."""
    with serve({"/": redirect(to)}) as site:
        answer = get(site)
    assert isinstance(answer, Refused)
    assert "viderefører" in answer.reason
    assert len(site.log) == 1


def test_every_hop_passes_the_gate() -> None:
    class NotBelow(Always):
        def refuses(self, address: Address) -> str | None:
            return "Det er sperret." if address.path.startswith("/sperret") else None

    with serve({"/a": redirect("/sperret/b"), "/sperret/b": page()}) as site:
        answer = CLIENT.get(f"{site.root}/a", gate=NotBelow(), known={})
    assert isinstance(answer, Refused)
    assert answer.reason.endswith("Det er sperret.")
    assert site.asked() == ["/a"]


def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1_000):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def dripping_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: ")
    for _ in range(1_000):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def never_ending(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        handler.wfile.write(b"x" * 10_000)


def never_ending_slowly(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        handler.wfile.write(b"1\r\nx\r\n")
        time.sleep(0.02)


def never_ending_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        handler.wfile.write(b"X-%d: y\r\n" % number)


def never_ending_line(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 ")
    while True:
        handler.wfile.write(b"x" * 10_000)


def never_ending_hints(handler: BaseHTTPRequestHandler) -> None:
    while True:
        handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")


def never_ending_chunk_size(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        handler.wfile.write(b"0" * 10_000)


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(6)


@pytest.mark.parametrize(
    "raw",
    [
        dripping,
        dripping_head,
        never_ending,
        never_ending_slowly,
        never_ending_head,
        never_ending_line,
        never_ending_hints,
        never_ending_chunk_size,
        silent,
    ],
    ids=lambda raw: raw.__name__,
)
def test_no_server_holds_us_longer_than_the_limit(raw: Raw) -> None:
    """Row C10, with a limit of half a second; and the next page is fetched as ever."""
    with serve({"/": raw, "/next": page()}) as site:
        started = time.monotonic()
        answer = get(site, client=HASTY)
        assert time.monotonic() - started < 5  # the limit, and a machine with other things to do
        assert isinstance(answer, Failed | Refused)
        assert isinstance(get(site, "/next"), Fetched)


def test_the_time_limit_holds_for_all_redirects_together() -> None:
    """Row C10."""

    def slow_redirect(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.2)
        handler.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    with serve({"/": slow_redirect}) as site:
        answer = get(site, client=HASTY)
    assert isinstance(answer, Failed)
    assert "ikke ferdig" in answer.reason
    assert len(site.log) <= 3


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(bytes(100_000_000), 1)),
        ("deflate", zlib.compress(bytes(100_000_000), 1)),
        ("br", brotli.compress(bytes(100_000_000), quality=1)),
        ("identity", bytes(1_000_001)),
    ],
)
def test_a_body_over_the_limit_stops_there(encoding: str, body: bytes) -> None:
    """Rows B1, B4 and B5."""
    with serve({"/": Served(body, headers={"Content-Encoding": encoding})}) as site:
        answer = get(site)
    assert isinstance(answer, Refused)
    assert answer.reason == "Siden er større enn 1 MB."
    assert answer.keep


@pytest.mark.parametrize("encoding", ["zstd", "gzip, gzip", "br, gzip"])
def test_packings_that_we_did_not_ask_for_are_refused(encoding: str) -> None:
    """Row B5."""
    with serve({"/": Served(gzip.compress(gzip.compress(b"a")), headers={"Content-Encoding": encoding})}) as site:
        assert isinstance(get(site), Refused)
    assert site.log[0].headers["Accept-Encoding"] == "gzip, deflate, br"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, brotli.compress], ids=["gzip", "deflate", "br"])
def test_a_packed_page_is_unpacked(pack: object) -> None:
    encoding = {gzip.compress: "gzip", zlib.compress: "deflate", brotli.compress: "br"}[pack]
    body = "Åpent hele døgnet. ".encode() * 1_000
    with serve({"/": Served(pack(body), headers={"Content-Encoding": encoding})}) as site:  # type: ignore[operator]
        answer = get(site)
    assert isinstance(answer, Fetched)
    assert answer.body == body


def said_and_sent(head: bytes, body: bytes) -> Raw:
    def raw(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body)

    return raw


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length: 100\r\n", b"for kort"),
        (b"Content-Length: 100\r\n", b""),
        (b"Transfer-Encoding: chunked\r\n", b"8\r\nfor kort\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"99\r\nfor kort\r\n0\r\n\r\n"),
        (b"Content-Length: 8\r\nContent-Length: 9\r\n", b"for kort"),
        (b"Content-Length: -8\r\n", b"for kort"),
        (b"Content-Length: mye\r\n", b"for kort"),
        (b"Content-Length: 99999999999999999999999\r\n", b"for kort"),
        (b"Content-Encoding: gzip\r\nContent-Length: 20\r\n", gzip.compress(b"for kort" * 9, mtime=0)[:20]),
        (b"Content-Encoding: gzip\r\n", gzip.compress(b"for kort" * 9, mtime=0)[:-5]),
        (b"Content-Encoding: br\r\n", brotli.compress(b"for kort" * 9)[:-2]),
        (b"Content-Encoding: gzip\r\nContent-Length: 8\r\n", b"for kort"),
    ],
)
def test_a_body_that_is_not_whole_is_no_page_and_the_old_one_stands(head: bytes, body: bytes) -> None:
    """Rows B5 and C15."""
    with serve({"/": said_and_sent(head, body)}) as site:
        answer = get(site)
    assert isinstance(answer, Failed | Refused)
    assert not isinstance(answer, Refused) or answer.keep


def test_what_comes_after_the_length_is_not_read() -> None:
    """Row B5: a length that is too small ends the body."""
    with serve({"/": said_and_sent(b"Content-Length: 4\r\n", b"sant" + b"x" * 100_000)}) as site:
        answer = get(site)
    assert isinstance(answer, Fetched)
    assert answer.body == b"sant"


@pytest.mark.parametrize("sent", [b"", b"hei", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nA\r\n\r\n", b"\x00" * 50])
def test_what_is_no_http_is_a_failure(sent: bytes) -> None:
    with serve({"/": lambda handler: handler.wfile.write(sent)}) as site:
        answer = get(site)
    assert isinstance(answer, Failed)


def test_a_port_where_nobody_listens_is_a_failure() -> None:
    with serve() as site:
        gone = site.root
    answer = CLIENT.get(f"{gone}/", gate=Always(), known={})
    assert isinstance(answer, Failed)
    assert "forbindelse" in answer.reason


def test_a_name_that_nobody_knows_is_a_failure() -> None:
    def unknown(name: str, seconds: float) -> Sequence[str]:
        raise OSError(name)

    client = Client(agent=AGENT, resolve=unknown)
    answer = client.get("https://finnes-ikke.kommune.no/", gate=Always(), known={})
    assert isinstance(answer, Failed)
    assert "finnes-ikke.kommune.no" in answer.reason


class Certificates:
    """An authority and what it has signed, as files."""

    def __init__(self, folder: Path) -> None:
        authority, stranger = trustme.CA(), trustme.CA()
        past = datetime.now(UTC) - timedelta(days=2)
        self.authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.authority)
        self.files = {name: folder / f"{name}.pem" for name in ("good", "other_host", "expired", "stranger")}
        authority.issue_cert("allowed.no").private_key_and_cert_chain_pem.write_to_path(self.files["good"])
        authority.issue_cert("other.no").private_key_and_cert_chain_pem.write_to_path(self.files["other_host"])
        expired = authority.issue_cert("allowed.no", not_before=past - timedelta(days=9), not_after=past)
        expired.private_key_and_cert_chain_pem.write_to_path(self.files["expired"])
        stranger.issue_cert("allowed.no").private_key_and_cert_chain_pem.write_to_path(self.files["stranger"])


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("tls"))


def named_client(authority: Path | None) -> Client:
    return Client(
        agent=AGENT,
        permitted=LOOPBACK,
        authorities=authority,
        resolve=lambda name, seconds: ("127.0.0.1",),
        limits=SMALL,
    )


def test_a_page_behind_a_valid_certificate_is_read(certificates: Certificates) -> None:
    with serve({"/": page()}, tls=certificates.files["good"]) as site:
        port = site.root.rpartition(":")[2]
        answer = named_client(certificates.authority).get(f"https://allowed.no:{port}/", gate=Always(), known={})
    assert isinstance(answer, Fetched)
    assert site.log[0].headers["Host"] == f"allowed.no:{port}"


@pytest.mark.parametrize("name", ["other_host", "expired", "stranger"])
def test_a_certificate_that_is_not_valid_is_never_accepted(certificates: Certificates, name: str) -> None:
    """Row C13: also not at a second try or without encryption."""
    with serve({"/": page()}, tls=certificates.files[name]) as site:
        port = site.root.rpartition(":")[2]
        client = named_client(certificates.authority)
        for _ in range(2):
            answer = client.get(f"https://allowed.no:{port}/", gate=Always(), known={})
            assert isinstance(answer, Failed)
            assert "Sertifikatet" in answer.reason
    assert site.log == []


def test_an_authority_that_is_not_trusted_by_default_is_not_trusted(certificates: Certificates) -> None:
    """Row C13."""
    with serve({"/": page()}, tls=certificates.files["good"]) as site:
        port = site.root.rpartition(":")[2]
        answer = named_client(None).get(f"https://allowed.no:{port}/", gate=Always(), known={})
    assert isinstance(answer, Failed)
    assert site.log == []


def test_a_server_without_tls_is_not_asked_for_https() -> None:
    """Row C13."""
    with serve({"/": page()}) as site:
        answer = CLIENT.get(site.root.replace("http:", "https:") + "/", gate=Always(), known={})
    assert isinstance(answer, Failed)
    assert site.log == []


def test_a_redirect_from_https_to_http_is_not_followed(certificates: Certificates) -> None:
    """Row C4."""
    with (
        serve({"/": page()}) as plain,
        serve({"/": redirect(f"{plain.root}/")}, tls=certificates.files["good"]) as site,
    ):
        port = site.root.rpartition(":")[2]
        answer = named_client(certificates.authority).get(f"https://allowed.no:{port}/", gate=Always(), known={})
    assert isinstance(answer, Refused)
    assert "ukryptert" in answer.reason
    assert plain.log == []
