"""Text typed without æ, ø and å gets them back; other text is left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helseassistent.text.letters import with_letters

MEANT = "Når må jeg søke, og får jeg være på sykehuset over påske?"


@pytest.mark.parametrize(
    "typed",
    [
        "Naar maa jeg soeke, og faar jeg vaere paa sykehuset over paaske?",
        "Nar ma jeg soke, og far jeg vare pa sykehuset over paske?",
    ],
)
def test_letters_are_put_back(typed: str) -> None:
    assert with_letters(typed) == MEANT


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("NAAR AAPNER LEGEVAKTEN", "NÅR ÅPNER LEGEVAKTEN"),
        ("Ma jeg ringe for jeg gar til legen?", "Må jeg ringe før jeg går til legen?"),
        ("Kan noen fa hjelp pa sykehjemmet?", "Kan noen få hjelp på sykehjemmet?"),
        ("Hva gjoer samboeren naar noen er syk?", "Hva gjør samboeren når noen er syk?"),
        ("Kva pasientgrupper far plass pa omsorgsomradet?", "Kva pasientgrupper får plass på omsorgsområdet?"),
        ("knekt haandledd", "knekt håndledd"),
    ],
)
def test_words_that_are_right_as_they_are_stay(typed: str, meant: str) -> None:
    assert with_letters(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hvor mange plasser har sykehjemmet?",
        "Kan jeg bade med plaster?",
        "Mor hoster hele natten",
        "Far har brukket armen",
        "Når er det apent pa legevakten?",  # somebody who has the letters
        "How far is the doctor, and what are the rules for me?",
        "Samboeren min er fra Israel",
    ],
)
def test_text_that_lacks_nothing_is_left_alone(text: str) -> None:
    assert with_letters(text) == text


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_a_second_time_alike(text: str) -> None:
    once = with_letters(text)
    assert with_letters(once) == once
    assert with_letters(MEANT + text) == MEANT + text


@pytest.mark.parametrize("text", ["pa nar " * 15_000, "paa" * 33_000, "sokersoker" * 10_000, "ae oe aa " * 11_000])
def test_long_text_costs_little(text: str) -> None:
    begun = time.process_time()
    with_letters(text)
    assert time.process_time() - begun < 1
