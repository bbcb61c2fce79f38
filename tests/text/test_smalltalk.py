"""Messages that are no question to the sources."""

from __future__ import annotations

import time

import pytest

from helseassistent.text.smalltalk import notice_for


@pytest.mark.parametrize(
    ("message", "notice"),
    [
        ("Hei!", "greeting"),
        ("God morgen", "greeting"),
        ("Tusen takk for hjelpen", "thanks"),
        ("Hvem er du?", "identity"),
        ("Er du en robot?", "identity"),
        ("qwrtpsdf zxcvbnm", "gibberish"),
        ("😀😀", "gibberish"),
        ("...", "gibberish"),
        ("hei, kan legevakten ta røntgen?", None),
        ("takk, men når åpner dere?", None),
        ("røntgen", None),
        ("Kva er eit helsefellesskap?", None),
    ],
)
def test_small_talk_is_told_from_questions(message: str, notice: str | None) -> None:
    assert notice_for(message) == notice


@pytest.mark.parametrize(
    ("message", "notice"),
    [
        ("Skriv et dikt om havet", "task"),
        ("Kan du oversette dette til engelsk?", "task"),
        ("Kan du bestille time for meg?", "task"),
        ("Hei, kan du skrive en søknad", "task"),
        ("Hva kan du hjelpe med?", "identity"),
        ("Kven er du?", "identity"),
        ("Snakker jeg med et menneske?", "identity"),
        ("Ha det bra!", "greeting"),
        ("Hei på deg", "greeting"),
        ("Takk, det hjalp", "thanks"),
        ("aaaaaaa", "gibberish"),
        ("12345", "gibberish"),
    ],
)
def test_each_notice_has_more_than_one_wording(message: str, notice: str) -> None:
    assert notice_for(message) == notice


@pytest.mark.parametrize(
    "message",
    [
        "Hvem er du pårørende til?",
        "Kan legen skrive resept?",
        "Kan legevakten sende meg til sykehuset?",
        "Hei, hvor ringer jeg om natten?",
        "Takk for sist, men kan jeg få time i morgen?",
        "Hvor lenge varer en time?",
        "ØNH",
        "Hva er MR?",
        "Kan du si hvor mange plasser Storetveit sykehjem har?",
        "skrivehjelp for blinde",
    ],
)
def test_a_question_to_the_sources_is_no_small_talk(message: str) -> None:
    assert notice_for(message) is None


@pytest.mark.parametrize(
    "message", ["a" * 900, "hei " * 220, "kan du " * 120, "skriv " * 150, "?" * 900, "hva er du " * 90]
)
def test_long_messages_are_told_quickly(message: str) -> None:
    begun = time.perf_counter()
    notice_for(message)
    assert time.perf_counter() - begun < 0.5
