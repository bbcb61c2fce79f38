"""The file that names what may be fetched, and what a source covers (row C7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from helseassistent.errors import SourcesError
from helseassistent.ingest.addresses import Address, parse_address
from helseassistent.ingest.sources import Source, load_sources, outside, outside_hosts, source_of

SHIPPED = Path(__file__).parents[2] / "corpus" / "sources.toml"
MINIMAL = """
[bergen]
publisher = "Bergen kommune"
licence = "Avtale av 3. mars 2026"
hosts = ["www.bergen.kommune.no"]
start = ["https://www.bergen.kommune.no/helse/"]
"""
BERGEN = Source(
    "bergen",
    "Bergen kommune",
    hosts=("www.bergen.kommune.no", "xn--blkors-jua.no"),
    paths=("/helse", "/barn/"),
    excluded=("/helse/intern", "/helse/arkiv/"),
)


def load(folder: Path, text: str) -> object:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return load_sources(path)


def test_the_shipped_file_names_the_two_pages() -> None:
    named = load_sources(SHIPPED).named
    assert [source.start for source in named.values()] == [
        ("https://www.bergen.kommune.no/hvaskjer/tema/samhandling-i-helsetjenestene/10533",),
        ("https://www.saman.no/om-helsefellesskapet/",),
    ]
    assert all(source.delay >= 1 and source.licence for source in named.values())


def test_a_source_says_little_and_the_rest_is_careful(tmp_path: Path) -> None:
    assert load(tmp_path, MINIMAL).named["bergen"] == Source(  # type: ignore[attr-defined]
        name="bergen",
        publisher="Bergen kommune",
        licence="Avtale av 3. mars 2026",
        hosts=("www.bergen.kommune.no",),
        start=("https://www.bergen.kommune.no/helse/",),
        sitemaps=(),
        paths=("/",),
        excluded=(),
        language=None,
        delay=1.0,
        max_pages=2_000,
        max_depth=8,
    )


def test_a_source_can_say_all(tmp_path: Path) -> None:
    whole = 'contact = "web@bergen.kommune.no"\n' + MINIMAL.replace("[bergen]", "[Bergen-kommune_2]").replace(
        "/helse/", "/helse/../helse/a?utm_source=x#b"
    )
    whole += """
