"""Nynorsk worded in bokmål: what is replaced, what is left, and that the list is fit for it."""

from __future__ import annotations

import json

import pytest

from conftest import ROOT
from helseassistent.text.bokmaal import in_bokmaal
from helseassistent.text.lists import word_rows


@pytest.mark.parametrize(
    ("nynorsk", "bokmaal"),
    [
        ("Kor mykje kostar det å bu på sjukeheim?", "Hvor mye koster det å bo på sykehjem?"),
        ("Kven har ansvaret når pasientane skal heim?", "Hvem har ansvaret når pasientene skal hjem?"),
        ("Får dottera mi tannlækjar utan å betale?", "Får datteren min tannlege uten å betale?"),
        ("æ veit ikkje korsn det går, kem kan æ ringe?", "jeg vet ikke hvordan det går, hvem kan jeg ringe?"),
    ],
)
def test_a_question_in_nynorsk_is_worded_as_an_official_page_would(nynorsk: str, bokmaal: str) -> None:
    assert in_bokmaal(nynorsk) == bokmaal


@pytest.mark.parametrize(
    "question",
    [
        "Hva koster det å bo på sykehjem?",
        "Kan legevakten behandle et brudd i armen?",
        "Hun ble behandla på avdelinga etter ventetida, er det greit?",  # freer forms of bokmål
        "Vel, no problem, jeg har et valg",
        "",
        "1 2 3 ?!",
    ],
)
def test_a_question_in_bokmaal_stays_as_it_is(question: str) -> None:
    assert in_bokmaal(question) == question


def test_words_of_both_are_replaced_only_where_the_text_is_surely_nynorsk() -> None:
    assert in_bokmaal("Skal ho betale no?") == "Skal ho betale no?"
    assert in_bokmaal("Eg lurer på om ho ikkje skal betale no?") == "Jeg lurer på om hun ikke skal betale nå?"


def test_every_entry_is_one_that_can_be_met_and_none_leads_to_another() -> None:
    rows = word_rows("nynorsk_words")
    words = [row[0] for row in rows]
    assert len(words) == len(set(words)) > 5_000
    assert all(word == word.lower() and word.isalpha() for word in words)
    assert all(len(row) == 2 or row[2:] == ("!",) for row in rows)
    assert all(row[1] and row[1] != row[0] for row in rows)
    only = {row[0] for row in rows if len(row) == 2}
    assert not [row for row in rows if row[1] in only], "bokmål that is nynorsk alone"


def test_few_of_the_questions_in_bokmaal_are_asked_twice() -> None:
    """The practice questions about the two pages; what they would cost is the time of another search."""
    lines = (ROOT / "benchmarks" / "questions" / "kilder-utvikling.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    twice = {row["question"] for row in rows if in_bokmaal(row["question"]) != row["question"]}
    bokmaal = [row["question"] for row in rows if row["lang"] == "nb"]
    nynorsk = [row["question"] for row in rows if row["lang"] == "nn"]
    assert len(twice.intersection(bokmaal)) <= 0.02 * len(bokmaal)
    assert len(twice.intersection(nynorsk)) >= 0.95 * len(nynorsk)
