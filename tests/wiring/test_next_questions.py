"""What can be asked next is tried out on the real assistant, kept, and believed only while it holds."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import SHIPPED
from helseassistent.answer.next_questions import answers
from helseassistent.settings import Settings
from helseassistent.types import Answer
from helseassistent.wiring import Parts, build_parts, try_questions
from helseassistent.wiring.next_questions import tried_out

LABORATORY = "Hvilke prøver kan legevakten analysere?"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("neste")
    shutil.copytree(SHIPPED, folder / "corpus")
    return Settings(corpus=folder / "corpus", index=folder / "index")


@pytest.fixture(scope="module")
def parts(settings: Settings) -> Parts:
    return build_parts(settings)


@pytest.fixture(scope="module")
def tried(parts: Parts) -> Parts:
    assert parts.ask([LABORATORY]).next_questions == (), "nothing is offered before it was tried out"
    assert parts.tried.are_missing()
    try_questions(parts)
    return parts


def test_an_answer_offers_questions_about_the_other_parts_of_its_page(tried: Parts) -> None:
    exchange = tried.ask([LABORATORY])
    offered = {
        "Godt mottaksapparat for utskrivningsklare pasienter": "Hvilke tilbud finnes for utskrivningsklare pasienter?",
        "Redusere åpne russcener": "Hva gjøres for å redusere åpne russcener?",
    }
    found = [offered[name] for one in exchange.evidence for name in one.passage.headings if name in offered]
    assert exchange.next_questions == tuple(dict.fromkeys(found))
    assert set(found) == set(offered.values())
    assert tried.record([LABORATORY])["next_questions"] == list(exchange.next_questions)
    assert f"Du kan også spørre:\n- {exchange.next_questions[0]}" in tried.text(exchange)


def test_a_reader_of_nynorsk_is_offered_nynorsk(tried: Parts) -> None:
    assert set(tried.ask(["Kva prøver kan legevakta ta?"]).next_questions) == {
        "Kva tilbod finst for utskrivingsklare pasientar?",
        "Kva blir gjort for å redusere opne russcener?",
    }


def test_every_question_that_is_offered_is_answered_from_where_it_was_made(tried: Parts) -> None:
    questions = [question for page in tried.tried().values() for question in page]
    assert {question.language for question in questions} == {"nb", "nn"}
    for question in questions:
        reply = tried.ask([question.text], question.language).reply
        assert isinstance(reply, Answer)
        assert answers(question, reply)


def test_a_question_that_was_asked_before_is_not_offered_again(tried: Parts) -> None:
    offered = tried.ask([LABORATORY]).next_questions[0]
    assert offered not in tried.ask([offered, LABORATORY]).next_questions


class Costly:
    """A language model that must not be asked."""

    def answer(self, question: str, **_: object) -> None:
        pytest.fail(f"a language model was asked: {question}")


def test_no_language_model_is_asked_while_they_are_tried_out(tried: Parts) -> None:
    assistant = replace(tried.assistant, phrasing=Costly())
    assert len(list(tried_out(assistant))) == sum(len(page) for page in tried.tried().values())


def test_they_are_tried_out_once_for_an_index(tried: Parts, settings: Settings) -> None:
    again = build_parts(settings)
    assert not again.tried.are_missing()
    assert again.ask([LABORATORY]).next_questions == tried.ask([LABORATORY]).next_questions


def kept_by(settings: Settings) -> Path:
    (file,) = (settings.index / "questions").glob("*.json")
    return file


@pytest.mark.parametrize("damage", [b"", b"{", b'{"judge": "another program", "questions": []}', b"[]", b"\xff"])
def test_what_another_program_tried_out_is_not_believed(
    damage: bytes, tried: Parts, settings: Settings, tmp_path: Path
) -> None:
    shutil.copytree(settings.index, tmp_path / "index")
    elsewhere = replace(settings, index=tmp_path / "index")
    kept_by(elsewhere).write_bytes(damage)
    parts = build_parts(elsewhere)
    assert parts.tried.are_missing()
    assert parts.ask([LABORATORY]).next_questions == ()
    assert parts.ask([LABORATORY]).more

    try_questions(parts)
    assert parts.ask([LABORATORY]).next_questions == tried.ask([LABORATORY]).next_questions


def test_words_of_the_operator_are_part_of_what_was_tried(tried: Parts, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "egne.tsv").write_text("offisielt\tsagt\tnynorsk\tfeilskrevet\temne\n", encoding="utf-8")
    assert build_parts(replace(settings, thesaurus=str(tmp_path))).tried.are_missing()


def test_the_questions_of_a_generation_that_is_gone_are_swept_away(tried: Parts, settings: Settings) -> None:
    gone = kept_by(settings).with_name("0123456789ab.json")
    gone.write_text(json.dumps({}), encoding="utf-8")
    tried.tried.keep([question for page in tried.tried().values() for question in page])
    assert not gone.exists()
    assert kept_by(settings).exists()
