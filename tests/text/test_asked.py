"""What kind of fact a question asks for, and whether a text holds one."""

from __future__ import annotations

import pytest

from helseassistent.text.asked import asked_for, holds
from helseassistent.text.places import foreign_places, places_in


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Hvor mange plasser er det?", "count"),
        ("Hva koster det?", "price"),
        ("Kva kostar det?", "price"),
        ("Når åpner legevakten?", "hours"),
        ("Hvor ligger sykehjemmet?", "address"),
        ("Hvor lenge må jeg vente?", "duration"),
        ("Hvem er leder?", "person"),
        ("Hvor mange prosent er korttidsplasser?", "share"),
        ("Hva er telefonnummeret til legevakten?", "phone"),
    ],
)
def test_the_kind_of_fact_is_seen(question: str, kind: str) -> None:
    assert kind in asked_for(question)


def test_open_and_yes_or_no_questions_ask_for_no_kind() -> None:
    assert asked_for("Hva er et helsefellesskap?") == frozenset()
    assert asked_for("Kan legevakten ta røntgen?") == frozenset()


def test_texts_hold_what_they_hold() -> None:
    assert holds("19 prosent av plassene", "share")
    assert holds("sommeren 2014", "date")
    assert holds("Ring 55 56 87 00", "phone")
    assert not holds("Tilbudet drives av kommunen", "price")
    assert not holds("Tilbudet drives av kommunen", "phone")


def test_another_town_is_foreign_and_a_part_of_the_town_is_not() -> None:
    known = places_in("Bergen kommune har en legevakt")
    assert known == {"bergen"}
    assert foreign_places("Har Stavanger legevakt?", known=known) == {"stavanger"}
    assert foreign_places("Har Åsane legevakt?", known=known) == frozenset()
    assert foreign_places("Er det Bergens legevakt?", known=known) == frozenset()
