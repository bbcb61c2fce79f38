"""Which messages are in another language than Norwegian."""

from __future__ import annotations

import pytest

from helseassistent.text.languages import foreign_language, is_foreign_script


@pytest.mark.parametrize(
    "message",
    [
        "How much does it cost to see a doctor?",
        "Where can I get help for my child at night?",
        "What are the opening hours of the emergency clinic",
        "do I need a referral for the psychiatric clinic?",
    ],
)
def test_english_is_told(message: str) -> None:
    assert foreign_language(message) == "english"


@pytest.mark.parametrize(
    "message",
    [
        "Gdzie jest szpital dla dziecka?",
        "Ich brauche einen Arzt für mein Kind",
        "¿Dónde está el hospital? Necesito un médico",
        "أين المستشفى",
        "Де найближча лікарня?",
        "ሆስፒታል ኣበይ ኣሎ",
    ],
)
def test_another_language_is_told(message: str) -> None:
    assert foreign_language(message) == "foreign"


@pytest.mark.parametrize(
    "message",
    [
        "Kan legevakten ta røntgen?",
        "Kva er eit helsefellesskap?",
        "ka koste det å få time",
        "Har legevakta open om natta?",
        "Er det drop-in på helsestasjon for ungdom?",
        "Hva betyr «informed consent»?",
        "legevakt",
        "MR og CT",
        "",
        "12345",
        "😀",
    ],
)
def test_norwegian_and_what_cannot_be_told_are_left_alone(message: str) -> None:
    assert foreign_language(message) is None


def test_a_foreign_word_in_a_norwegian_message_does_not_make_it_foreign() -> None:
    assert not is_foreign_script("Hva betyr المستشفى på norsk?")
