"""The sections of a page, and which of them are offered after an answer."""

from __future__ import annotations

import time

import pytest

from helseassistent.answer.sections import NEXT, covered_by, more_after, sections_of
from helseassistent.corpus import Corpus
from helseassistent.types import Answer, Citation, Claim, Page

BODY = """# Legevakt

Innledning.

## Prøver

Vi tar prøver.

## Tom

### § 3 a. Røntgen ##

Vi tar røntgen.

## Åpningstid

Hele døgnet.

## Parkering

Bak huset.

## § 9. Ikrafttredelse

Trer i kraft straks.
"""


def page(body: str = BODY) -> Page:
    return Page("by/legevakt.md", "Legevakt", "https://by.example/legevakt", "Byen", "nb", None, None, body)


def answer_with(*quotes: str, of: Page) -> Answer:
    citations = []
    for quote in quotes:
        start = of.body.index(quote)
        citations.append(
            Citation(of.file, of.url, of.url, of.title, of.publisher, None, quote, start, start + len(quote))
        )
    return Answer((Claim(" ".join(quotes), tuple(citations)),), 0.9)


def test_a_section_has_a_name_without_its_number_and_a_text() -> None:
    found = sections_of(page())
    assert [section.name for section in found] == ["Prøver", "Røntgen", "Åpningstid", "Parkering"]
    assert BODY[found[1].start : found[1].heading_end] == "§ 3 a. Røntgen"


def test_sections_that_nothing_is_quoted_from_are_offered_in_the_order_of_the_page() -> None:
    of = page()
    found = more_after(answer_with("Vi tar røntgen.", of=of), pages={of.file: of})
    assert [topic.section for topic in found] == ["Prøver", "Åpningstid", "Parkering"]
    assert found[0].page_url == "https://by.example/legevakt#:~:text=Innledning.-,Pr%C3%B8ver"


def test_the_nearest_are_offered_and_no_more_than_that() -> None:
    of = page("# T\n\n" + "".join(f"## Del nummer {i}\n\nTekst nummer {i} her.\n\n" for i in range(10, 30)))
    found = more_after(answer_with("Tekst nummer 20 her.", of=of), pages={of.file: of})
    assert len(found) == NEXT
    assert {topic.section for topic in found} <= {f"Del nummer {i}" for i in (18, 19, 21, 22)}


@pytest.mark.parametrize("body", ["# Tittel\n\nTekst.\n", "Bare tekst.", ""])
def test_a_page_without_sections_offers_none(body: str) -> None:
    assert sections_of(page(body)) == ()


def test_a_page_with_many_sections_is_not_described_by_them() -> None:
    assert covered_by(page()) == ("Prøver", "Røntgen", "Åpningstid", "Parkering")
    assert covered_by(page("".join(f"## Del {i}\n\nTekst.\n\n" for i in range(20)))) == ()


def test_the_sections_of_the_shipped_pages(shipped: Corpus) -> None:
    names = {file: covered_by(found) for file, found in shipped.pages.items()}
    assert names == {
        "bergen-kommune/vare-satsinger.md": (
            "Medisinsk senter ved Bergen Legevakt",
            "Godt mottaksapparat for utskrivningsklare pasienter",
            "Redusere åpne russcener",
        ),
        "saman/helsefellesskap.md": ("Bakgrunnen for helsefellesskap",),
    }


@pytest.mark.parametrize("unit", ["# ", "## a #\n", "#\t\t ", "## x\n\ntekst\n", "§ 1. "])
def test_a_hostile_page_is_cut_quickly(unit: str) -> None:
    begun = time.perf_counter()
    sections_of(page(unit * 5_000))
    assert time.perf_counter() - begun < 0.5
