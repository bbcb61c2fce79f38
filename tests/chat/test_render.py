"""Replies as plain text: whose words, how old, which source."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chat import fakes
from helseassistent.chat.render import plain_text
from helseassistent.chat.sources import is_verbatim
from helseassistent.chat.strings import strings
from helseassistent.types import (
    Abstention,
    Answer,
    Citation,
    Claim,
    EmergencyNumber,
    Exchange,
    Language,
    Notice,
    Reply,
    Topic,
    Urgent,
)

TODAY = date(2026, 11, 25)
NUMBERS = {
    "medical": EmergencyNumber("medical", "113", "Medisinsk nødtelefon", "hele døgnet", "https://a.example/", TODAY),
    "doctor": EmergencyNumber("doctor", "116117", "Legevakten", "hele døgnet", "https://b.example/", TODAY),
}
QUOTE = "Legevakten har åpent hele døgnet."
CITATION = Citation(
    file="by/legevakt.md",
    page_url="https://by.example/legevakt",
    link="https://by.example/legevakt#:~:text=Legevakten",
    title="Legevakt",
    publisher="Byen kommune",
    last_updated=date(2023, 2, 24),
    quote=QUOTE,
    start=10,
    end=10 + len(QUOTE),
)


def exchange(reply: Reply, *, question: str = "Når er legevakten åpen?", language: Language = "nb") -> Exchange:
    return Exchange(question, language, reply, evidence=(), generation="g1", seconds=0.01)


def text_of(reply: Reply, *, question: str = "Når er legevakten åpen?", language: Language = "nb") -> str:
    return plain_text(exchange(reply, question=question, language=language), today=TODAY, numbers=NUMBERS)


def test_a_source_says_when_it_was_last_seen_at_its_address() -> None:
    seen = replace(CITATION, fetched_at=datetime(2026, 11, 24, 3, 0, tzinfo=UTC))

    expected: dict[Language, str] = {"nb": "Sist sett på nettstedet", "nn": "Sist sett på nettstaden"}
    for language, words in expected.items():
        text = text_of(Answer((Claim(QUOTE, (seen,)),), confidence=0.9), language=language)
        assert f". {words} 24.11.2026.\n" in text


def test_an_answer_quotes_the_source_word_for_word_and_numbers_it() -> None:
    text = text_of(Answer((Claim(QUOTE, (CITATION,)),), confidence=0.9))

    assert text.startswith("Dette står på nettsidene til Byen kommune:")
    assert f"«{QUOTE}» [1]" in text
    assert "[1] Legevakt. Byen kommune. Sist oppdatert 24.02.2023, over tre år siden." in text
    assert CITATION.link in text


@pytest.mark.parametrize(
    ("updated", "language", "words"),
    [
        (None, "nb", "Ukjent dato"),
        (None, "nn", "Ukjend dato"),
        (date(2026, 1, 2), "nb", "Sist oppdatert 02.01.2026."),
        (date(2025, 11, 25), "nb", "Sist oppdatert 25.11.2025, over ett år siden"),
        (date(2025, 11, 26), "nb", "Sist oppdatert 26.11.2025."),
        (date(2024, 1, 1), "nn", "Sist oppdatert 01.01.2024, over to år sidan"),
        (date(1984, 5, 24), "nb", "Sist oppdatert 24.05.1984, over 42 år siden"),
        (date(2027, 1, 1), "nb", "Sist oppdatert 01.01.2027."),
    ],
)
def test_the_age_of_a_page_is_said_in_whole_years(updated: date | None, language: Language, words: str) -> None:
    answer = Answer((Claim(QUOTE, (replace(CITATION, last_updated=updated),)),), confidence=0.9)

    assert words in text_of(answer, language=language)


def test_an_old_or_undated_page_asks_the_reader_to_check_it_and_a_fresh_one_does_not() -> None:
    check = strings("nb").check_page
    fresh = replace(CITATION, last_updated=date(2026, 10, 1))

    assert check in text_of(Answer((Claim(QUOTE, (CITATION,)),), confidence=0.9))
    assert check not in text_of(Answer((Claim(QUOTE, (fresh,)),), confidence=0.9))


def test_two_quotes_of_one_page_share_its_number() -> None:
    second = replace(CITATION, quote="Ring først.", start=90, end=101, link="https://by.example/legevakt#:~:text=Ring")
    other = replace(CITATION, file="by/b.md", title="Tannlege", publisher="Fylket", quote="Gratis.", start=0, end=7)
    claims = (Claim(QUOTE, (CITATION,)), Claim("Ring først.", (second,)), Claim("Gratis.", (other,)))
    text = text_of(Answer(claims, confidence=0.9))

    assert "«Ring først.» [1]" in text
    assert "«Gratis.» [2]" in text
    assert text.count("Legevakt. Byen kommune.") == 1
    assert "Byen kommune og Fylket" in text


def test_a_page_that_is_being_updated_says_so() -> None:
    told = exchange(Answer((Claim(QUOTE, (CITATION,)),), confidence=0.9))
    text = plain_text(told, today=TODAY, numbers=NUMBERS, being_updated={CITATION.file})

    assert "Siden sier selv at den er under oppdatering" in text


def test_words_of_a_language_model_are_not_called_a_quote() -> None:
    answer = Answer((Claim("Det er alltid åpent.", (CITATION,)),), confidence=0.9, engine="noe")
    text = text_of(answer)

    assert "språkmodell" in text
    assert "Det er alltid åpent. [1]" in text
    assert "«Det er alltid åpent.»" not in text


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("reason", ["no_evidence", "near_miss", "out_of_scope", "unverified"])
def test_topics_are_offered_as_pages_and_never_as_an_answer(reason: str, language: Language) -> None:
    topic = Topic("https://by.example/legevakt", "Legevakt", "Åpningstider", "Byen kommune")
    text = text_of(Abstention(reason, (topic,)), language=language)  # type: ignore[arg-type]

    assert strings(language).topics in text
    assert "Legevakt, Åpningstider, Byen kommune\n  https://by.example/legevakt" in text
    assert strings(language).answer_lead.split("{")[0] not in text


def test_a_near_miss_says_whom_to_call() -> None:
    assert "ring legevakten på 116117" in text_of(Abstention("near_miss"))


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize(
    "notice",
    [
        "empty",
        "too_long",
        "gibberish",
        "greeting",
        "thanks",
        "identity",
        "task",
        "advice",
        "elsewhere",
        "english",
        "foreign",
    ],
)
def test_every_notice_has_its_own_words(notice: Notice, language: Language) -> None:
    text = text_of(Abstention("out_of_scope", notice=notice), language=language)

    assert text
    assert "{" not in text
    assert text != text_of(Abstention("out_of_scope"), language=language)


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("notice", ["advice", "elsewhere", "english", "foreign"])
def test_who_gets_no_answer_is_told_whom_to_call(notice: Notice, language: Language) -> None:
    assert "116117" in text_of(Abstention("out_of_scope", notice=notice), language=language)


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_an_english_question_is_declined_in_english(language: Language) -> None:
    text = text_of(Abstention("no_evidence", notice="english"), language=language)
    assert "The pages I search are in Norwegian" in text


@pytest.mark.parametrize(("language", "said"), [("nb", "Siden handler om: "), ("nn", "Sida handlar om: ")])
def test_a_near_miss_says_what_the_page_covers(language: Language, said: str) -> None:
    topic = Topic("https://by.example/legevakt", "Legevakt", "Prøver", "Byen", ("Prøver", "Skader"))
    assert f"{said}Prøver; Skader." in text_of(Abstention("near_miss", (topic,)), language=language)


@pytest.mark.parametrize(("language", "more"), [("nb", "Les mer på samme side:"), ("nn", "Les meir på same sida:")])
def test_how_the_question_was_understood_and_what_else_the_page_says(language: Language, more: str) -> None:
    exchange = replace(
        fakes.ask(["Har legevakten eget laboratorium?"], language),
        understood="Legevakten: har den laboratorium?",
        more=(Topic("https://by.example/legevakt#:~:text=Skader", "Legevakt", "Skader"),),
    )
    text = plain_text(exchange, today=fakes.TODAY, numbers=fakes.numbers())
    assert text.startswith("Forstått som: «Legevakten: har den laboratorium?»")
    assert f"{more}\n- Skader\n  https://by.example/legevakt#:~:text=Skader" in text


@pytest.mark.parametrize(("language", "lead"), [("nb", "Du kan også spørre:"), ("nn", "Du kan òg spørje:")])
def test_what_can_be_asked_next_stands_in_the_place_of_links_to_sections(language: Language, lead: str) -> None:
    exchange = replace(
        fakes.ask(["Har legevakten eget laboratorium?"], language),
        more=(Topic("https://by.example/legevakt#:~:text=Skader", "Legevakt", "Skader"),),
        next_questions=("Hva koster det?", "Kan jeg få tolk?"),
    )
    text = plain_text(exchange, today=fakes.TODAY, numbers=fakes.numbers())
    assert f"{lead}\n- Hva koster det?\n- Kan jeg få tolk?" in text
    assert "Skader" not in text


def test_a_long_question_is_told_how_much_too_long_it_is() -> None:
    text = text_of(Abstention("out_of_scope", notice="too_long"), question="a" * 1234)

    assert "234 tegn for langt" in text
    assert "1000 tegn" in text


def test_advice_names_the_doctor_the_pharmacy_and_both_numbers() -> None:
    text = text_of(Abstention("out_of_scope", notice="advice"))

    assert all(word in text for word in ("fastlegen", "apoteket", "116117", "113"))


def test_an_urgent_reply_is_its_fixed_text_and_its_numbers() -> None:
    text = text_of(Urgent("life", "Ring 113 nå.", (NUMBERS["medical"],)))

    assert text == "Ring 113 nå.\n\n113  Medisinsk nødtelefon (hele døgnet)"


def test_several_quotes_in_a_row_are_still_the_words_of_the_source() -> None:
    first = replace(CITATION, quote="Ta med:", start=0, end=7)
    second = replace(CITATION, quote="- legitimasjon", start=20, end=34)
    claim = Claim("Ta med:\n- legitimasjon", (first, second))

    assert "«Ta med:\n- legitimasjon» [1]" in text_of(Answer((claim,), confidence=0.9))
    assert not is_verbatim(Claim("Ta med: pass", (first, second)))


def test_items_of_a_list_keep_their_own_lines_and_sentences_do_not() -> None:
    parts = ("Du trenger:", "- pass", "- bilde\n- tid", "Ring først.")
    quotes = tuple(replace(CITATION, quote=quote, start=at, end=at + len(quote)) for at, quote in enumerate(parts))
    claim = Claim(" ".join(" ".join(parts).split()), quotes)

    assert "«Du trenger:\n- pass\n- bilde\n- tid Ring først.»" in text_of(Answer((claim,), confidence=0.9))


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("«Staten ønsker fellesskap.", "«Staten ønsker fellesskap.» [1]"),
        ("Fellesskap er bra.»", "«Fellesskap er bra.» [1]"),
        ("«Fellesskap» er et ord.", "««Fellesskap» er et ord.» [1]"),
        ("Ordet er «fellesskap»", "«Ordet er «fellesskap»» [1]"),
    ],
)
def test_a_part_of_a_quotation_of_the_page_is_marked_once(quote: str, shown: str) -> None:
    claim = Claim(quote, (replace(CITATION, quote=quote, start=0, end=len(quote)),))

    assert shown in text_of(Answer((claim,), confidence=0.9))
