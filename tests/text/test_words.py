"""Tokens, stems, 4-grams, and which language form a text is in."""

from __future__ import annotations

import time

import pytest

from helseassistent.text.lists import word_list
from helseassistent.text.terms import gram_terms, stem, word_terms
from helseassistent.text.words import content_words, language_of, tokens


def test_numbers_and_clock_times_stay_whole() -> None:
    assert tokens("Kl. 08.30: 3,5 mg – R'n B") == ["kl", "08.30", "3,5", "mg", "r'n", "b"]


def test_content_words_leave_out_what_says_how() -> None:
    assert content_words("Kan legen se på foten min?") == ["legen", "se", "foten"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("legemiddel", "legemidler"),
        ("pasienten", "pasientar"),
        ("sykehuset", "sykehusene"),
        ("kommunene", "kommunane"),
        ("sykkel", "sykler"),
    ],
)
def test_inflected_forms_meet(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("fastlege", "fast"), ("helse", "hel"), ("2014", "2015")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_four_grams_meet_compounds() -> None:
    assert set(gram_terms("røntgen")) & set(gram_terms("røntgenavdelingen"))
    assert gram_terms("å") == []


def test_terms_of_a_text_without_words_are_empty() -> None:
    assert word_terms("😀 … !") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Kan jeg ikke få hjelp hjemme?", "nb"),
        ("Korleis får eg hjelp heime?", "nn"),
        ("Kva kostar det?", "nn"),
        ("røntgen", "nb"),
        ("", "nb"),
    ],
)
def test_the_written_form_is_told_from_its_own_words(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("name", ["function_words", "nynorsk", "bokmaal", "places"])
def test_word_lists_hold_single_lower_case_words(name: str) -> None:
    words = word_list(name)
    assert words
    assert all(word == word.strip().lower() and " " not in word for word in words)


def test_a_word_is_not_in_both_language_lists() -> None:
    assert not word_list("nynorsk") & word_list("bokmaal")


def test_a_message_without_spaces_is_no_slower_than_another() -> None:
    begun = time.perf_counter()
    assert language_of("a" * 20_000) == "nb"
    assert language_of("a" * 10_000 + "ar" + " ikkje") == "nn"
    assert time.perf_counter() - begun < 0.5
