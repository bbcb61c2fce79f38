"""A verdict becomes a case of the gold set and an approved answer, and neither rests on words that do not stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from fakes import page
from helseassistent.evaluate.questions import read_questions
from helseassistent.reply import reply_record
from helseassistent.review.approvals import all_approved, flag, withdraw
from helseassistent.review.cases import (
    Approved,
    ApprovedConflict,
    Change,
    Judgement,
    NewExchange,
    NewVerdict,
    Quote,
    Verdict,
)
from helseassistent.review.exchanges import exchange, write
from helseassistent.review.gold import all_cases, version_of, write_gold
from helseassistent.review.retention import forget_case
from helseassistent.review.settle import NOT_VERBATIM, Settled, approve_again, settle, settle_all
from helseassistent.review.sources import Sources
from helseassistent.review.store import Store
from helseassistent.review.verdicts import judge
from helseassistent.types import Abstention, Answer, Citation, Claim, Exchange, Page
from review.fakes import DAY

BODY = "# Legevakten\n\nRøntgenavdelingen tar imot brudd.\n\nLegevakten er åpen hele døgnet.\n"
PAGES: Mapping[str, Page] = {"a.md": page("a.md", BODY), "b.md": page("b.md", "# Takst\n\nEt besøk koster 300 kr.\n")}
QUOTE = "Røntgenavdelingen tar imot brudd."
QUESTION = "Kan legevakten ta røntgen?"


def span(words: str, file: str = "a.md") -> Quote:
    start = PAGES[file].body.index(words)
    return Quote(file, start, start + len(words), words)


def asked(store: Store, id: str, question: str = QUESTION, *, answered: bool = True, understood: str = "") -> None:
    """Log that somebody asked, and got an answer that quotes a page, or none."""
    at = BODY.index(QUOTE)
    quote = Citation("a.md", PAGES["a.md"].url, "x", "A", "By", None, QUOTE, at, at + len(QUOTE))
    reply = Answer((Claim(QUOTE, (quote,)),), 0.8) if answered else Abstention("near_miss")
    exchange = Exchange(question, "nb", reply, (), "g1", 0.0, understood=understood or None)
    record = reply_record(exchange, QUOTE)
    write(
        store,
        [NewExchange(id, DAY, question, "nb", record["kind"], record["reason"], None, 0.8, 0.5, "g1", "x", 1, record)],
    )  # type: ignore[arg-type]


def judged(store: Store, id: str | None, judgement: Judgement, *right: Quote, question: str = QUESTION) -> Settled:
    said = NewVerdict(id, question, "kari", judgement, DAY, right=right, note="Ola sa det")
    kept = judge(store, said, seen=0)
    assert isinstance(kept, Verdict)
    return settle(store, kept, pages=PAGES, generation="g1")


def test_an_approved_answer_is_a_positive_case_that_evaluate_reads(store: Store, tmp_path: Path) -> None:
    asked(store, "reply-one")
    settled = judged(store, "reply-one", "approved")
    assert settled.problem is None
    assert settled.approved is not None
    assert (settled.approved.state, settled.approved.quotes[0].quote) == ("standing", QUOTE)
    assert settled.approved.quotes[0].passage
    path = tmp_path / "ny" / "gold.jsonl"
    assert write_gold(store, path) == 1
    (question,) = read_questions(path, pages=PAGES)
    assert (question.question, question.kind, question.approved) == (QUESTION, "answerable", True)
    assert question.relevant[0].quote == QUOTE
    assert "kari" not in path.read_text()
    assert "Ola" not in path.read_text()


@pytest.mark.parametrize(
    ("answered", "judgement", "right", "kind", "regression", "state"),
    [
        (True, "approved", None, "answerable", False, "active"),
        (True, "corrected", "Legevakten er åpen hele døgnet.", "answerable", True, "active"),
        (True, "wrong_source", "Legevakten er åpen hele døgnet.", "answerable", True, "active"),
        (True, "wrong_source", None, "near_miss", True, "active"),
        (True, "should_not_answer", None, "near_miss", True, "active"),
        (True, "dangerous", None, "near_miss", True, "active"),
        (False, "approved", None, "near_miss", False, "active"),
        (False, "should_answer", QUOTE, "answerable", True, "active"),
        (False, "should_answer", None, "answerable", True, "open"),
    ],
)
def test_every_verdict_says_what_the_assistant_shall_do(
    answered: bool, judgement: Judgement, right: str | None, kind: str, regression: bool, state: str, store: Store
) -> None:
    asked(store, "reply-one", answered=answered)
    settled = judged(store, "reply-one", judgement, *([span(right)] if right else []))
    case = settled.case
    assert (case.kind, case.regression, case.state) == (kind, regression, state)
    assert (settled.approved is not None) == (kind == "answerable" and state == "active")
    assert [quote.quote for quote in case.rejected] == ([QUOTE] if answered and regression else [])


def test_who_asks_alike_makes_one_case_and_the_latest_verdict_counts(store: Store, tmp_path: Path) -> None:
    asked(store, "reply-one")
    asked(store, "reply-two", "kan  legevakten ta RØNTGEN")
    judged(store, "reply-one", "approved")
    judged(store, "reply-two", "should_not_answer")
    (case,) = all_cases(store)
    assert (case.kind, case.regression) == ("near_miss", True)
    (withdrawn,) = all_approved(store)
    assert withdrawn.state == "withdrawn"
    path = tmp_path / "gold.jsonl"
    assert write_gold(store, path) == 2
    (line,) = [json.loads(line) for line in path.read_text().splitlines()]
    assert (line["version"], line["changed"], line["approved"], line["style"]) == (2, 2, False, "regresjon")
    read_questions(path, pages=PAGES)


def test_a_follow_up_is_kept_as_it_was_understood_and_without_placeholders(store: Store) -> None:
    asked(store, "reply-one", "Og om natten?", understood="Er legevakten åpen om natten?")
    case = judged(store, "reply-one", "approved", question="Og om natten?").case
    assert case.question == "Er legevakten åpen om natten?"
    masked = judged(store, None, "corrected", span(QUOTE), question="Jeg heter [navn]. Tar legevakten røntgen?").case
    assert masked.question == "Tar legevakten røntgen?"


@pytest.mark.parametrize("words", ["ntgenavdelingen tar imot", "Røntgenavdelingen tar IKKE imot brudd."])
def test_words_that_do_not_stand_or_are_cut_in_two_are_not_approved(words: str, store: Store) -> None:
    asked(store, "reply-one")
    start = BODY.find(words)
    settled = judged(store, "reply-one", "corrected", Quote("a.md", max(0, start), max(0, start) + len(words), words))
    assert settled.problem == NOT_VERBATIM
    assert settled.approved is None
    assert settled.case.state == "resting"


def test_a_verdict_whose_consequence_was_lost_is_made_good_once_and_an_older_one_changes_nothing(store: Store) -> None:
    asked(store, "reply-one")
    asked(store, "reply-two")
    asked(store, "reply-three", "Hva koster det?")
    judge(store, NewVerdict("reply-one", QUESTION, "kari", "approved", DAY), seen=0)
    judged(store, "reply-two", "dangerous")
    judge(store, NewVerdict("reply-three", "Hva koster det?", "kari", "approved", DAY), seen=0)
    assert settle_all(store, pages=PAGES, generation="g1") == 1
    assert settle_all(store, pages=PAGES, generation="g1") == 0
    assert {case.question: case.judgement for case in all_cases(store)} == {
        QUESTION: "dangerous",
        "Hva koster det?": "approved",
    }
    assert [found.question for found in all_approved(store)] == ["Hva koster det?"]
    assert version_of(all_cases(store)) == 2


def test_two_who_change_one_approved_answer_do_not_overwrite_each_other(store: Store) -> None:
    asked(store, "reply-one")
    seen = judged(store, "reply-one", "approved").approved
    assert seen is not None
    gone = withdraw(store, seen, reviewer="ola", day=DAY)
    assert isinstance(gone, Approved)
    late = approve_again(store, seen, words=seen.quotes, reviewer="kari", day=DAY, sources=Sources("g2", PAGES))
    assert late == ApprovedConflict(gone)
    assert all_approved(store) == (gone,)


def test_a_flagged_answer_is_approved_again_only_with_words_that_stand(store: Store) -> None:
    asked(store, "reply-one")
    seen = judged(store, "reply-one", "approved").approved
    assert seen is not None
    flagged = flag(store, seen, changes=[Change("a.md", QUOTE, "")])
    assert isinstance(flagged, Approved)
    assert (flagged.state, flagged.changes) == ("flagged", (Change("a.md", QUOTE, ""),))
    gone = {"a.md": replace(PAGES["a.md"], body="# Legevakten\n\nIngenting.\n")}
    assert (
        approve_again(store, flagged, words=flagged.quotes, reviewer="ola", day=DAY, sources=Sources("g2", gone))
        == NOT_VERBATIM
    )
    moved = {"a.md": replace(PAGES["a.md"], body="# Legevakten\n\nNy innledning.\n\n" + BODY.partition("\n\n")[2])}
    again = approve_again(store, flagged, words=flagged.quotes, reviewer="ola", day=DAY, sources=Sources("g2", moved))
    assert isinstance(again, Approved)
    assert (again.state, again.reviewer, again.generation, again.changes) == ("standing", "ola", "g2", ())
    assert moved["a.md"].body[again.quotes[0].start : again.quotes[0].end] == QUOTE


def test_a_question_can_be_deleted_for_good_with_all_that_it_came_from(store: Store) -> None:
    asked(store, "reply-one")
    asked(store, "reply-two")
    asked(store, "reply-three", "Hva koster det?")
    case = judged(store, "reply-one", "approved").case
    judged(store, None, "corrected", span(QUOTE))
    assert forget_case(store, case.id)
    assert not forget_case(store, case.id)
    assert settle_all(store, pages=PAGES, generation="g1") == 0
    assert (all_cases(store), all_approved(store)) == ((), ())
    assert [bool(exchange(store, id)) for id in ("reply-one", "reply-two", "reply-three")] == [False, False, True]
