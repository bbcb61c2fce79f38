"""Reading and writing pages; a malformed one is named and the others still load."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helseassistent.corpus import (
    Corpus,
    PageProblem,
    load_corpus,
    parse_page,
    render_page,
    says_under_update,
    write_page,
)
from helseassistent.errors import CorpusError
from helseassistent.types import Page

FIELDS = {
    "title": "Legevakt",
    "url": "https://example.no/legevakt",
    "publisher": "Bergen kommune",
    "language": "nb",
    "last_updated": "2023-02-24",
    "fetched_at": "null",
}
GOOD = Page(
    "legevakt.md", "Legevakt", "https://example.no/legevakt", "Bergen kommune", "nb", date(2023, 2, 24), None, "Ring."
)


def content(body: str = "Ring.", **changed: str) -> str:
    lines = [f"{name}: {value}" for name, value in (FIELDS | changed).items()]
    return "\n".join(["---", *lines, "---", body])


def parsed(text: str) -> Page:
    page = parse_page(text, file="legevakt.md")
    assert isinstance(page, Page), page
    return page


def problem(text: str) -> PageProblem:
    found = parse_page(text, file="legevakt.md")
    assert isinstance(found, PageProblem), found
    return found


def test_a_page_is_read_as_it_stands() -> None:
    assert parsed(content()) == GOOD


def test_unknown_fields_are_ignored() -> None:
    assert parsed(content(tema="helse")) == GOOD


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "'  '"}, "title"),
        ({"title": "[a, b]"}, "title"),
        ({"url": ""}, "url"),
        ({"url": "www.example.no"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https:///uten-vert"}, "url"),
        ({"publisher": "null"}, "publisher"),
        ({"language": "en"}, "language"),
        ({"language": "no"}, "language"),
        ({"language": "[nb]"}, "language"),
        ({"last_updated": "24.02.2023"}, "last_updated"),
        ({"last_updated": "2023-13-45"}, "front matter"),
        ({"last_updated": "2023"}, "last_updated"),
        ({"fetched_at": "i går"}, "fetched_at"),
        ({"title": "[uavsluttet"}, "front matter"),
        ({"title": "'a' b"}, "front matter"),
        ({"title": "\x01"}, "front matter"),
    ],
)
def test_a_bad_field_is_named(changed: dict[str, str], field: str) -> None:
    found = problem(content(**changed))
    assert found.field == field
    assert str(found).startswith(f"legevakt.md: feltet «{field}» ")
    assert "\n" not in str(found)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "front matter"),
        ("# Legevakt\nRing.", "front matter"),
        ("---\ntitle: x\n", "front matter"),
        ("---", "front matter"),
        ("---\n- a\n---\nRing.", "front matter"),
        ("---\n---\nRing.", "title"),
        ("---\n" + "[" * 5000 + "\n---\nRing.", "front matter"),
        (content(body=""), "body"),
        (content(body=" \n\u00a0\n"), "body"),
    ],
)
def test_a_page_without_its_parts_is_named(text: str, field: str) -> None:
    assert problem(text).field == field


def test_a_longer_rule_is_not_the_end_of_the_front_matter() -> None:
    assert parsed(content(merknad="|\n  en\n----to: tre")) == GOOD


def test_line_ends_of_the_body_stay_as_they_are() -> None:
    page = parsed(content(body="\r\nRing.\r\n\r\nVent.\r\n").replace("\n", "\r\n").replace("\r\r", "\r"))
    assert page.body == "Ring.\r\n\r\nVent.\r\n"
    assert page.title == "Legevakt"


def test_no_break_spaces_and_rules_in_the_body_stay() -> None:
    body = "Ring\u00a0oss.\n\n---\n\nVent.\n\u00a0"
    assert parsed(content(body=body)).body == body


def test_a_byte_order_mark_is_not_part_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "legevakt.md").write_bytes(b"\xef\xbb\xbf" + content().encode())
    assert load_corpus(tmp_path).pages["legevakt.md"] == GOOD


def test_malformed_files_are_named_and_the_others_load(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "legevakt.md").write_text(content(), encoding="utf-8")
    (tmp_path / "a" / "latin.md").write_bytes(content(title="Legevakt på kvelden").encode("latin-1"))
    (tmp_path / "tom.md").write_bytes(b"")
    (tmp_path / "mappe.md").mkdir()
    (tmp_path / os.fsdecode(b"\xe6.md")).write_text(content(), encoding="utf-8")
    (tmp_path / "README.md").write_text("Om disse sidene", encoding="utf-8")
    (tmp_path / ".skjult.md").write_text("", encoding="utf-8")
    (tmp_path / "bilde.png").write_bytes(b"")
    corpus = load_corpus(tmp_path)
    assert list(corpus.pages) == ["a/b/legevakt.md"]
    assert {(found.file, found.field) for found in corpus.problems} == {
        ("a/latin.md", "tegnsett"),
        ("mappe.md", "fil"),
        ("tom.md", "front matter"),
        (r"'\udce6.md'", "fil"),
    }
    "".join(map(str, corpus.problems)).encode()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rør.md")
    assert [found.field for found in load_corpus(tmp_path).problems] == ["fil"]


def test_a_missing_folder_is_refused_with_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="--corpus MAPPE"):
        load_corpus(tmp_path / "finnes-ikke")


def test_an_empty_folder_is_an_empty_corpus(tmp_path: Path) -> None:
    corpus = load_corpus(tmp_path)
    assert corpus == Corpus({}, (), corpus.digest)


def test_the_digest_follows_names_and_bytes_of_usable_files(tmp_path: Path) -> None:
    write_page(GOOD, folder=tmp_path)
    first = load_corpus(tmp_path).digest
    (tmp_path / "tom.md").write_bytes(b"")
    assert load_corpus(tmp_path).digest == first
    (tmp_path / "legevakt.md").rename(tmp_path / "annen.md")
    assert load_corpus(tmp_path).digest != first


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=40).filter(
    lambda text: text.strip() != ""
)


@given(
    title=TEXT,
    publisher=TEXT,
    language=st.sampled_from(["nb", "nn"]),
    updated=st.none() | st.dates(),
    fetched=st.none() | st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)),
    body=st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
)
@settings(max_examples=200, deadline=None)
def test_a_written_page_is_read_back_the_same(
    title: str, publisher: str, language: str, updated: date | None, fetched: datetime | None, body: str
) -> None:
    page = Page(
        "legevakt.md",
        " ".join(title.split()),
        GOOD.url,
        publisher.strip(),
        "nn" if language == "nn" else "nb",
        updated,
        fetched,
        f"# x{body}",
    )
    assert parse_page(render_page(page), file=page.file) == page


def test_writing_makes_folders_and_replaces(tmp_path: Path) -> None:
    page = Page("a/b.md", *GOOD_REST)
    write_page(page, folder=tmp_path)
    write_page(page, folder=tmp_path)
    assert load_corpus(tmp_path).pages == {"a/b.md": page}
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.md"]


def test_fields_that_are_not_ours_outlive_a_change(tmp_path: Path) -> None:
    (tmp_path / GOOD.file).write_text(content(license="NLOD 2.0", tema="helse"), encoding="utf-8")
    write_page(replace(GOOD, title="Ny tittel"), folder=tmp_path)
    written = (tmp_path / GOOD.file).read_text(encoding="utf-8")
    assert "\nlicense: NLOD 2.0\ntema: helse\n---\n" in written
    assert written.count("title:") == 1
    assert load_corpus(tmp_path).pages[GOOD.file].title == "Ny tittel"


def test_a_spoilt_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / GOOD.file).write_bytes(b"---\n\xff")
    write_page(GOOD, folder=tmp_path)
    assert load_corpus(tmp_path).pages == {GOOD.file: GOOD}


def test_a_page_that_was_seen_again_says_so_while_its_file_stands(tmp_path: Path) -> None:
    write_page(replace(GOOD, fetched_at=MONDAY), folder=tmp_path)
    before = load_corpus(tmp_path)
    later = load_corpus(tmp_path, last_seen={GOOD.file: TUESDAY, "en-annen.md": TUESDAY})
    assert later.pages[GOOD.file] == replace(GOOD, fetched_at=TUESDAY)
    assert later.digest != before.digest
    assert load_corpus(tmp_path, last_seen={GOOD.file: MONDAY}) == before


MONDAY, TUESDAY = datetime(2026, 11, 23, 3, tzinfo=UTC), datetime(2026, 11, 24, 3, tzinfo=UTC)
GOOD_REST = (GOOD.title, GOOD.url, GOOD.publisher, GOOD.language, GOOD.last_updated, GOOD.fetched_at, GOOD.body)


def test_the_shipped_pages_are_whole(shipped: Corpus) -> None:
    assert not shipped.problems
    bergen, saman = shipped.pages["bergen-kommune/vare-satsinger.md"], shipped.pages["saman/helsefellesskap.md"]
    assert bergen.url == "https://www.bergen.kommune.no/hvaskjer/tema/samhandling-i-helsetjenestene/10533"
    assert bergen.last_updated is None
    assert saman.url == "https://www.saman.no/om-helsefellesskapet/"
    assert saman.last_updated == date(2023, 2, 24)
    assert says_under_update(saman)
    assert not says_under_update(bergen)
