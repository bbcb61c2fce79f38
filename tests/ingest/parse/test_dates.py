"""The date that a page states for its text, and no other date that stands on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from helseassistent.ingest.found import Document
from helseassistent.ingest.parse.dates import read_date

Read = Callable[..., Document]
BODY = "<h1>Fysioterapi</h1><p>Kommunen har fysioterapeuter som hjelper deg med trening og hjelpemidler.</p>"

STATED = {
    "Sist oppdatert 24.02.2023": date(2023, 2, 24),
    "Oppdatert: 3. mars 2024": date(2024, 3, 3),
    "Publisert 01.02.2020. Sist endret 12.11.2024": date(2024, 11, 12),
    "Sist endra 7. februar 2025": date(2025, 2, 7),
    "Sida vart sist oppdatert den 9. juni 2022": date(2022, 6, 9),
    "Sist faglig oppdatert tirsdag 5. november 2024": date(2024, 11, 5),
    "Sist revidert 1. des. 2024": date(2024, 12, 1),
    "Siden er sist oppdatert 3/9-2019": date(2019, 9, 3),
    "Endret: 09.04.24": date(2024, 4, 9),
    "Sist oppdatert: 2024-05-06": date(2024, 5, 6),
    "Publisert 5. mai 2021": date(2021, 5, 5),
    "Skrevet av redaksjonen, publisert 12.04.2022, sist endret 19.08.2024": date(2024, 8, 19),
    "Sist oppdatert av Kari Nordmann 14.03.2023 kl. 10.15": date(2023, 3, 14),
    "Publisert: 01.12.2019 | Oppdatert: 15.10.2025": date(2025, 10, 15),
}
NOT_STATED = [
    "Møtet er torsdag 12. mars 2026 kl. 18.00.",
    "Planen ble vedtatt 3. mai 2018 og gjelder til 31.12.2026.",
    "Handlingsplanen, som kommunestyret ba om, ble sist oppdatert i mars 2020.",
    "Sist oppdatert 24.02.2027",
    "Sist oppdatert 31.02.2023",
    "Sist oppdatert 99.99.2023",
    "Frist: 01.02.2025",
    "Du blir oppdatert på telefon 55 00 11 22.",
]


@pytest.mark.parametrize("line", STATED)
def test_a_line_that_states_the_date_is_read(line: str, read: Read) -> None:
    assert read(f"<main>{BODY}<p>{line}</p></main>").last_updated == STATED[line]


@pytest.mark.parametrize("line", NOT_STATED)
def test_other_dates_and_future_dates_are_not_taken(line: str, read: Read) -> None:
    assert read(f"<main>{BODY}<p>{line}</p></main>").last_updated is None


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta property="article:modified_time" content="2024-03-11T10:22:31+01:00">', date(2024, 3, 11)),
        ('<meta property="article:modified_time" content="2024-03-11T23:30:00Z">', date(2024, 3, 12)),
        ('<meta name="dcterms.modified" content="2021-01-02"><meta name="date" content="2019-01-01">', date(2021, 1, 2)),
        ('<meta property="article:published_time" content="2020-05-06">', date(2020, 5, 6)),
        ('<script type="application/ld+json">{"@type":"WebPage","dateModified":"2023-09-14"}</script>', date(2023, 9, 14)),
        ('<script type="application/ld+json">{"@type":"Event","startDate":"2026-01-01","dateModified":"2026-01-01"}</script>', None),
        ('<script type="application/ld+json">{"@type":"WebPage","dateModified":"2029-09-14"}</script>', None),
        ('<script type="application/ld+json">{"dateModified": [1, {}], "@graph": 7}</script>', None),
        ('<script type="application/ld+json">{broken</script>', None),
        ('<meta http-equiv="last-modified" content="Mon, 03 Mar 2025 23:30:00 GMT">', date(2025, 3, 4)),
    ],
)  # fmt: skip
def test_the_head_tells_where_the_text_does_not(head: str, expected: date | None, read: Read) -> None:
    assert read(f"<html><head>{head}</head><body><main>{BODY}</main></body></html>").last_updated == expected


def test_what_readers_see_goes_before_the_head_and_change_before_publication(read: Read) -> None:
    head = '<meta property="article:modified_time" content="2026-01-05">'
    page = f"<html><head>{head}</head><body><main>{BODY}<p>Sist oppdatert 24.02.2023</p></main></body></html>"
    assert read(page).last_updated == date(2023, 2, 24)
    page = f"<html><head>{head}</head><body><main>{BODY}<p>Publisert 24.02.2023</p></main></body></html>"
    assert read(page).last_updated == date(2026, 1, 5)


def test_time_elements_count_only_where_they_are_marked_as_the_date_of_the_text(read: Read) -> None:
    marked = '<time itemprop="dateModified" datetime="2024-01-02">i vinter</time>'
    assert read(f"<main>{BODY}<p>{marked}</p></main>").last_updated == date(2024, 1, 2)
    assert read(f'<main>{BODY}<p><time datetime="2024-01-02">2. januar</time></p></main>').last_updated is None


def test_a_hidden_date_is_not_stated(read: Read) -> None:
    assert read(f'<main>{BODY}<p style="display:none">Sist oppdatert 24.02.2023</p></main>').last_updated is None


@pytest.mark.parametrize("value", ["", "i går", "2024", "mars 2024", "32. mars 2024", "x" * 10_000, "2024-13-01T00:00"])
def test_what_is_no_whole_date_is_none(value: str) -> None:
    assert read_date(value) is None
