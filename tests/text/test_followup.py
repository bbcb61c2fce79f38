"""A question that leans on the one before it is searched for together with it."""

from __future__ import annotations

import pytest

from helseassistent.text.followup import stand_alone


@pytest.mark.parametrize("last", ["og på søndag?", "hva koster det?", "Men når da?", "Hva med nynorsk?"])
def test_a_leaning_question_gets_the_one_before_it(last: str) -> None:
    assert stand_alone(["Har legevakten røntgen?", last]) == f"Har legevakten røntgen? {last}"


def test_a_whole_question_stands_alone() -> None:
    last = "Hvor mange plasser har Storetveit sykehjem?"
    assert stand_alone(["Har legevakten røntgen?", last]) == last


def test_the_first_question_has_nothing_to_lean_on() -> None:
    assert stand_alone(["og da?"]) == "og da?"


def test_a_long_conversation_of_leaning_questions_stays_short() -> None:
    assert len(stand_alone(["og da?"] * 200).split()) <= 8


@pytest.mark.parametrize(
    "last", ["og røntgen?", "enn på kvelden?", "kva med barn?", "Gjelder det barn?", "der da?", "?"]
)
def test_an_opening_word_or_a_pointer_leans(last: str) -> None:
    assert stand_alone(["Har legevakten lege?", last]) == f"Har legevakten lege? {last}"


@pytest.mark.parametrize(
    "last", ["Kan legevakten i Bergen ta røntgen av det?", "Ofte stilte spørsmål om sykehjem", "Orgel i kirken?"]
)
def test_a_question_with_a_subject_of_its_own_does_not_lean(last: str) -> None:
    assert stand_alone(["Har sykehjemmet kafé?", last]) == last


def test_a_chain_of_leaning_questions_reaches_back_to_what_they_lean_on() -> None:
    turns = ["Har legevakten røntgen?", "og på søndag?", "og for barn?"]
    assert stand_alone(turns) == "Har legevakten røntgen? og på søndag? og for barn?"


def test_what_was_asked_before_a_whole_question_is_left_behind() -> None:
    turns = ["Har legevakten røntgen?", "Hvor mange plasser har Storetveit sykehjem?", "og hva koster det?"]
    assert stand_alone(turns) == "Hvor mange plasser har Storetveit sykehjem? og hva koster det?"
