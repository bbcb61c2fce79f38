"""Misspelt words meet the index's own, and nothing else is touched."""

from __future__ import annotations

import random
import time

import pytest

from helseassistent.index.spelling import CORRECTED, Spelling
from helseassistent.text.terms import is_norwegian, search_terms, stem

TEXT = "Fysioterapi, kjæledyr, sjåføren, psykolog, resept og vaksinasjon i sykehuset. Klokka 12 og 2014. Henvisning."
INDEX = Spelling(dict.fromkeys(search_terms(TEXT), 0))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("fysoterapi", "fysioterapi"),
        ("fysiotreapi", "fysioterapi"),
        ("fyssioterapi", "fysioterapi"),
        ("skjæledyr", "kjæledyr"),
        ("sjafør", "sjåføren"),
        ("syjkolog", None),
        ("psykkolog", "psykolog"),
        ("vaksinajson", "vaksinasjon"),
        ("henvisnig", "henvisning"),
        ("kompressor", None),
        ("201", None),
        ("20144", None),
    ],
)
def test_a_word_that_nobody_knows_becomes_the_nearest(written: str, meant: str | None) -> None:
    assert INDEX.nearest(written) == (None if meant is None else stem(meant))


def test_a_guess_counts_for_less_than_a_known_word() -> None:
    terms, weights = INDEX.terms("Resept på fysoterapi i 2015?")
    assert dict(zip(terms, weights, strict=True)) == {
        **dict.fromkeys(search_terms("resept 2015"), 1.0),
        **dict.fromkeys(search_terms("fysioterapi"), CORRECTED),
    }


def test_a_word_of_the_language_stays_even_if_the_index_lacks_it() -> None:
    assert INDEX.nearest("forsikringer") is None
    assert INDEX.terms("forsikringer") == (search_terms("forsikringer"), [1.0] * len(search_terms("forsikringer")))


@pytest.mark.timed
def test_correction_takes_no_time_to_speak_of() -> None:
    generator = random.Random(1)
    words = {"".join(generator.choices("aeioustrnlkmdgpvfbhåø", k=generator.randint(4, 16))): 0 for _ in range(20_000)}
    index = Spelling(words)
    is_norwegian("lege")  # the word lists are read once a process
    begun = time.perf_counter()
    index.nearest("fysoterapi")
    built = time.perf_counter() - begun
    begun = time.perf_counter()
    for word in ("fysoterapi", "vaksinajson", "henvisnig", "sykehusset"):
        index.nearest(word)
    assert built < 0.5
    assert (time.perf_counter() - begun) / 4 < 0.05


def test_a_name_typed_without_its_letters_is_read_as_the_index_writes_it() -> None:
    spelling = Spelling({"nygårdspark": 0, "parker": 1})
    assert spelling.with_letters("Når ble Nygardsparken stengt?") == "Når ble Nygårdsparken stengt?"
    assert spelling.with_letters("Når ble Nygårdsparken stengt?") == "Når ble Nygårdsparken stengt?"
    assert spelling.with_letters("Kan jeg parkere?") == "Kan jeg parkere?"
