"""Text and Markdown as they lie in a folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from helseassistent.corpus import render_page
from helseassistent.ingest.found import Document, Refused
from helseassistent.types import Page

Read = Callable[..., Document]
Refuse = Callable[..., Refused]


def test_markdown_is_kept_as_it_is_and_its_first_heading_is_its_title(read: Read) -> None:
    body = "# Legevakt\r\n\r\nRing *først*.\r\n\r\n- kort\r\n- pass <b>\r\n\r\nSist oppdatert 24.02.2023\r\n"
    found = read(body, content_type="text/markdown")
    assert found.body == body.replace("\r\n", "\n")
    assert (found.title, found.language, found.last_updated) == ("Legevakt", "nb", date(2023, 2, 24))


def test_underlined_lines_are_headings(read: Read) -> None:
    found = read("Legevakt\n========\n\nRing først.\n\nPris\n----\n\nGratis.\n", content_type="text/plain")
    assert found.body == "# Legevakt\n\nRing først.\n\n## Pris\n\nGratis.\n"


def test_text_in_an_old_character_set_is_named_after_its_file(read: Read) -> None:
    body = "Du må ringje før du kjem, elles må du vente på tur.\n".encode("cp1252")
    found = read(body, content_type="text/plain", url="file:///rutinar/ved_akutt-sjukdom.txt")
    assert (found.title, found.language) == ("ved akutt sjukdom", "nn")


def test_a_stored_page_comes_back(read: Read) -> None:
    page = Page(
        "a/b.md", "Tittel", "https://a.example/b", "Utgiver", "nn", date(2024, 1, 2), None, "# Tittel\n\nHei på deg.\n"
    )
    found = read(render_page(page), content_type="text/markdown")
    assert (found.title, found.publisher, found.language) == (page.title, page.publisher, page.language)
    assert (found.body, found.last_updated, found.canonical) == (page.body, page.last_updated, page.url)


def test_front_matter_that_is_wrong_is_named(refuse: Refuse) -> None:
    found = refuse(
        "---\ntitle: A\nurl: finner-du-ikke\npublisher: B\nlanguage: nb\n---\nTekst\n", content_type="text/markdown"
    )
    assert found.reason == "Feltet «url» må være en full adresse som begynner med https://."


def test_the_shipped_pages_come_back(read: Read) -> None:
    for path in sorted((Path(__file__).parents[3] / "corpus").rglob("*/*.md")):
        content = path.read_text(encoding="utf-8")
        assert read(content, content_type="text/markdown").body == content.split("---\n", 2)[2]
