"""A run: each question asked once, on disk before the next, errors apart, and scored again from its records."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evaluate.assistant import PAGES, QUESTIONS, Assistant
from helseassistent.errors import BrokenIndexError, QuestionSetError
from helseassistent.evaluate.questions import Question
from helseassistent.evaluate.run import PARTIAL, read_records, record_run, rescore, run_questions
from helseassistent.reply import ReplyRecord


class Fails(Assistant):
    """Cannot answer one question."""

    def __call__(self, question: Question) -> ReplyRecord:
        if question.id == "T-003":
            raise BrokenIndexError("Indeksen er skadet.")
        return super().__call__(question)


class Stops(Assistant):
    """Is stopped from outside when it reaches the fourth question."""

    def __call__(self, question: Question) -> ReplyRecord:
        if len(self.asked) == 3:
            raise KeyboardInterrupt
        return super().__call__(question)


def test_records_read_back_as_the_run_was(tmp_path: Path) -> None:
    cases = record_run(QUESTIONS, ask=Assistant(), pages=PAGES, out=tmp_path)
    assert read_records(tmp_path) == cases
    assert [case.question for case in cases] == list(QUESTIONS)
    assert not (tmp_path / PARTIAL).exists()


def test_the_same_run_twice_gives_the_same_scores() -> None:
    first, second = (run_questions(QUESTIONS, ask=Assistant(), pages=PAGES) for _ in range(2))
    assert [case.score for case in first] == [case.score for case in second]


def test_an_error_is_kept_apart_and_is_not_a_zero(tmp_path: Path) -> None:
    cases = record_run(QUESTIONS, ask=Fails(), pages=PAGES, out=tmp_path)
    failed = cases[2]
    assert (failed.outcome, failed.score, failed.reply) == ("error", None, None)
    assert failed.error == "BrokenIndexError: Indeksen er skadet."
    assert read_records(tmp_path) == cases


def test_a_bug_is_not_mistaken_for_an_error_of_the_assistant() -> None:
    def broken(question: Question) -> ReplyRecord:
        raise KeyError(question.id)

    with pytest.raises(KeyError):
        run_questions(QUESTIONS, ask=broken, pages=PAGES)


def test_an_interrupted_run_goes_on_where_it_stopped_even_in_the_middle_of_a_line(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        record_run(QUESTIONS, ask=Stops(), pages=PAGES, out=tmp_path)
    with (tmp_path / PARTIAL).open("ab") as journal:
        journal.write(b'{"question": {"id": "T-0')
    assistant = Assistant()
    cases = record_run(QUESTIONS, ask=assistant, pages=PAGES, out=tmp_path, resume=True)
    assert assistant.asked == [question.id for question in QUESTIONS[3:]]
    assert [case.question.id for case in read_records(tmp_path)] == [question.id for question in QUESTIONS]
    assert len(cases) == len(QUESTIONS)


def test_without_resume_everything_is_asked_again(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        record_run(QUESTIONS, ask=Stops(), pages=PAGES, out=tmp_path)
    assistant = Assistant()
    record_run(QUESTIONS, ask=assistant, pages=PAGES, out=tmp_path)
    assert len(assistant.asked) == len(QUESTIONS)


def test_a_rewritten_question_is_asked_again() -> None:
    done = run_questions(QUESTIONS, ask=Assistant(), pages=PAGES)
    rewritten = (replace(QUESTIONS[0], question="Er legevakten døgnåpen?"), *QUESTIONS[1:])
    assistant = Assistant()
    run_questions(rewritten, ask=assistant, pages=PAGES, done=done)
    assert assistant.asked == ["T-001"]


def test_scoring_again_against_a_page_with_one_letter_changed_finds_the_quote_that_broke() -> None:
    cases = run_questions(QUESTIONS, ask=Assistant(), pages=PAGES)
    body = PAGES["legevakt.md"].body.replace("åpen hele", "apen hele")
    again = rescore(cases, pages={**PAGES, "legevakt.md": replace(PAGES["legevakt.md"], body=body)})
    broken = [case.question.id for case in again if case.score and case.score.measures.get("verbatim") == 0.0]
    # T-008 is the out-of-scope question that was answered with the same sentence.
    assert broken == ["T-001", "T-008"]
    assert rescore(again, pages=PAGES) == cases


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match=r"records\.jsonl"):
        read_records(tmp_path)


def test_a_file_that_is_not_a_run_is_refused_by_line(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_text('{"question": 1}\n')
    with pytest.raises(QuestionSetError, match="linje 1, feltet «question»"):
        read_records(tmp_path)
