"""Rows B6, B7 and B8: sitemaps are read, and what calls itself one does no harm."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Mapping

import pytest

from helseassistent.ingest.found import Refused
from helseassistent.ingest.sitemap import MOST, parse_sitemap, read_sitemaps
from ingest.loopback import serve

NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(*urls: str, namespace: str = NAMESPACE) -> bytes:
    entries = "".join(f"<url><loc>{url}</loc><lastmod>2026-03-03</lastmod></url>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {namespace}>{entries}</urlset>'.encode()


def index(*urls: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f"<sitemapindex {NAMESPACE}>{entries}</sitemapindex>".encode()


def asking(files: Mapping[str, bytes], *, asked: list[str] | None = None) -> Callable[[str], bytes | Refused]:
    def ask(url: str) -> bytes | Refused:
        if asked is not None:
            asked.append(url)
        return files[url] if url in files else Refused(url, "Finnes ikke.")

    return ask


def pages(found: list[str | Refused]) -> list[str]:
    return [one for one in found if isinstance(one, str)]


def troubles(found: list[str | Refused]) -> list[Refused]:
    return [one for one in found if isinstance(one, Refused)]


def test_a_sitemap_lists_its_pages_in_order() -> None:
    assert parse_sitemap(urlset("https://a.no/1", " https://a.no/2?x=1&amp;y=2\n")).pages == (
        "https://a.no/1",
        "https://a.no/2?x=1&y=2",
    )


@pytest.mark.parametrize("namespace", ["", 'xmlns="http://www.google.com/schemas/sitemap/0.84"'])
def test_the_namespace_may_be_another_or_none(namespace: str) -> None:
    assert parse_sitemap(urlset("https://a.no/1", namespace=namespace)).pages == ("https://a.no/1",)


def test_comments_images_and_empty_entries_are_passed_over() -> None:
    body = (
        f'<urlset {NAMESPACE} xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><!-- a -->'
        "<url><loc>https://a.no/1</loc><i:image><i:loc>https://a.no/b.png</i:loc></i:image></url>"
        f"<url/><url><loc/></url><url><loc>https://a.no/{'x' * 3_000}</loc></url></urlset>"
    )
    assert parse_sitemap(body.encode()).pages == ("https://a.no/1",)


def test_indexes_and_packed_files_are_followed() -> None:
    files = {
        "https://a.no/s.xml": index("https://a.no/1.xml.gz", "https://a.no/2.xml"),
        "https://a.no/1.xml.gz": gzip.compress(urlset("https://a.no/1")),
        "https://a.no/2.xml": urlset("https://a.no/2", "https://a.no/3"),
    }
    found = list(read_sitemaps(("https://a.no/s.xml",), ask=asking(files)))
    assert found == ["https://a.no/1", "https://a.no/2", "https://a.no/3"]


def test_a_file_that_cannot_be_read_is_reported_and_the_others_count() -> None:
    files = {
        "https://a.no/s.xml": index(
            "https://a.no/0.xml", "https://a.no/1.xml", "https://a.no/2.xml", "https://a.no/3.xml"
        ),
        "https://a.no/1.xml": b"<urlset><url><loc>https://a.no/1</loc></url>",
        "https://a.no/2.xml": b"<html><body>Siden finnes ikke</body></html>",
        "https://a.no/3.xml": urlset("https://a.no/3"),
    }
    found = list(read_sitemaps(("https://a.no/s.xml",), ask=asking(files)))
    assert pages(found) == ["https://a.no/3"]
    assert [one.url for one in troubles(found)] == ["https://a.no/0.xml", "https://a.no/1.xml", "https://a.no/2.xml"]
    assert all(one.reason.endswith(".") for one in troubles(found))


def test_sitemaps_that_list_each_other_end() -> None:
    """Row B8."""
    asked: list[str] = []
    files = {
        "https://a.no/s.xml": index("https://a.no/s.xml", "https://a.no/t.xml"),
        "https://a.no/t.xml": index("https://a.no/s.xml", "https://a.no/t.xml"),
    }
    assert list(read_sitemaps(("https://a.no/s.xml",), ask=asking(files, asked=asked))) == []
    assert asked == ["https://a.no/s.xml", "https://a.no/t.xml"]


def test_an_index_that_makes_up_new_sitemaps_for_ever_ends() -> None:
    """Row B8."""
    asked: list[str] = []

    def ask(url: str) -> bytes | Refused:
        asked.append(url)
        return index(f"https://a.no/{len(asked)}a.xml", f"https://a.no/{len(asked)}b.xml")

    found = list(read_sitemaps(("https://a.no/s.xml",), ask=ask))
    assert len(asked) == 200
    assert troubles(found)


def test_a_million_addresses_stop_at_the_cap() -> None:
    """Row B8: in little time, and reported."""
    body = b"<urlset>" + b"<url><loc>https://a.no/kalender</loc></url>" * 1_000_000 + b"</urlset>"
    started = time.process_time()
    listed = parse_sitemap(body)
    assert len(listed.pages) == MOST
    assert listed.cut
    assert time.process_time() - started < 3
    small = urlset(*(f"https://a.no/{number}" for number in range(30)))
    files = {"https://a.no/1.xml": small, "https://a.no/2.xml": small.replace(b"a.no", b"b.no")}
    found = list(read_sitemaps(tuple(files), ask=asking(files), most=40))
    assert len(pages(found)) == 40
    assert "flere enn 40 adresser" in troubles(found)[0].reason


def billion_laughs() -> str:
    entities = ['<!ENTITY l0 "https://a.no/">']
    entities += [f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10)]
    return f"<!DOCTYPE urlset [{''.join(entities)}]><urlset><url><loc>&l9;</loc></url></urlset>"


def quadratic() -> str:
    text = f'<!ENTITY a "{"x" * 100_000}">'
    return f"<!DOCTYPE urlset [{text}]><urlset><url><loc>{'&a;' * 20_000}</loc></url></urlset>"


@pytest.mark.parametrize("bomb", [billion_laughs(), quadratic()], ids=["billion laughs", "quadratic"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_bombs_are_refused_at_once(bomb: str, encoding: str) -> None:
    """Row B6."""
    started = time.process_time()
    with pytest.raises(ValueError, match=r"DOCTYPE|gyldig"):
        parse_sitemap(f'<?xml version="1.0" encoding="{encoding}"?>{bomb}'.encode(encoding))
    assert time.process_time() - started < 1


def test_no_entity_reads_a_file_or_asks_a_server() -> None:
    """Row B7."""
    with serve(host="127.0.0.2") as listener:
        for entity in (
            '<!DOCTYPE urlset [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
            f'<!DOCTYPE urlset [<!ENTITY e SYSTEM "{listener.root}/e">]>',
            f'<!DOCTYPE urlset [<!ENTITY % e SYSTEM "{listener.root}/e"> %e;]>',
            f'<!DOCTYPE urlset SYSTEM "{listener.root}/e.dtd">',
            f'<!DOCTYPE urlset PUBLIC "-//a//b" "{listener.root}/e.dtd">',
        ):
            with pytest.raises(ValueError, match=r"DOCTYPE|gyldig"):
                parse_sitemap(f"{entity}<urlset><url><loc>&e;</loc></url></urlset>".encode())
        include = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{listener.root}/e" parse="text"/>'
        style = f'<?xml-stylesheet href="{listener.root}/e.xsl" type="text/xsl"?>'
        for body in (f"<urlset><url><loc>{include}</loc></url></urlset>", f"{style}<urlset/>"):
            assert parse_sitemap(body.encode()).pages == ()
    assert listener.log == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 100,
        b"<",
        b"<urlset>",
        b"<urlset></sitemap>",
        "<urlset>".encode("utf-16"),
        b"<urlset>" + b"<url>" * 100_000,
        b"<urlset " + b" ".join(b'a%d="1"' % number for number in range(50_000)) + b">",
        b"<rss><channel/></rss>",
        b"\x1f\x8bnot gzip",
    ],
    ids=["empty", "nul", "open", "unfinished", "crossed", "utf-16", "deep", "attributes", "rss", "gzip"],
)
def test_broken_xml_is_refused_in_words(body: bytes) -> None:
    files = {"https://a.no/s.xml": body}
    (only,) = read_sitemaps(tuple(files), ask=asking(files))
    assert isinstance(only, Refused)
    assert only.reason.endswith(".")


def test_a_packed_bomb_is_refused() -> None:
    """Rows B4 and B8."""
    files = {"https://a.no/s.xml.gz": gzip.compress(b"<urlset>" + bytes(51_000_000), 1)}
    (only,) = read_sitemaps(tuple(files), ask=asking(files))
    assert isinstance(only, Refused)
    assert "større enn 50 MB" in only.reason
