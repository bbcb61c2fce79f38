"""Comparing runs, and the gates: exactly the flip that was made, and the exit code it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from evaluate.assistant import MESSAGES, PAGES, QUESTIONS, Assistant, route
from helseassistent.errors import SettingsError
from helseassistent.evaluate.bootstrap import Estimate
from helseassistent.evaluate.compare import Comparison, compare
from helseassistent.evaluate.emergency import emergency_figures, route_messages
from helseassistent.evaluate.gates import Gate, exit_code, judge, judge_all, read_gates
from helseassistent.evaluate.questions import Question
from helseassistent.evaluate.run import Case, rescore, run_questions
from helseassistent.evaluate.summary import about, summarise
from helseassistent.reply import ReplyRecord
from helseassistent.types import Page

GATES = read_gates(Path(__file__).parents[2] / "benchmarks" / "gates.toml")


class Breaks(Assistant):
    """Answers one question with the best passage of another."""

    def __call__(self, question: Question) -> ReplyRecord:
        return super().__call__(QUESTIONS[1] if question.id == "T-003" else question)


def run(assistant: Assistant, questions: tuple[Question, ...] = QUESTIONS) -> tuple[Case, ...]:
    return run_questions(questions, ask=assistant, pages=PAGES)


def verdicts(cases: tuple[Case, ...], comparison: Comparison | None) -> Mapping[str, bool | None]:
    made = about(cases, name="t", date="2026-11-25", commit="abc")
    summary = summarise(cases, about=made, publishers={})
    return {r.gate.figure: r.passed for r in judge_all(GATES, summary=summary, comparison=comparison)}


def test_a_run_against_itself_reports_no_flips_and_no_change() -> None:
    comparison = compare(run(Assistant()), run(Assistant()), baseline="w")
    assert comparison.flips == ()
    assert comparison.n == len(QUESTIONS)
    assert all((c.mean, c.low, c.high) == (0.0, 0.0, 0.0) for c in comparison.changes.values())
    found = verdicts(run(Assistant()), comparison)
    assert found["flips.net_loss"] is True
    assert found["change.recall@5"] is True


def test_one_answer_broken_on_purpose_is_exactly_one_flip_and_fails_its_gate() -> None:
    comparison = compare(run(Breaks()), run(Assistant()), baseline="w")
    assert [(flip.id, flip.before, flip.after) for flip in comparison.flips] == [("T-003", "right", "wrong")]
    assert [flip.id for flip in comparison.losses] == ["T-003"]
    found = verdicts(run(Breaks()), comparison)
    assert found["flips.net_loss"] is False
    assert found["flips.approved"] is True  # nobody had approved it


def test_an_approved_answer_that_breaks_fails_the_gate_for_approved_answers() -> None:
    approved = tuple(replace(q, approved=q.id == "T-003") for q in QUESTIONS)
    comparison = compare(run(Breaks(), approved), run(Assistant(), approved), baseline="w")
    assert verdicts(run(Breaks(), approved), comparison)["flips.approved"] is False


def test_an_answer_mended_is_a_win_and_no_loss() -> None:
    comparison = compare(run(Assistant()), run(Breaks()), baseline="w")
    assert [flip.id for flip in comparison.wins] == ["T-003"]
    assert comparison.losses == ()
    assert comparison.changes["right"].mean == pytest.approx(1 / 8)


def test_a_set_that_was_edited_is_compared_on_what_is_the_same() -> None:
    edited = (replace(QUESTIONS[0], question="Nytt?"), *QUESTIONS[1:7], replace(QUESTIONS[7], id="T-009"))
    comparison = compare(run(Assistant(), edited), run(Assistant()), baseline="w")
    assert (comparison.rewritten, comparison.only_before, comparison.only_after) == (("T-001",), ("T-008",), ("T-009",))
    assert comparison.n == 6
    assert comparison.flips == ()


def test_a_corpus_with_one_letter_changed_fails_the_verbatim_gate() -> None:
    body = PAGES["legevakt.md"].body.replace("250 kroner", "251 kroner")
    changed: dict[str, Page] = {**PAGES, "legevakt.md": replace(PAGES["legevakt.md"], body=body)}
    assert verdicts(run(Assistant()), None)["verbatim"] is True
    assert verdicts(rescore(run(Assistant()), pages=changed), None)["verbatim"] is False


def test_a_missed_emergency_fails_its_gate() -> None:
    cases = run(Assistant())
    figures = emergency_figures(route_messages(MESSAGES, ask=route))
    made = about(cases, name="t", date="2026-11-25", commit="abc")
    summary = summarise(cases, about=made, publishers={}, emergency=figures)
    results = judge_all(GATES, summary=summary, comparison=None)
    found = {r.gate.figure: r.passed for r in results}
    assert (found["emergency.recall"], found["emergency.life_recall"], found["emergency.false_alarms"]) == (
        False,
        True,
        True,
    )
    assert exit_code(results) == 1


def test_what_was_not_measured_neither_passes_nor_fails() -> None:
    found = verdicts(run(Assistant()), None)
    assert found["flips.approved"] is None
    assert found["emergency.recall"] is None


@pytest.mark.parametrize(
    ("judged_by", "value", "passed"),
    [
        pytest.param("mean", Estimate(0.94, 0.90, 0.98, 50), False, id="the_mean_is_under"),
        pytest.param("interval", Estimate(0.94, 0.90, 0.98, 50), True, id="the_interval_still_reaches"),
        pytest.param("interval", Estimate(0.90, 0.86, 0.94, 50), False, id="the_whole_interval_is_under"),
    ],
)
def test_a_gate_judged_by_the_interval_fails_only_beyond_noise(judged_by: str, value: Estimate, passed: bool) -> None:
    gate = Gate("declined", 0.95, None, "interval" if judged_by == "interval" else "mean", (), "r")
    assert judge(gate, value).passed is passed


def test_a_gate_for_another_set_is_left_out() -> None:
    cases = run(Assistant())
    summary = summarise(cases, about=about(cases, name="t", date="d", commit="c"), publishers={})
    elsewhere = Gate("right", 1.0, None, "mean", ("another",), "r")
    assert judge_all([elsewhere, replace(elsewhere, only=("t",))], summary=summary, comparison=None)[0].passed is False


def test_no_failed_gate_is_exit_code_0() -> None:
    assert exit_code([judge(Gate("x", 0.5, None, "mean", (), "r"), None)]) == 0


@pytest.mark.parametrize(
    ("content", "named"),
    [
        pytest.param("figure = ", "kan ikke leses", id="broken_toml"),
        pytest.param('[[gate]]\nfigure="x"\nat_least=1', "reason", id="no_reason"),
        pytest.param('[[gate]]\nfigure="x"\nreason="r"', "at_least", id="no_limit"),
        pytest.param('[[gate]]\nfigure="x"\nreason="r"\nat_least=1\nat_most=2', "at_least", id="two_limits"),
        pytest.param('[[gate]]\nfigure="x"\nreason="r"\nat_leest=1', "at_leest", id="misspelt"),
    ],
)
def test_a_gates_file_that_cannot_be_used_is_refused(content: str, named: str, tmp_path: Path) -> None:
    (tmp_path / "gates.toml").write_text(content)
    with pytest.raises(SettingsError, match=named):
        read_gates(tmp_path / "gates.toml")


def test_every_gate_has_a_reason_and_a_figure_that_can_exist() -> None:
    assert all(len(gate.reason) > 20 for gate in GATES)
    assert len({gate.figure for gate in GATES}) == len(GATES)
