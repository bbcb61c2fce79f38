"""What kind of fact a question asks for, and whether a text holds one."""

from __future__ import annotations

import pytest

from helseassistent.text.asked import amounts, asked_for, counted, holds
from helseassistent.text.places import foreign_places, home_of, places_in


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
    home = home_of(header="Legevakt Bergen kommune", body="Ring oss.")
    assert home == {"bergen"}
    assert foreign_places("Har Stavanger legevakt?", home=home) == {"stavanger"}
    assert foreign_places("har stavanger legevakt?", home=home) == {"stavanger"}
    assert foreign_places("Har Åsane legevakt?", home=home) == frozenset()
    assert foreign_places("Er det Bergens legevakt?", home=home) == frozenset()


def test_no_town_is_foreign_to_a_page_that_speaks_for_the_country() -> None:
    assert foreign_places("Har Stavanger legevakt?", home=home_of(header="Lov", body="Alle har rett.")) == frozenset()


def test_a_small_letter_is_a_place_only_in_a_text_without_capitals() -> None:
    assert places_in("Hvor er Halden?") == {"halden"}
    assert places_in("Kan noen halden oppe?") == frozenset()


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("Hvor mange plasser er det?", "plasser"),
        ("Kor mange kommunar er med?", "kommunar"),
        ("Vet du hvor mange ANSATTE sykehjemmet har", "ansatte"),
        ("Hvor mange?", None),
        ("Har dere mange plasser?", None),
        ("Hvor stort er sykehjemmet?", None),
        ("", None),
    ],
)
def test_the_word_that_a_question_counts(question: str, noun: str | None) -> None:
    assert counted(question) == noun


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Sykehjemmet har 27 plasser.", "plasser"),
        ("Dei 18 kommunane i området", "kommunane"),
        ("fire prioriterte pasientgrupper", "pasientgrupper"),
        ("om lag 1 000 nye plasser", "plasser"),
        ("TRE SENG", "seng"),
    ],
)
def test_what_a_text_has_a_number_of(text: str, word: str) -> None:
    assert word in amounts(text)


@pytest.mark.parametrize("text", ["", "27", "plasser 27", "§ 2-2", "Avdelingen har plasser."])
def test_a_text_without_a_numbered_thing_has_no_amounts(text: str) -> None:
    assert amounts(text) == []


def test_a_narrower_kind_takes_the_place_of_a_count() -> None:
    assert "count" not in asked_for("Hvor mange prosent av plassene er ledige?")
    assert "count" not in asked_for("Hvor mange dager må jeg vente?")
    assert "date" not in asked_for("Når åpner legevakten, og hva er åpningstidene?")


@pytest.mark.parametrize("question", ["", "?", "😀", "Hvor mange " * 500, "når når når"])
def test_odd_questions_are_read_without_harm(question: str) -> None:
    assert isinstance(asked_for(question), frozenset)
    counted(question)
    amounts(question)
