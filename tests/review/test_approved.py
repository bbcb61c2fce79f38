"""Who asks what somebody has approved an answer to gets that answer, while its words stand, and never anything else."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from helseassistent.review import approved as module
from helseassistent.review.approvals import NewApproval, all_approved, approve, flag, withdraw
from helseassistent.review.approved import ApprovedAnswers
from helseassistent.review.cases import Change, Quote
from helseassistent.review.gold import case_id
from helseassistent.review.standing import complete
from helseassistent.review.store import Store, open_store
from helseassistent.types import Checked
from review.fakes import DAY
from review.test_settle import BODY, PAGES, QUESTION, QUOTE, span


def approve_answer(store: Store, *quotes: Quote, question: str = QUESTION) -> None:
    whole = tuple(found for quote in quotes or (span(QUOTE),) if (found := complete(quote, pages=PAGES)))
    assert whole
    with store.writing() as connection:
        approve(connection, NewApproval(case_id(question), question, "nb", whole, "kari", DAY, "g1"))


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Store]:
    store = open_store(str(tmp_path / "log.sqlite"))
    yield store
    store.close()


@pytest.fixture
def answers(local: Store) -> ApprovedAnswers:
    return ApprovedAnswers(lambda: open_store(str(local.file)))


def test_the_same_question_gets_the_approved_words_with_the_day(local: Store, answers: ApprovedAnswers) -> None:
    approve_answer(local, span(QUOTE), replace(span("Et besøk koster 300 kr.", "b.md"), claim=1))
    assert answers.answer(QUESTION, pages=PAGES) is None
    assert answers.refresh()
    for question in (QUESTION, "tar legevakten røntgen", "Hei! Kan legevakta ta røntgen?"):
        answer = answers.answer(question, pages=PAGES)
        assert answer is not None
        assert [claim.text for claim in answer.claims] == [QUOTE, "Et besøk koster 300 kr."]
        assert (answer.checked, answer.confidence, answer.engine) == (Checked(DAY), 1.0, "extractive")
        for citation in (citation for claim in answer.claims for citation in claim.citations):
            assert PAGES[citation.file].body[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    "question",
    [
        "Kan legevakten ikke ta røntgen?",
        "Når kan legevakten ta røntgen?",
        "Kan fastlegen ta røntgen?",
        "Hva koster det?",
    ],
)
def test_another_question_does_not(question: str, local: Store, answers: ApprovedAnswers) -> None:
    approve_answer(local)
    answers.refresh()
    assert answers.answer(question, pages=PAGES) is None


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace("tar imot brudd", "tar ikke imot brudd"),
        BODY.replace("brudd.", "brudd.\nDette gjelder ikke lenger."),
        "# Legevakten\n\nIngenting.\n",
    ],
)
def test_an_answer_whose_words_or_passage_have_changed_is_not_served(
    body: str, local: Store, answers: ApprovedAnswers
) -> None:
    approve_answer(local)
    answers.refresh()
    assert answers.answer(QUESTION, pages={"a.md": replace(PAGES["a.md"], body=body)}) is None
    assert answers.answer(QUESTION, pages={}) is None
    assert answers.answer(QUESTION, pages=PAGES) is not None


def test_words_that_have_moved_on_their_page_are_cited_where_they_stand_now(
    local: Store, answers: ApprovedAnswers
) -> None:
    approve_answer(local)
    answers.refresh()
    moved = replace(PAGES["a.md"], body="# Nytt\n\nEt avsnitt foran.\n\n" + BODY)
    answer = answers.answer(QUESTION, pages={"a.md": moved})
    assert answer is not None
    (citation,) = answer.claims[0].citations
    assert moved.body[citation.start : citation.end] == QUOTE


def test_a_flagged_or_withdrawn_answer_is_not_served_once_that_was_read(local: Store, answers: ApprovedAnswers) -> None:
    approve_answer(local)
    answers.refresh()
    assert answers.answer(QUESTION, pages=PAGES)
    flag(local, all_approved(local)[0], changes=[Change("a.md", QUOTE, "")])
    answers.refresh()
    assert answers.answer(QUESTION, pages=PAGES) is None
    approve_answer(local)
    answers.refresh()
    assert answers.answer(QUESTION, pages=PAGES)
    withdraw(local, all_approved(local)[0], reviewer="ola", day=DAY)
    answers.refresh()
    assert answers.answer(QUESTION, pages=PAGES) is None


def test_a_log_that_fails_costs_nobody_an_answer_and_what_was_read_is_forgotten_in_time(
    local: Store, answers: ApprovedAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve_answer(local)
    answers.refresh()
    local.close()
    assert local.file
    shutil.rmtree(local.file.parent)
    local.file.parent.write_text("en fil der mappen var")
    assert not answers.refresh()
    assert "kan ikke leses" in (answers.problem() or "")
    assert answers.answer(QUESTION, pages=PAGES)
    monkeypatch.setattr(module, "FORGET", 0.0)
    assert answers.answer(QUESTION, pages=PAGES) is None


def test_the_watch_takes_up_what_is_approved_and_ends(local: Store, answers: ApprovedAnswers) -> None:
    answers.watch(every=0.01)
    approve_answer(local)
    until = time.monotonic() + 10
    while answers.answer(QUESTION, pages=PAGES) is None and time.monotonic() < until:
        time.sleep(0.01)
    answers.stop()
    assert answers.answer(QUESTION, pages=PAGES)


@pytest.mark.timed
def test_many_approved_answers_cost_a_question_little(local: Store, answers: ApprovedAnswers) -> None:
    with local.writing() as connection:
        for number in range(2000):
            question = f"Kan legevakten ta røntgen av {number} pasienter?"
            approve(connection, NewApproval(f"gull-{number}", question, "nb", (span(QUOTE),), "kari", DAY, "g1"))
    answers.refresh()
    begun = time.process_time()
    for _ in range(20):
        assert answers.answer("Kan legevakten ta røntgen av noe annet?", pages=PAGES) is None
    assert (time.process_time() - begun) / 20 < 0.005
