"""Which questions are offered after an answer: about other parts of its page, in the reader's form of Norwegian."""

from __future__ import annotations

import pytest

from helseassistent.answer.next_questions import OFFERED, PageQuestion, answers, next_after, questions_of
from helseassistent.types import Answer, Citation, Claim, Language, Page, Passage, Scored

BODY = """# Frisklivssentralen

Vi hjelper deg i gang.

## Åpningstider

Hver dag fra 9 til 15.

## Pris

Det er gratis.

- **Målgruppe**
- Henvisning: Du trenger ikke henvisning.

## Klage

Skriv til oss.

## Tolk

Vi bestiller tolk for deg.
"""


def page(body: str = BODY) -> Page:
    return Page("by/frisk.md", "Frisklivssentralen", "https://by.example/", "Byen", "nb", None, None, body)


def answer_with(*quotes: str) -> Answer:
    of = page()
    claims = []
    for quote in quotes:
        start = BODY.index(quote)
        cited = Citation(of.file, of.url, of.url, of.title, of.publisher, None, quote, start, start + len(quote))
        claims.append(Claim(quote, (cited,)))
    return Answer(tuple(claims), 0.9)


def found(*texts: str) -> list[Scored]:
    """Evidence in that order."""
    places = [(BODY.index(text), text) for text in texts]
    return [
        Scored(Passage(text, "by/frisk.md", "Frisklivssentralen", (), text, start, start + len(text)), 1.0)
        for start, text in places
    ]


def offered(answer: Answer, *evidence: str, language: Language = "nb", asked: tuple[str, ...] = ()) -> tuple[str, ...]:
    of = page()
    questions = {of.file: [*questions_of(of, language="nb"), *questions_of(of, language="nn")]}
    return next_after(answer, evidence=found(*evidence), questions=questions, language=language, asked=asked)


def test_headings_and_labels_ask_in_the_order_of_the_page() -> None:
    asked = {question.text: BODY[question.start : question.end] for question in questions_of(page(), language="nb")}
    assert list(asked) == [
        "Hva er åpningstidene?",
        "Hva koster det?",
        "Hvordan klager jeg?",
        "Kan jeg få tolk?",
        "Trenger jeg henvisning?",
    ]
    assert asked["Hva koster det?"].startswith("Pris\n")
    assert asked["Trenger jeg henvisning?"] == "- Henvisning: Du trenger ikke henvisning.\n\n"


def test_what_was_quoted_or_asked_is_not_offered() -> None:
    answer = answer_with("Det er gratis.", "Skriv til oss.")
    assert offered(answer, asked=("kan jeg få tolk",)) == ("Trenger jeg henvisning?", "Hva er åpningstidene?")


def test_what_the_search_found_comes_before_what_stands_near() -> None:
    answer = answer_with("Hver dag fra 9 til 15.")
    assert offered(answer) == ("Hva koster det?", "Trenger jeg henvisning?", "Hvordan klager jeg?")
    assert offered(answer, "Vi bestiller tolk for deg.")[0] == "Kan jeg få tolk?"
    assert len(offered(answer)) == OFFERED


def test_a_reader_of_nynorsk_is_offered_nynorsk() -> None:
    assert offered(answer_with("Det er gratis."), language="nn")[:2] == ("Treng eg tilvising?", "Kva er opningstidene?")


def test_a_page_without_tried_questions_offers_none() -> None:
    assert next_after(answer_with("Det er gratis."), evidence=(), questions={}, language="nb", asked=()) == ()


@pytest.mark.parametrize(("quote", "right"), [("Det er gratis.", True), ("Skriv til oss.", False)])
def test_a_question_is_answered_where_it_was_made(quote: str, right: bool) -> None:
    start = BODY.index("Pris")
    question = PageQuestion("by/frisk.md", start, BODY.index("## Klage"), "nb", "Hva koster det?")
    assert answers(question, answer_with(quote)) is right
    other = PageQuestion("by/annen.md", start, BODY.index("## Klage"), "nb", "Hva koster det?")
    assert not answers(other, answer_with(quote))
