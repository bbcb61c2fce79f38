"""A question that leans on those before it is understood together with them; one that does not, by itself."""

from __future__ import annotations

import time

import pytest

from helseassistent.text.followup import read_follow_up, stand_alone

BEFORE = "Har legevakten røntgen?"


@pytest.mark.parametrize(
    "last",
    ["og på søndag?", "enn på kvelden?", "kva med barn?", "Hva med nynorsk?", "Gjelder det barn?", "og barn, da?"],
)
def test_a_fragment_is_asked_with_the_question_before_it(last: str) -> None:
    read = read_follow_up(last, before=BEFORE)
    assert (read.together, read.leaning) == (f"{BEFORE} {last}", "sure")


@pytest.mark.parametrize(
    "last",
    ["hva koster det?", "Koster det noe?", "kem driv det?", "Kor lenge varer det?", "trenger man henvisning dit?"],
)
def test_a_question_that_points_back_gets_what_the_one_before_it_was_about(last: str) -> None:
    read = read_follow_up(last, before=BEFORE)
    assert (read.together, read.leaning) == (f"Legevakten røntgen: {last}", "sure")


@pytest.mark.parametrize("last", ["Men når da?", "og når da?"])
def test_what_opens_a_message_is_not_repeated_after_its_subject(last: str) -> None:
    assert read_follow_up(last, before=BEFORE).together == "Legevakten røntgen: når da?"


@pytest.mark.parametrize(
    ("before", "last", "asked"),
    [
        ("Er det lov å røyke på skolen?", "og på lekeplassen?", "Er det lov å røyke på lekeplassen?"),
        ("Er det lov å røyke på skolen?", "hva med i barnehagen?", "Er det lov å røyke i barnehagen?"),
        ("Får eg dekt reise til fastlegen med drosje?", "og til tannlegen?", "Får eg dekt reise til tannlegen?"),
    ],
)
def test_a_place_takes_the_place_of_the_one_asked_about(before: str, last: str, asked: str) -> None:
    assert read_follow_up(last, before=before).together == asked


@pytest.mark.parametrize(
    ("before", "topic"),
    [
        ("Hva skjer når nemnda sier nei?", "Nemnda sier"),
        ("Slipper jeg egenandel hos legen?", "Egenandel hos legen"),
        ("Kven avgjer det? Kor lenge varer det?", ""),
        ("Hvilke vaksiner er gratis?", "Vaksiner er gratis"),
    ],
)
def test_a_question_is_about_what_comes_after_its_verb(before: str, topic: str) -> None:
    assert read_follow_up("hvem gjør det?", before=before).together == f"{topic}: hvem gjør det?".removeprefix(": ")


@pytest.mark.parametrize(
    "last", ["kan jeg klage?", "må man betale?", "gjelder det også hvis det haster?", "hva om jeg er 15?"]
)
def test_a_question_that_lacks_what_it_is_about_surely_leans(last: str) -> None:
    assert read_follow_up(last, before=BEFORE).leaning == "sure"


@pytest.mark.parametrize(
    "last",
    [
        "Hvor mange sykehjemsplasser er korttidsplasser i Bergen?",
        "Kan legevakten i Bergen ta røntgen av det og gipse armen?",
        "Kor mange kommunar samarbeider med Helse Bergen?",
    ],
)
def test_a_whole_question_does_not_surely_lean(last: str) -> None:
    assert read_follow_up(last, before="Har sykehjemmet kafé?").leaning != "sure"


@pytest.mark.parametrize("last", ["Er det lov å røyke på lekeplasser?", "Hva er frikort?", "Kva er fristen?"])
def test_a_short_question_without_a_pointer_is_left_to_the_sources(last: str) -> None:
    assert read_follow_up(last, before=BEFORE).leaning == "maybe"


@pytest.mark.parametrize(
    ("last", "meant"),
    [
        ("nei, jeg mente tannlegen", "tannlegen"),
        ("Nei, eg meinte klaga", "klaga"),
        ("unnskyld, jeg mente søndag", "søndag"),
    ],
)
def test_a_correction_takes_the_place_of_what_was_asked(last: str, meant: str) -> None:
    read = read_follow_up(last, before=BEFORE)
    assert (read.alone, read.together) == (meant, f"Legevakten røntgen: {meant}")


def test_a_courtesy_is_no_part_of_the_question() -> None:
    assert read_follow_up("takk, men hvor ligger det?", before=BEFORE).alone == "men hvor ligger det?"


def test_the_first_question_has_nothing_to_lean_on() -> None:
    assert stand_alone(["og da?"]) == "og da?"
    assert read_follow_up("og da?", before=None).leaning == "no"


def test_nothing_is_taken_from_a_message_without_a_subject() -> None:
    assert read_follow_up("Hvor ligger det?", before="hei!").leaning == "no"


def test_a_chain_reaches_back_to_what_it_leans_on() -> None:
    turns = [BEFORE, "og på søndag?", "hva koster det?"]
    assert stand_alone(turns) == "Legevakten røntgen, søndag: hva koster det?"


def test_what_was_asked_before_a_whole_question_is_left_behind() -> None:
    turns = [BEFORE, "Hvor mange plasser har Storetveit sykehjem til utskrevne pasienter?", "og hva koster det?"]
    assert "røntgen" not in stand_alone(turns)
    assert "Storetveit sykehjem" in stand_alone(turns)


def test_a_long_conversation_of_leaning_questions_stays_short() -> None:
    assert len(stand_alone(["og da?"] * 200).split()) <= 10


@pytest.mark.parametrize("unit", ["og ", "takk, ", "det er ", "nei ", "a", "? ", "hva med ", "å, "])
def test_a_hostile_message_is_read_quickly(unit: str) -> None:
    begun = time.process_time()
    stand_alone([unit * 1000, unit * 1000, unit * 1000])
    assert time.process_time() - begun < 0.5
