"""What the analyser joins, what it takes apart, and what it keeps apart."""

from __future__ import annotations

import time
from itertools import chain

import pytest

from helseassistent.text.compounds import meaningful_parts, split
from helseassistent.text.forms import common_form
from helseassistent.text.lists import ranked_list, word_list, word_pairs
from helseassistent.text.terms import search_terms, stem, word_terms


@pytest.mark.parametrize(
    "forms",
    [
        "bok boka bøker bøkene",
        "barn barna born barnet",
        "mann menn mannen mennene",
        "fot føtter foten",
        "få får fikk fekk fått",
        "gå går gikk gjekk",
        "skrive skrev skreiv skrevet",
        "legemiddel legemidler legemidlene",
        "lege legen leger legar legane",
        "time timen timer timane",
        "plikt plikten plikter",
        "søke søker søkje søking",
        "undersøke undersøkelse undersøkelsen undersøking",
        "behandling behandle behandlinger behandlingar behandles",
        "pasient pasienten pasienter pasientene pasientens pasientar",
        "rettighet rettigheten rettigheter rettighetene",
        "kvalitet kvaliteten kvaliteter",
        "forskrift forskriften forskrifter forskrifta forskriftene",
        "lærer læreren lærere lærerne lærar lærarar lærarane",
        "arbeidsgiver arbeidsgiveren arbeidsgivers arbeidsgiverens",
        "senter senteret senterets",
        "ansvar ansvaret",
        "skjema skjemaet skjemaer",
        "legeattest legeattesten legeattester",
        "kurs kurset kursene",
        "fastsette fastsettes fastsettelse",
        "utvide utvides utvidet utviding",
        "hente henter hentes hentet",
        "generell generelle generelt",
        "undersøke undersøkt undersøkte",
        "godkjenne godkjent godkjente godkjenning",
        "rapport rapporten rapporter rapportere rapportert rapporterte rapportering",
        "tilby tilbyr tilbys",
    ],
)
def test_the_forms_of_a_word_meet(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("nynorsk", "bokmaal"),
    [
        ("sjukeheim", "sykehjem"),
        ("sjukeheimsplassen", "sykehjemsplassen"),
        ("spesialisthelsetenesta", "spesialisthelsetjenesten"),
        ("kommunane", "kommunene"),
        ("offentleg", "offentlig"),
        ("offentlege", "offentlige"),
        ("tryggleik", "trygghet"),
        ("moglegheiter", "muligheter"),
        ("heimesjukepleie", "hjemmesykepleie"),
        ("skulehelsetenesta", "skolehelsetjenesten"),
        ("veker", "uker"),
        ("sjukdom", "sykdom"),
        ("augelege", "øyelege"),
        ("eigendel", "egenandel"),
        ("rettleiing", "veiledning"),
        ("køyre", "kjøre"),
    ],
)
def test_nynorsk_meets_bokmaal(nynorsk: str, bokmaal: str) -> None:
    assert stem(nynorsk) == stem(bokmaal)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fastlege", "fast"),
        ("fastlege", "lege"),
        ("legen", "legge"),
        ("tannlege", "tann"),
        ("farlig", "far"),
        ("helse", "hel"),
        ("sykehus", "syk"),
        ("kurs", "kur"),
        ("svart", "svar"),
        ("ledd", "ler"),
    ],
)
def test_what_differs_stays_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("benbruddbehandlingspoliklinikk", ["ben", "brudd", "behandlings", "poliklinikk"]),
        ("sykehjemsplass", ["sykehjems", "plass"]),
        ("helsefellesskap", ["helse", "fellesskap"]),
        ("barnevern", ["barne", "vern"]),
        ("hoveddiagnose", ["diagnose"]),
        ("fastlegen", ["legen"]),
    ],
)
def test_compounds_come_apart_at_their_binding_letters(compound: str, parts: list[str]) -> None:
    assert list(meaningful_parts(compound)) == parts


@pytest.mark.parametrize(
    "word", ["kommunene", "behandling", "undersøkelse", "medisiner", "psykisk", "rettighet", "henvisning", "lege", "ø"]
)
def test_simple_words_stay_whole(word: str) -> None:
    assert split(word) == (word,)


def test_a_compound_meets_itself_by_more_than_its_parts() -> None:
    asked, same, other = (set(search_terms(text)) for text in ("fastlegetime", "fastlegetimen", "legetime"))
    assert len(asked & same) > len(asked & other) > 0


def test_a_compound_does_not_meet_a_part_that_only_colours_it() -> None:
    assert not set(search_terms("fastlege")) & set(search_terms("fast"))
    assert set(search_terms("fastlege")) & set(search_terms("lege"))


def test_numbers_stay_as_they_are() -> None:
    assert word_terms("116117 2014 3,5") == ["116117", "2014", "3,5"]


@pytest.mark.parametrize("word", [*(base for base, _ in word_pairs("forms")), *ranked_list("compound_last")[:2000]])
def test_a_common_form_is_its_own(word: str) -> None:
    assert common_form(common_form(word)) == common_form(word)


def test_every_form_belongs_to_one_word() -> None:
    bases = [base for base, _ in word_pairs("forms")]
    forms = list(chain.from_iterable(forms.split() for _, forms in word_pairs("forms")))
    assert len(set(forms)) == len(forms)
    assert len(set(bases)) == len(bases)
    assert not set(bases) & set(forms)


def test_parts_that_only_colour_are_lower_case_words() -> None:
    assert all(word == word.strip().lower() for word in word_list("compound_silent"))


@pytest.mark.timed
def test_terms_are_made_faster_than_passages_are_embedded() -> None:
    words = ranked_list("compound_last")[:2000]
    passages = [" ".join(words[(at * 37 + step) % 2000] for step in range(110)) for at in range(1000)]
    search_terms(" ".join(words))
    rounds = []
    for _ in range(3):  # the quickest is the program's own; the others are what else the machine did
        begun = time.perf_counter()
        for passage in passages:
            search_terms(passage)
        rounds.append(time.perf_counter() - begun)
    assert len(passages) / min(rounds) > 4000


@pytest.mark.timed
def test_a_long_word_is_no_trouble() -> None:
    begun = time.perf_counter()
    search_terms("sykehjemsplass" * 2000)
    search_terms("a" * 40_000 + " " + "leg" * 10_000)
    assert time.perf_counter() - begun < 0.5
