"""What is quoted: whole sentences that answer, a list with its lead-in, and never too much."""

from __future__ import annotations

import pytest

from helseassistent.assistant import Assistant
from helseassistent.text.sentences import blocks, sentence_spans
from helseassistent.types import Answer

QUESTIONS = [
    ("Hvor mange plasser har Storetveit sykehjem?", "27 plasser"),
    ("Hvor mange prosent av sykehjemsplassene er korttidsplasser?", "19 prosent"),
    ("Når ble øvre del av Nygårdsparken stengt?", "sommeren 2014"),
    ("Hvem driver Bergen legevakt?", "Tilbudet drives av Bergen kommune."),
    ("Hvilke pasientgrupper skal helsefellesskapene prioritere?", "fire pasientgrupper"),
    ("Kor mange kommunar er med i helsefellesskapet?", "18 kommunene"),
]


def reply_to(question: str, assistant: Assistant) -> Answer:
    reply = assistant.ask([question]).reply
    assert isinstance(reply, Answer)
    return reply


@pytest.mark.parametrize(("question", "words"), QUESTIONS)
def test_the_quote_holds_what_was_asked_for(question: str, words: str, bold: Assistant) -> None:
    quotes = [citation.quote for claim in reply_to(question, bold).claims for citation in claim.citations]
    assert any(words in quote for quote in quotes)


@pytest.mark.parametrize("question", [question for question, _ in QUESTIONS])
def test_quotes_are_whole_sentences_and_short(question: str, bold: Assistant) -> None:
    for claim in reply_to(question, bold).claims:
        for citation in claim.citations:
            body = bold.retriever.generation.pages[citation.file].body
            spans = [span for block in blocks(body) for span in sentence_spans(body, start=block.start, end=block.end)]
            assert citation.start in {start for start, _ in spans}
            assert citation.end in {end for _, end in spans}
            assert len(citation.quote.split()) <= 160
