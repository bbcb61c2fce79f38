"""The stage from end to end, as the command uses it."""

from __future__ import annotations

from pathlib import Path

from evaluate.assistant import MESSAGES, PAGES, QUESTIONS, Assistant, route
from evaluate.test_compare import GATES, Breaks
from helseassistent.evaluate.run import record_run, rescore
from helseassistent.evaluate.stage import (
    Evaluation,
    Occasion,
    evaluate_cases,
    evaluate_messages,
    evaluation_markdown,
    terminal_text,
    with_section,
    write_evaluation,
)

OCCASION = Occasion("prøvesett", "2026-11-25", "abc1234")


def evaluated(assistant: Assistant, out: Path, *, baseline: Path | None = None) -> Evaluation:
    cases = record_run(QUESTIONS, ask=assistant, pages=PAGES, out=out)
    found = evaluate_cases(cases, occasion=OCCASION, pages=PAGES, gates=GATES, baseline=baseline)
    write_evaluation(found, out=out, pages=PAGES)
    return found


def test_a_run_against_itself_passes_and_one_broken_answer_fails_by_name(tmp_path: Path) -> None:
    assert evaluated(Assistant(), tmp_path / "w").exit_code == 0
    same = evaluated(Assistant(), tmp_path / "x", baseline=tmp_path / "w")
    assert same.exit_code == 0
    assert "0 gikk i stykker, 0 ble riktige" in terminal_text(same)
    broken = evaluated(Breaks(), tmp_path / "y", baseline=tmp_path / "w")
    assert broken.exit_code == 1
    shown = terminal_text(broken)
    assert "1 gikk i stykker, 0 ble riktige" in shown
    assert "gikk i stykker: T-003  Kan legevakten ta røntgen av armer?" in shown
    assert "BRUTT GRENSE: Flere ødelagte enn rettede svar: 1,000." in shown


def test_a_run_scored_again_from_disk_gives_the_same_report(tmp_path: Path) -> None:
    first = evaluated(Assistant(), tmp_path)
    page = (tmp_path / "report.html").read_bytes()
    again = evaluate_cases(rescore(first.cases, pages=PAGES), occasion=OCCASION, pages=PAGES, gates=GATES)
    write_evaluation(again, out=tmp_path, pages=PAGES)
    assert (tmp_path / "report.html").read_bytes() == page


def test_the_terminal_shows_emergencies_when_they_were_run(tmp_path: Path) -> None:
    cases = record_run(QUESTIONS, ask=Assistant(), pages=PAGES, out=tmp_path)
    figures = evaluate_messages(MESSAGES, ask=route)
    found = evaluate_cases(cases, occasion=OCCASION, pages=PAGES, gates=GATES, emergency=figures)
    assert "66,7\u00a0%" in terminal_text(found)
    assert found.exit_code == 1


def test_the_section_of_a_document_is_replaced_and_the_rest_kept(tmp_path: Path) -> None:
    content = evaluation_markdown(evaluated(Assistant(), tmp_path))
    assert "| Ordrette sitater | 100,0\u00a0% |" in content
    assert "2026-11-25, versjon `abc1234`" in content
    document = with_section("# Evaluering\n", name="a", content="gammelt a")
    document = with_section(document, name="b", content="om b")
    changed = with_section(document, name="a", content=content)
    assert changed.startswith("# Evaluering\n")
    assert "gammelt a" not in changed
    assert changed.count("om b") == 1
    assert with_section(changed, name="a", content=content) == changed
