"""A heading becomes a question only where that reads right, in the form of Norwegian that was asked for."""

from __future__ import annotations

import re
import time

import pytest

from helseassistent.text.heading_questions import question_of
from helseassistent.text.lists import word_rows


@pytest.mark.parametrize(
    ("heading", "bokmaal", "nynorsk"),
    [
        ("Åpningstider", "Hva er åpningstidene?", "Kva er opningstidene?"),
        ("Pris", "Hva koster det?", "Kva kostar det?"),
        (
            "§ 7-2. Rett til innsyn i journal",
            "Hvem har rett til innsyn i journal?",
            "Kven har rett til innsyn i journal?",
        ),
        (
            "(Kommunens ansvar for samarbeid)",
            "Hvilket ansvar har kommunen for samarbeid?",
            "Kva ansvar har kommunen for samarbeid?",
        ),
        ("Dekning av utgifter til drosje", "Når dekkes utgifter til drosje?", "Når blir utgifter til drosje dekte?"),
        ("Taushetsplikt mv.", "Hvem har taushetsplikt?", "Kven har taushetsplikt?"),
        ("Slik søker du", "Hvordan søker jeg?", "Korleis søkjer eg?"),
        ("Slik får du hjelp fra oss", "Hvordan får jeg hjelp fra dere?", "Korleis får eg hjelp frå dykk?"),
        (
            "Redusere åpne russcener",
            "Hva gjøres for å redusere åpne russcener?",
            "Kva blir gjort for å redusere opne russcener?",
        ),
        (
            "Bruk av tvang i sykehus",
            "Hva gjelder for bruk av tvang i sykehus?",
            "Kva gjeld for bruk av tvang i sjukehus?",
        ),
        (
            "Norsk Pasientskadeerstatning",
            "Hva er Norsk Pasientskadeerstatning?",
            "Kva er Norsk Pasientskadeerstatning?",
        ),
    ],
)
def test_a_heading_is_asked_in_both_forms(heading: str, bokmaal: str, nynorsk: str | None) -> None:
    body = "Kravet sendes til Norsk Pasientskadeerstatning."
    assert question_of(heading, written="nb", asked="nb", body=body) == bokmaal
    assert question_of(heading, written="nb", asked="nn", body=body) == nynorsk


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Hva kan vi hjelpe deg med?", "Hva kan dere hjelpe meg med?"),
        ("Hvem kan få støttekontakt", "Hvem kan få støttekontakt?"),
        ("Når du kan få time", "Når kan jeg få time?"),
    ],
)
def test_a_question_of_the_page_is_asked_by_the_reader(heading: str, question: str) -> None:
    assert question_of(heading, written="nb", asked="nb") == question
    assert question_of("Kva kan vi hjelpe deg med?", written="nn", asked="nn") == "Kva kan de hjelpe meg med?"


@pytest.mark.parametrize(
    "heading",
    [
        "",
        "   ",
        "Våre satsinger",
        "Formål",
        "Forbud mot bruk",
        "Krav til søknad etter § 3 og § 6",
        "Forbud mot sponsing, gaver",
        "Rett til " + "svært " * 20 + "lange overskrifter",
        "Forholdet til forvaltningsloven",
        "?",
    ],
)
def test_a_heading_that_no_rule_reads_well_asks_nothing(heading: str) -> None:
    assert question_of(heading, written="nb", asked="nb") is None


def test_a_word_that_only_bokmaal_has_is_kept_from_a_reader_of_nynorsk() -> None:
    heading = "Rett til beskyttet tittel"
    assert question_of(heading, written="nb", asked="nb") == "Hvem har rett til beskyttet tittel?"
    assert question_of(heading, written="nb", asked="nn") is None


def test_a_page_in_nynorsk_asks_in_nynorsk_only() -> None:
    heading = "Kven som har rett til å samtykke"
    assert question_of(heading, written="nn", asked="nn") == "Kven har rett til å samtykke?"
    assert question_of(heading, written="nn", asked="nb") is None


def test_every_rule_is_a_pattern_with_a_question_in_each_form() -> None:
    for row in word_rows("heading_questions"):
        pattern, bokmaal, nynorsk = row
        groups = re.compile(pattern).groups
        for question in (bokmaal, nynorsk):
            assert question.endswith("?")
            assert all(int(number) <= groups for number in re.findall(r"\\(\d)", question))


@pytest.mark.parametrize("unit", ["rett til ", "god dag for ", "A", "Bergen ", "legevakt ved Bergen ", "barns rett "])
def test_a_hostile_heading_is_read_quickly(unit: str) -> None:
    begun = time.process_time()
    question_of(unit * 2_000, written="nb", asked="nn", body=unit * 2_000)
    assert time.process_time() - begun < 0.5