sitemaps = ["HTTPS://WWW.bergen.kommune.no/sitemap.xml"]
paths = ["/helse"]
excluded = ["/helse/intern"]
language = "nn"
delay = 2.5
max_pages = 10
max_depth = 0
"""
    sources = load(tmp_path, whole)
    source = sources.named["Bergen-kommune_2"]  # type: ignore[attr-defined]
    assert sources.contact == "web@bergen.kommune.no"  # type: ignore[attr-defined]
    assert source.start == ("https://www.bergen.kommune.no/helse/a",)
    assert source.sitemaps == ("https://www.bergen.kommune.no/sitemap.xml",)
    assert (source.paths, source.excluded, source.language) == (("/helse",), ("/helse/intern",), "nn")
    assert (source.delay, source.max_pages, source.max_depth) == (2.5, 10, 0)


def replaced(key: str, value: str) -> str:
    lines = [line for line in MINIMAL.splitlines() if not line.startswith(f"{key} =")]
    return "\n".join([*lines, f"{key} = {value}", ""])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("publisher", "3"),
        ("publisher", '""'),
        ("publisher", '"  "'),
        ("licence", "true"),
        ("hosts", '"www.bergen.kommune.no"'),
        ("hosts", "[]"),
        ("hosts", "[1]"),
        ("hosts", '["https://www.bergen.kommune.no"]'),
        ("hosts", '["www.bergen.kommune.no/helse"]'),
        ("hosts", '["*.kommune.no"]'),
        ("hosts", '["a@b.no"]'),
        ("start", '"https://www.bergen.kommune.no/"'),
        ("start", '["www.bergen.kommune.no"]'),
        ("start", '["ftp://www.bergen.kommune.no/"]'),
        ("start", '["https://www.helsenorge.no/"]'),
        ("start", "[]"),
        ("sitemaps", '["https://evil.no/sitemap.xml"]'),
        ("sitemaps", "{a = 1}"),
        ("paths", '["helse"]'),
        ("paths", '"/helse"'),
        ("excluded", "[false]"),
        ("excluded", '["/helse"]'),
        ("language", '"no"'),
        ("language", "1"),
        ("delay", "0"),
        ("delay", "-1"),
        ("delay", '"1"'),
        ("delay", "true"),
        ("delay", "nan"),
        ("delay", "1e9"),
        ("max_pages", "0"),
        ("max_pages", "1.5"),
        ("max_depth", "-1"),
        ("max_depth", "true"),
        ("permitted", '["127.0.0.0/8"]'),
        ("lisens", '"MIT"'),
        ("name", '"x"'),
    ],
)
def test_a_wrong_value_is_one_sentence_with_file_table_and_key(tmp_path: Path, key: str, value: str) -> None:
    with pytest.raises(SourcesError) as raised:
        load(tmp_path, replaced(key, value))
    sentence = str(raised.value)
    blamed = "start" if key == "excluded" and "helse" in value else key
    assert "sources.toml" in sentence
    assert f"«{blamed}» i [bergen]" in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("key", ["publisher", "licence", "hosts", "start"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    lines = [line for line in MINIMAL.splitlines() if not line.startswith(f"{key} =")]
    with pytest.raises(SourcesError, match=rf"«{key}» i \[bergen\] mangler"):
        load(tmp_path, "\n".join(lines))


@pytest.mark.parametrize(
    "text",
    ["contact = 3", "bergen = 1", "[bergen", 'contact = "a"\ncontact = "b"', "\x00", "[[bergen]]\npublisher = 1"],
)
def test_a_file_that_is_no_list_of_sources_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourcesError, match=r"sources\.toml"):
        load(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match=r"sources\.toml"):
        load_sources(tmp_path / "sources.toml")
    (tmp_path / "sources.toml").write_bytes(b'contact = "\xe6"')
    with pytest.raises(SourcesError, match=r"sources\.toml"):
        load_sources(tmp_path / "sources.toml")


def covered(url: str) -> bool:
    address = parse_address(url)
    return isinstance(address, Address) and outside(BERGEN, address) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.bergen.kommune.no/helse",
        "https://www.bergen.kommune.no/helse/",
        "http://www.bergen.kommune.no/helse/legevakt?a=b",
        "https://WWW.BERGEN.KOMMUNE.NO./helse",
        "https://www.bergen.kommune.no/barn/skole",
        "https://www.bergen.kommune.no/helse/internt",
        "https://blåkors.no/helse",
    ],
)
def test_a_source_covers_what_it_names(url: str) -> None:
    assert covered(url)


@pytest.mark.parametrize(
    "url",
    [
        # row C7: other hosts, whatever they look like
        "https://bergen.kommune.no/helse",
        "https://www.bergen.kommune.no.evil.no/helse",
        "https://evil.no/www.bergen.kommune.no/helse",
        "https://www-bergen.kommune.no/helse",
        "https://x.www.bergen.kommune.no/helse",
        "https://www.bergеn.kommune.no/helse",  # with a Cyrillic е
        "https://www.bergen.kommune.no@evil.no/helse",
        "https://evil.no#@www.bergen.kommune.no/helse",
        "https://evil.no\\@www.bergen.kommune.no/helse",
        "https://www.bergen.kommune.no:8443/helse",
        "https://blaakors.no/helse",
        "https://blåкors.no/helse",  # with a Cyrillic к
        # other paths
        "https://www.bergen.kommune.no/",
        "https://www.bergen.kommune.no/helsetilsyn",
        "https://www.bergen.kommune.no/HELSE",
        "https://www.bergen.kommune.no/helse/../barn",
        "https://www.bergen.kommune.no/helse/intern",
        "https://www.bergen.kommune.no/helse/intern/x",
        "https://www.bergen.kommune.no/helse/Intern/x",
        "https://www.bergen.kommune.no/helse/%69ntern/x",
        "https://www.bergen.kommune.no/helse//intern/x",
        "https://www.bergen.kommune.no/helse/x/../intern",
        "https://www.bergen.kommune.no/helse/x/%2e%2e/intern",
        "https://www.bergen.kommune.no/helse/x/..%2fintern",
        "https://www.bergen.kommune.no/helse/x%5c..%5cintern",
        "https://www.bergen.kommune.no/helse/arkiv/2019",
        "file:///helse",
    ],
)
def test_a_source_covers_nothing_else(url: str) -> None:
    """Row C7."""
    assert not covered(url)


def test_sitemaps_may_lie_anywhere_on_a_named_host() -> None:
    for url, within in (("https://www.bergen.kommune.no/sitemap.xml", True), ("https://evil.no/sitemap.xml", False)):
        address = parse_address(url)
        assert isinstance(address, Address)
        assert (outside_hosts(BERGEN, address) is None) == within


def test_the_source_of_an_address_is_the_first_that_covers_it() -> None:
    assert source_of("https://www.bergen.kommune.no/helse/a", sources=[BERGEN]) is BERGEN
    assert source_of("https://www.saman.no/", sources=[BERGEN]) is None
    assert source_of("tull", sources=[BERGEN]) is None
