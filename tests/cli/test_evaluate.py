"""`helseassistent evaluate` as a person types it."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from helseassistent.cli import main

ROOT = Path(__file__).parents[2]
BENCH = ROOT.parent / "shared" / "bench"
GATES = """
[[gate]]
figure = "verbatim"
at_least = 1.0
reason = "Hvert sitat er ordrett."

[[gate]]
figure = "flips.net_loss"
at_most = 0
reason = "En endring skal rette minst like mange svar som den ødelegger."
"""
needs_bench = pytest.mark.skipif(not BENCH.is_dir(), reason="../shared/bench with the evaluation sets is not here")


class Done(NamedTuple):
    status: int
    out: str
    err: str


class Run(NamedTuple):
    folder: Path
    done: Done


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("indeks")


@pytest.fixture
def evaluate(index: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Types the command in the root of the repository, over the shipped pages unless the arguments say otherwise."""
    for name in [name for name in os.environ if name.startswith("HELSEASSISTENT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(ROOT)

    def typed(*arguments: str | Path) -> Done:
        words = [str(argument) for argument in arguments]
        place = [] if "--corpus" in words else ["--corpus", "corpus"]
        capsys.readouterr()
        status = main(["evaluate", *words, *place, *([] if "--index" in words else ["--index", str(index)])])
        shown = capsys.readouterr()
        return Done(status, shown.out, shown.err)

    return typed


@pytest.fixture
def gates(tmp_path: Path) -> Path:
    path = tmp_path / "grenser.toml"
    path.write_text(GATES, encoding="utf-8")
    return path


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """The first dozen answerable questions of the development set on the shipped pages, and two that are not."""
    rows = [json.loads(line) for line in _lines(ROOT / "benchmarks/questions/kilder-utvikling.jsonl")]
    chosen = [row for row in rows if row["kind"] == "answerable"][:12]
    chosen += [row for row in rows if row["kind"] != "answerable"][:2]
    return _written(tmp_path / "fjorten.jsonl", chosen)


@pytest.fixture
def ran(evaluate: Callable[..., Done], few: Path, gates: Path, tmp_path: Path) -> Run:
    done = evaluate(few, "--out", tmp_path / "w", "--gates", gates)
    return Run(tmp_path / "w", done)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line]


def _written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def _broken(run: Run, folder: Path, change: Callable[[dict[str, Any]], None]) -> str:
    """A copy of the run in which one right answer is changed; the id of its question."""
    folder.mkdir()
    rows = [json.loads(line) for line in _lines(run.folder / "records.jsonl")]
    case = next(row for row in rows if row["reply"]["kind"] == "answer" and row["outcome"] == "right")
    change(case["reply"])
    _written(folder / "records.jsonl", rows)
    return str(case["question"]["id"])


def test_a_run_leaves_records_figures_and_a_report(ran: Run) -> None:
    assert ran.done.status == 0
    assert ran.done.out.startswith("fjorten: 14 spørsmål\n")
    assert "Ordrette sitater                        100,0\u00a0%" in ran.done.out
    assert ran.done.out.endswith(f"Rapport: {ran.folder / 'report.html'}\n")
    assert {path.name for path in ran.folder.iterdir()} == {"records.jsonl", "summary.json", "report.html"}
    assert len(_lines(ran.folder / "records.jsonl")) == 14


def test_whoever_stands_outside_the_project_needs_no_gates(
    ran: Run, evaluate: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = evaluate("--rescore", ran.folder, "--corpus", ROOT / "corpus", "--out", tmp_path / "v")
    assert (done.status, done.err) == (0, "")
    assert "BRUTT GRENSE" not in done.out


def test_a_run_against_itself_reports_no_flips(ran: Run, evaluate: Callable[..., Done], few: Path, gates: Path) -> None:
    again = evaluate(few, "--out", ran.folder.parent / "x", "--baseline", ran.folder, "--gates", gates)
    assert again.status == 0
    assert "0 gikk i stykker, 0 ble riktige" in again.out
    assert "BRUTT GRENSE" not in again.out


def test_an_answer_broken_on_purpose_is_named_and_fails_its_gate(
    ran: Run, evaluate: Callable[..., Done], gates: Path, tmp_path: Path
) -> None:
    def decline(reply: dict[str, Any]) -> None:
        reply.update(kind="abstention", reason="no_evidence", claims=[], text="Jeg fant ikke svar.")

    name = _broken(ran, tmp_path / "y", decline)
    done = evaluate("--rescore", tmp_path / "y", "--baseline", ran.folder, "--gates", gates, "--out", tmp_path / "z")
    assert done.status == 1
    assert "1 gikk i stykker, 0 ble riktige" in done.out
    assert f"gikk i stykker: {name} " in done.out
    assert done.out.count("BRUTT GRENSE") == 1
    assert "En endring skal rette minst like mange svar som den ødelegger." in done.out


def test_a_quote_changed_by_one_letter_fails_the_verbatim_gate(
    ran: Run, evaluate: Callable[..., Done], gates: Path, tmp_path: Path
) -> None:
    def misquote(reply: dict[str, Any]) -> None:
        citation = reply["claims"][0]["citations"][0]
        citation["quote"] = "X" + citation["quote"][1:]

    _broken(ran, tmp_path / "y", misquote)
    done = evaluate("--rescore", tmp_path / "y", "--gates", gates, "--out", tmp_path / "z")
    assert done.status == 1
    assert "Hvert sitat er ordrett." in done.out


def test_a_page_changed_by_one_letter_fails_the_verbatim_gate(
    ran: Run, evaluate: Callable[..., Done], gates: Path, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    quote = next(
        citation["quote"]
        for row in map(json.loads, _lines(ran.folder / "records.jsonl"))
        for claim in row["reply"]["claims"]
        for citation in claim["citations"]
    )
    for path in (tmp_path / "corpus").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(quote, "X" + quote[1:]), encoding="utf-8")
    place = ["--corpus", tmp_path / "corpus", "--gates", gates, "--out", tmp_path / "z"]
    done = evaluate("--rescore", ran.folder, *place)
    assert done.status == 1
    assert "BRUTT GRENSE" in done.out
    assert "Hvert sitat er ordrett." in done.out


def test_methods_are_compared_in_one_table(evaluate: Callable[..., Done], few: Path) -> None:
    done = evaluate(few, "--methods", "hybrid,bm25,without-said")
    assert done.status == 0
    rows = done.out.splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == ["| hybrid", "| bm25", "| without-said"]
    assert all(" | 12 | " in row for row in rows)


def test_a_document_gets_its_section_and_keeps_the_rest(
    ran: Run, evaluate: Callable[..., Done], gates: Path, tmp_path: Path
) -> None:
    document = tmp_path / "evaluering.md"
    document.write_text("# Tall\n", encoding="utf-8")
    arguments = ["--rescore", ran.folder, "--gates", gates, "--out", tmp_path / "z", "--markdown", document]
    assert evaluate(*arguments).status == 0
    first = document.read_text(encoding="utf-8")
    assert first.startswith("# Tall\n")
    assert "| Ordrette sitater | 100,0\u00a0% |" in first
    assert evaluate(*arguments).status == 0
    assert document.read_text(encoding="utf-8") == first


def test_a_spreadsheet_becomes_a_set_and_a_bad_row_is_named(evaluate: Callable[..., Done], tmp_path: Path) -> None:
    sheet = (
        "Spørsmål;Språk;Type;Sitat\r\n"
        "Hvem driver legevakten?;bokmål;;Tilbudet drives av Bergen kommune.\r\n"
        "Er den åpen?;bokmål;;Dette står ikke på siden.\r\n"
        "Kven vann i går?;nynorsk;utenfor tema;\r\n"
    )
    (tmp_path / "ark.csv").write_bytes(sheet.encode("cp1252"))
    done = evaluate("--import", tmp_path / "ark.csv", "--out", tmp_path / "sett")
    assert done.status == 0
    assert done.out == f"2 spørsmål skrevet til {tmp_path / 'sett' / 'sporsmal.jsonl'}, 1 rader utelatt.\n"
    assert done.err.count("\n") == 1
    assert "ark.csv rad 3" in done.err
    assert evaluate(tmp_path / "sett" / "sporsmal.jsonl", "--methods", "bm25").status == 0


def test_a_spreadsheet_without_a_usable_row_is_no_success(evaluate: Callable[..., Done], tmp_path: Path) -> None:
    (tmp_path / "ark.csv").write_text("spørsmål;type\nHva?;kanskje\n", encoding="utf-8")
    assert evaluate("--import", tmp_path / "ark.csv", "--out", tmp_path / "sett").status == 1


ROW = (
    '{"id": "A", "question": "Hva?", "lang": "nb", "style": "everyday", "kind": "out_of_scope",'
    ' "relevant": [], "facts": []}'
)
SETS = {
    "two-of-one-id": (f"{ROW}\n{ROW}\n", ["linje 2", "«A»"]),
    "broken-line": (f"{ROW}\n{{\n", ["linje 2"]),
    "unknown-kind": (ROW.replace("out_of_scope", "kanskje"), ["linje 1", "kind"]),
    "quote-not-there": (
        ROW.replace("out_of_scope", "answerable").replace(
            '"relevant": []', '"relevant": [{"file": "saman/helsefellesskap.md", "quote": "Dette står ikke her."}]'
        ),
        ["linje 1", "står ikke ordrett"],
    ),
    "no-such-page": (
        ROW.replace("out_of_scope", "answerable").replace(
            '"relevant": []', '"relevant": [{"file": "ingen.md", "quote": "Hva"}]'
        ),
        ["linje 1", "ingen.md"],
    ),
    "windows-line-ends": (f"{ROW}\r\n", ["linje 1", "CRLF"]),
    "nothing": ("", ["linje 1", "er tom"]),
}


@pytest.mark.parametrize("name", SETS)
def test_a_set_that_cannot_be_used_is_refused_whole_in_one_sentence(
    name: str, evaluate: Callable[..., Done], tmp_path: Path
) -> None:
    content, words = SETS[name]
    (tmp_path / "sett.jsonl").write_bytes(content.encode())
    done = evaluate(tmp_path / "sett.jsonl", "--out", tmp_path / "ut")
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert all(word in done.err for word in ["sett.jsonl", *words])
    assert not (tmp_path / "ut").exists()


WRONG = {
    "no-set": ([], "Oppgi et spørsmålssett"),
    "missing-set": (["ingen.jsonl"], "ingen.jsonl"),
    "missing-folder": (["--retrieval", "ingen-mappe"], "ingen-mappe"),
    "missing-spreadsheet": (["--import", "ingen.csv"], "ingen.csv"),
    "missing-run": (["--rescore", "ingen-kjøring"], "ingen-kjøring"),
    "missing-baseline": (["SET", "--baseline", "ingen-kjøring"], "ingen-kjøring"),
    "missing-gates": (["SET", "--gates", "ingen.toml"], "ingen.toml"),
    "gates-that-are-none": (["SET", "--gates", "README.md"], "README.md"),
    "missing-messages": (["SET", "--emergency", "ingen.jsonl"], "ingen.jsonl"),
    "unknown-method": (["SET", "--methods", "bm25,tull"], "«tull»"),
    "unknown-signal": (["SET", "--methods", "without-tull"], "«without-tull»"),
    "no-budget": (["SET", "--calibrate", "--error-budget", "2"], "--error-budget"),
    "out-is-a-file": (["SET", "--out", "README.md"], "README.md"),
    "missing-corpus": (["SET", "--corpus", "ingen-mappe"], "ingen-mappe"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_give_one_sentence(
    name: str, few: Path, evaluate: Callable[..., Done], index: Path, tmp_path: Path
) -> None:
    arguments, words = WRONG[name]
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "ut")]
    done = evaluate(*[few if word == "SET" else word for word in arguments], *out)
    said = [line for line in done.err.splitlines() if not line.startswith("Bygger indeksen")]
    assert (done.status, done.out) == (1, "")
    assert len(said) == 1
    assert words in said[0]
    assert said[0].endswith((".", ").", "helseassistent index"))
    assert "Errno" not in said[0]
    assert not (tmp_path / "ut").exists()


@pytest.mark.timed
@needs_bench
@pytest.mark.slow
def test_the_commands_of_the_issue_work_as_written(
    evaluate: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELSEASSISTENT_CONTEXTUAL", "ingen")  # the gates of CI index the acts with both encoders
    law, place = BENCH / "helserett", ["--index", tmp_path / "indeks"]
    command = [law / "sporsmal.jsonl", "--corpus", law / "pages", *place]
    started = time.monotonic()
    first = evaluate(*command, "--out", tmp_path / "w")
    assert "helserett: 166 spørsmål" in first.out
    assert "Ordrette sitater                        100,0\u00a0%" in first.out
    assert time.monotonic() - started < 120  # a minute with the index built, on two cores with nothing else to do
    # The answers of the first run are kept as those of an interrupted one, so that only the comparison is new.
    (tmp_path / "x").mkdir()
    shutil.copy(tmp_path / "w" / "records.jsonl", tmp_path / "x" / "records.partial.jsonl")
    second = evaluate(*command, "--out", tmp_path / "x", "--baseline", tmp_path / "w", "--resume")
    assert second.status == first.status
    assert "0 gikk i stykker, 0 ble riktige" in second.out
    third = evaluate("--retrieval", BENCH / "retrieval" / "noreg_faq_nob")
    assert third.status == 0
    assert third.out.splitlines()[2].startswith("| hybrid | ")
    assert " | 249 | " in third.out
