"""The summary of a run, by numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluate.assistant import PAGES, QUESTIONS, Assistant
from helseassistent.errors import BrokenIndexError
from helseassistent.evaluate.questions import Question
from helseassistent.evaluate.run import Case, run_questions
from helseassistent.evaluate.scoring import Outcome, Score
from helseassistent.evaluate.summary import Abstention, Summary, about, cause, summarise
from helseassistent.reply import ReplyRecord

PUBLISHERS = {file: page.publisher for file, page in PAGES.items()}


def cases() -> tuple[Case, ...]:
    return run_questions(QUESTIONS, ask=Assistant(), pages=PAGES)


def summary_of(found: tuple[Case, ...]) -> Summary:
    return summarise(found, about=about(found, name="t", date="2026-11-25", commit="abc"), publishers=PUBLISHERS)


def test_the_run_is_what_was_worked_out_by_hand() -> None:
    # T-006 shares a word with another page only and is declined; T-008 shares «hele døgnet» and is answered.
    assert [case.outcome for case in cases()] == ["right"] * 5 + ["declined", "right", "wrong"]
    summary = summary_of(cases())
    means = {name: value.mean for name, value in summary.measures.items()}
    assert means["right"] == 6 / 8
    assert means["answered_right"] == means["answered"] == means["recall@10"] == 5 / 6
    assert means["wrong"] == 1 / 8
    assert means["risk"] == pytest.approx(1 / 6)
    assert means["declined"] == 1 / 2
    assert means["verbatim"] == 1.0
    assert summary.citations == 6
    assert summary.abstention == Abstention(5, 1, 1, 1)
    assert summary.kinds["answerable"].reasons == {"no_evidence": 1}
    assert summary.ranks["1"] == 5
    assert summary.ranks["none"] == 1


def test_a_lost_question_is_put_down_to_the_first_stage_that_failed() -> None:
    lost = {name: count for name, count in summary_of(cases()).causes.items() if count}
    assert lost == {"right": 5, "not_found": 1}
    silent = run_questions(QUESTIONS, ask=Assistant(needed=99), pages=PAGES)
    assert summary_of(silent).causes["held_back"] == 5


@pytest.mark.parametrize(
    ("outcome", "rank", "expected"),
    [
        ("wrong", None, "not_found"),
        ("wrong", 3, "wrong_rank"),
        ("wrong", 1, "wrong_words"),
        ("declined", 2, "held_back"),
        ("declined", None, "not_found"),
    ],
)
def test_the_cause_follows_from_outcome_and_rank(outcome: Outcome, rank: int | None, expected: str) -> None:
    assert cause(replace(cases()[0], score=Score(outcome, {}, rank))) == expected


def test_every_mean_says_how_many_questions_it_is_made_of() -> None:
    counts = {name: value.n for name, value in summary_of(cases()).measures.items()}
    assert (counts["right"], counts["answered_right"], counts["declined"], counts["risk"]) == (8, 6, 2, 6)


def test_slices_cover_the_set_and_name_the_publisher_of_the_key() -> None:
    parts = summary_of(cases()).slices
    for by in ("language", "style", "kind", "publisher"):
        assert sum(part.n for part in parts if part.by == by) == len(QUESTIONS)
    publishers = {part.value: part.n for part in parts if part.by == "publisher"}
    assert publishers == {"Fjord kommune": 5, "Nav": 1, "uten side": 2}


def test_the_gap_is_bokmal_minus_nynorsk_over_questions_with_a_key() -> None:
    gap = summary_of(cases()).gap["answered_right"]
    assert gap.mean == pytest.approx(1 - 2 / 3)
    assert gap.n == 6


def test_an_error_is_counted_and_lowers_no_mean() -> None:
    class Fails(Assistant):
        def __call__(self, question: Question) -> ReplyRecord:
            if question.id == "T-001":
                raise BrokenIndexError("x")
            return super().__call__(question)

    summary = summary_of(run_questions(QUESTIONS, ask=Fails(), pages=PAGES))
    assert (summary.about.n, summary.about.errors) == (8, 1)
    assert summary.measures["answered_right"].mean == 4 / 5
    assert summary.kinds["answerable"].errors == 1
    assert summary.latency is not None
    assert summary.latency.n == 7


def test_confidence_figures_are_over_answers_and_tell_right_from_wrong() -> None:
    confidence = summary_of(cases()).confidence
    assert confidence is not None
    assert confidence.n == 6
    assert confidence.curve[-1].risk == pytest.approx(1 / 6)
    assert confidence.auroc_right is not None
    assert 0 <= confidence.auroc_right <= 1


def test_a_run_that_answers_nothing_has_no_confidence_figures_and_no_verbatim_rate() -> None:
    silent = run_questions(QUESTIONS, ask=Assistant(needed=99), pages=PAGES)
    summary = summary_of(silent)
    assert summary.confidence is None
    assert "verbatim" not in summary.measures
    assert summary.measures["declined"].mean == 1.0


def test_a_set_in_one_language_has_no_gap() -> None:
    only = tuple(replace(q, lang="nb") for q in QUESTIONS)
    assert summary_of(run_questions(only, ask=Assistant(), pages=PAGES)).gap == {}
