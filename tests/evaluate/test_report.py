"""The report folder: its figures are those of summary.json, and the page stands alone in a real browser."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from evaluate.assistant import MESSAGES, PAGES, QUESTIONS, Assistant, route
from evaluate.browser import axe_violations, chromium
from evaluate.test_calibrate import fitted
from helseassistent.evaluate.compare import compare
from helseassistent.evaluate.emergency import emergency_figures, route_messages
from helseassistent.evaluate.gates import judge_all, read_gates
from helseassistent.evaluate.report import report_html, summary_json, write_report
from helseassistent.evaluate.run import Case, read_records, run_questions
from helseassistent.evaluate.summary import IndexFacts, Summary, about, summarise

GATES = read_gates(Path(__file__).parents[2] / "benchmarks" / "gates.toml")
HOSTILE = replace(
    QUESTIONS[6], id="T-010", question='<script>document.title="x"</script><img src=//evil.example/a onerror=alert(1)>'
)


def summary_of(cases: tuple[Case, ...]) -> Summary:
    return summarise(
        cases,
        about=about(cases, name="prøvesett", date="2026-11-25", commit="abc1234"),
        publishers={file: page.publisher for file, page in PAGES.items()},
        emergency=emergency_figures(route_messages(MESSAGES, ask=route)),
        index=IndexFacts(6, 12_345, 1.5),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A full report: comparison, gates, calibration, emergencies and a question that would like to be markup."""
    out = tmp_path_factory.mktemp("report")
    cases = run_questions((*QUESTIONS, replace(HOSTILE, kind="near_miss")), ask=Assistant(), pages=PAGES)
    before = run_questions(QUESTIONS, ask=Assistant(needed=1), pages=PAGES)
    comparison = compare(cases, before, baseline="runs/w")
    summary = summary_of(cases)
    gates = judge_all(GATES, summary=summary, comparison=comparison)
    write_report(out, summary, cases=cases, pages=PAGES, comparison=comparison, gates=gates, calibration=fitted())
    return out


@pytest.fixture(scope="module")
def browser(folder: Path) -> Iterator[Chrome]:
    with chromium() as opened:
        opened.get((folder / "report.html").as_uri())
        yield opened


def test_the_folder_holds_records_summary_and_report(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["records.jsonl", "report.html", "summary.json"]
    assert len(read_records(folder)) == len(QUESTIONS) + 1


def test_the_figures_of_the_page_equal_summary_json(folder: Path, browser: Chrome) -> None:
    measures = json.loads((folder / "summary.json").read_text())["measures"]
    shown = browser.find_elements(By.CSS_SELECTOR, "data[data-figure]")
    assert {element.get_dom_attribute("data-figure") for element in shown} == set(measures)
    for element in shown:
        name = element.get_dom_attribute("data-figure")
        assert float(element.get_dom_attribute("value")) == measures[name]["mean"]
        written = (element.get_dom_attribute("innerText") or element.get_property("textContent")).replace("\u00a0", "")
        number = float(written.rstrip("%").replace(",", "."))
        scale, digits = (100, 1) if "%" in written else (1, 2)
        assert number == pytest.approx(measures[name]["mean"] * scale, abs=0.51 * 10**-digits)


def test_the_page_fetches_nothing_and_runs_nothing(folder: Path, browser: Chrome) -> None:
    assert browser.title == "Evaluering: prøvesett, 2026-11-25"
    asked = [
        event["params"]["request"]["url"]
        for entry in browser.get_log("performance")
        if (event := json.loads(entry["message"])["message"])["method"] == "Network.requestWillBeSent"
    ]
    assert [url for url in asked if not url.startswith("file:")] == []
    assert browser.get_log("browser") == []
    assert browser.find_elements(By.CSS_SELECTOR, "script, img, iframe, link, object, [style], [onerror]") == []
    page = (folder / "report.html").read_text()
    assert not re.search(r"@import|url\(", page)


def test_the_policy_lets_the_style_sheet_in_and_nothing_else(browser: Chrome) -> None:
    policy = browser.find_element(By.CSS_SELECTOR, "meta[http-equiv]").get_dom_attribute("content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    border = browser.execute_script("return getComputedStyle(document.querySelector('article')).borderLeftWidth")
    assert border == "5px"


def test_wrong_cases_come_before_the_plots_with_question_quote_rank_and_answer(browser: Chrome) -> None:
    names = [e.get_dom_attribute("data-case") for e in browser.find_elements(By.TAG_NAME, "article")]
    assert names == ["T-008", "T-006"]  # a wrong answer is worse than none
    declined = browser.find_elements(By.TAG_NAME, "article")[1].text
    assert QUESTIONS[5].question in declined
    assert "Du kan låne rullestol i 3 måneder." in declined
    assert "ikke blant de ti første" in declined
    wrong = browser.find_elements(By.TAG_NAME, "article")[0].text
    assert "Svart\nLegevakten er åpen hele døgnet." in wrong
    order = browser.execute_script(
        "return [...document.querySelectorAll('section')].map(s => s.getAttribute('aria-labelledby'))"
    )
    assert order.index("saker") < order.index("figurer") < order.index("utsnitt")


def test_every_plot_says_in_words_what_it_shows(browser: Chrome) -> None:
    plots = browser.find_elements(By.CSS_SELECTOR, "svg[role=img]")
    assert len(plots) == 6
    for plot in plots:
        title, words = (
            browser.find_element(By.ID, name).get_property("textContent")
            for name in plot.get_dom_attribute("aria-labelledby").split()
        )
        assert title
        assert re.search(r"\d", words)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1100])
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(folder: Path, width: int, dark: bool) -> None:
    with chromium(width, dark=dark) as opened:
        opened.get((folder / "report.html").as_uri())
        opened.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert axe_violations(opened) == []
        assert opened.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        background = opened.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert background == ("rgb(20, 24, 29)" if dark else "rgb(255, 255, 255)")


def test_the_page_prints_with_its_cases(browser: Chrome) -> None:
    printed = base64.b64decode(browser.print_page())
    assert printed.startswith(b"%PDF")
    assert len(printed) > 20_000


def test_a_run_without_answers_comparison_or_gates_still_has_a_report() -> None:
    cases = run_questions(QUESTIONS[6:], ask=Assistant(needed=99), pages=PAGES)
    summary = summarise(cases, about=about(cases, name="tomt", date="d", commit="c"), publishers={})
    page = report_html(summary, cases=cases, pages={})
    assert "Ingen" not in page
    assert json.loads(summary_json(summary))["comparison"] is None


def test_the_same_run_gives_the_same_page() -> None:
    cases = run_questions(QUESTIONS, ask=Assistant(), pages=PAGES)
    first, second = (report_html(summary_of(cases), cases=cases, pages=PAGES) for _ in range(2))
    assert first == second
