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
