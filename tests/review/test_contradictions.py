"""That pages which say different numbers for the same thing are found, and hardly any that do not.

`data/contradictions.jsonl` holds seventy pairs of sentences, made up for this: every second contradiction is beside one
that only looks like it. The rules were made on the first, third and so on of these; the others were kept for measuring.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fakes import page
from helseassistent.review.amounts import amounts_in
from helseassistent.review.contradictions import contradictions
from helseassistent.types import Page

PAIRS = Path(__file__).parent / "data" / "contradictions.jsonl"


def pages_of(pair: dict[str, list[str]]) -> dict[str, Page]:
    found = {}
    for name in ("one", "other"):
        publisher, title, heading, sentence = pair[name]
        made = page(f"{name}.md", f"# {title}\n\n## {heading}\n\n{sentence}\n")
        found[made.file] = replace(made, title=title, publisher=publisher)
    return found


def half(*, first: bool) -> Iterator[tuple[bool, bool]]:
    """Of each pair, whether it is a contradiction and whether one was found."""
    for number, line in enumerate(PAIRS.read_text(encoding="utf-8").splitlines()):
        if (number // 2 % 2 == 0) == first:
            pair = json.loads(line)
            yield pair["differ"], bool(contradictions(pages_of(pair)))


@pytest.mark.parametrize(("first", "least_found", "most_false"), [(True, 17, 0), (False, 14, 1)])
def test_most_contradictions_are_found_and_hardly_anything_else(first: bool, least_found: int, most_false: int) -> None:
    said = list(half(first=first))
    assert len(said) in (34, 36)
    assert sum(differ and found for differ, found in said) >= least_found
    assert sum(found and not differ for differ, found in said) <= most_false


def test_a_contradiction_says_where_both_stand_the_newer_page_first() -> None:
    pages = pages_of(
        {
            "one": ["By", "Trygghetsalarm", "Pris", "Trygghetsalarm koster 270 kroner i måneden."],
            "other": ["By", "Priser", "Trygghetsalarm", "Prisen for trygghetsalarm er 245 kroner i måneden."],
        }
    )
    pages["other.md"] = replace(pages["other.md"], last_updated=date(2026, 2, 1))
    (found,) = contradictions(pages)
    assert (found.one.file, found.one.value, found.other.value) == ("other.md", "245 kroner", "270 kroner")
    for said in (found.one, found.other):
        assert pages[said.file].body[said.start : said.end] == said.sentence


def test_two_numbers_on_one_page_are_the_page_s_own_affair() -> None:
    body = "# Trygghetsalarm\n\nTrygghetsalarm koster 270 kroner.\n\nTrygghetsalarm koster 245 kroner.\n"
    assert contradictions({"a.md": page("a.md", body)}) == ()


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Det koster kr 1 250,50 og 4 uker.", [("kroner", 1250.5, 1250.5), ("uker", 4, 4)]),
        ("Åpent kl. 8–15.30.", [("klokkeslett", 8, 15.5)]),
        ("Åpent 08:00 til 15:30.", [("klokkeslett", 8, 15.5)]),
        ("Ring 55 56 87 00 eller 116 117.", [("telefon", 55568700, 55568700), ("telefon", 116117, 116117)]),
        ("Mellom to og tre uker, 25 %.", [("uker", 3, 3), ("prosent", 25, 25)]),
        ("4–6 uker", [("uker", 4, 6)]),
        ("Fra 1. januar 2024 gjelder § 3 andre ledd.", []),
        ("Loven er fra 1999 og har nr. 63 i listen.", []),
    ],
)
def test_numbers_are_read_with_their_units(text: str, amounts: list[tuple[str, float, float]]) -> None:
    assert [(amount.unit, amount.low, amount.high) for amount in amounts_in(text)] == amounts


def test_a_rough_number_is_known_to_be_rough() -> None:
    assert [amount.roughly for amount in amounts_in("Det tar ca. 3 uker, og koster 20 kroner.")] == [True, False]
