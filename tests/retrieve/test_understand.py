"""A follow-up is understood by its form, and where that does not tell, by what the sources support."""

from __future__ import annotations

import pytest

from helseassistent.retrieve.understand import understand
from helseassistent.wiring import Parts

SHORT = 10


@pytest.mark.parametrize(
    ("turns", "understood"),
    [
        (["Hva er psykiatrisk legevakt?", "trenger man det?"], "Psykiatrisk legevakt: trenger man det?"),
        (["Kva er psykiatrisk legevakt?", "når ein vil dit?"], "Psykiatrisk legevakt: når ein vil dit?"),
        (["ka e et helsefellesskap", "kem e med i det?"], "Helsefellesskap: kem e med i det?"),
        (["Kan legevakten ta røntgen?", "og blodprøver?"], "Kan legevakten ta røntgen? og blodprøver?"),
    ],
)
def test_a_leaning_question_is_searched_with_what_it_leans_on(turns: list[str], understood: str, parts: Parts) -> None:
    found = understand(turns, retriever=parts.assistant.retriever, top_k=SHORT)
    assert (found.question, found.leans) == (understood, True)
    assert found.evidence == parts.assistant.retriever.search(understood, top_k=SHORT)


@pytest.mark.parametrize(
    "last",
    [
        "Hvor mange plasser har mottaksavdelingen på Storetveit sykehjem?",
        "Hvem har vedtatt en handlingsplan mot åpne russcener?",
    ],
)
def test_a_change_of_subject_inherits_nothing(last: str, parts: Parts) -> None:
    found = understand(["Hva er et helsefellesskap?", last], retriever=parts.assistant.retriever, top_k=SHORT)
    assert (found.question, found.leans) == (last, False)


@pytest.mark.parametrize(
    "last",
    [
        "Hvor finner jeg reguleringsplanen for Åsane?",
        "Hvordan sletter jeg Facebook-kontoen min?",
        "Korsen steike man vafler uten egg?",
    ],
)
def test_what_no_page_says_is_not_lent_a_subject_by_the_question_before_it(last: str, parts: Parts) -> None:
    found = understand(["Hva er psykiatrisk legevakt?", last], retriever=parts.assistant.retriever, top_k=SHORT)
    assert (found.question, found.leans) == (last, False)


def test_a_question_that_finds_its_passage_by_itself_is_asked_by_itself(parts: Parts) -> None:
    turns = ["Kan legevakten ta blodprøver?", "Hvilke pasientgrupper skal prioriteres?"]
    found = understand(turns, retriever=parts.assistant.retriever, top_k=SHORT)
    assert (found.question, found.leans) == (turns[-1], False)


def test_the_first_question_is_searched_as_it_is(parts: Parts) -> None:
    found = understand(["og da?"], retriever=parts.assistant.retriever, top_k=SHORT)
    assert (found.question, found.leans) == ("og da?", False)


def test_what_was_asked_before_a_change_of_subject_is_left_behind(parts: Parts) -> None:
    turns = [
        "Hva er et helsefellesskap?",
        "Hvor mange plasser har mottaksavdelingen på Storetveit sykehjem?",
        "og hvem er det for?",
    ]
    found = understand(turns, retriever=parts.assistant.retriever, top_k=SHORT)
    assert "Storetveit" in found.question
    assert "helsefellesskap" not in found.question.lower()
