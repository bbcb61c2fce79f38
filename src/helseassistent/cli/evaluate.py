"""`helseassistent evaluate`: a question set through the assistant, and what came of it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from helseassistent.errors import QuestionSetError
from helseassistent.settings import Settings
from helseassistent.types import Page

if TYPE_CHECKING:
    from helseassistent.evaluate.calibrate import Calibration
    from helseassistent.evaluate.emergency import EmergencyFigures
    from helseassistent.evaluate.gates import Gate
    from helseassistent.evaluate.questions import Question
    from helseassistent.evaluate.run import Case
    from helseassistent.evaluate.summary import IndexFacts
    from helseassistent.wiring import Parts


_GATES = Path("benchmarks/gates.toml")  # of the project's own folder; whoever stands elsewhere has none unless named


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command, but for --corpus and --index."""
    parser.add_argument("questions", nargs="?", type=Path, metavar="SPØRSMÅL", help="spørsmålssett, JSON Lines")
    parser.add_argument("--out", type=Path, default=Path("runs/siste"), metavar="MAPPE", help="der rapporten legges")
    parser.add_argument("--baseline", type=Path, metavar="KJØRING", help="en tidligere kjøring å sammenligne med")
    parser.add_argument("--gates", type=Path, metavar="FIL", help=f"grensene; ellers {_GATES}, om den er der")
    parser.add_argument("--emergency", type=Path, metavar="FIL", help="meldinger om nødsituasjoner, JSON Lines")
    parser.add_argument("--methods", metavar="NAVN,NAVN", help="sammenlign søkemetoder: hybrid, dense, bm25 ...")
    parser.add_argument("--engines", action="store_true", help="med og uten språkmodellen, side om side")
    parser.add_argument("--retrieval", type=Path, metavar="MAPPE", help="mappe med corpus.jsonl og queries.jsonl")
    parser.add_argument("--calibrate", action="store_true", help="tilpass sikkerheten og terskelen")
    parser.add_argument("--error-budget", type=float, default=0.15, metavar="ANDEL", help="gale svar som tåles")
    parser.add_argument("--resume", action="store_true", help="fortsett en avbrutt kjøring i --out")
    parser.add_argument("--rescore", type=Path, metavar="KJØRING", help="regn ut en kjøring på nytt mot --corpus")
    parser.add_argument(
        "--import", dest="source", type=Path, metavar="FIL", help="gjør CSV, XLSX eller SQuAD om til et sett"
    )
    parser.add_argument("--markdown", type=Path, metavar="FIL", help="sett tallene inn i et dokument")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Evaluate, compare methods, calibrate or import, as the arguments ask; the exit status is that of the gates."""
    if options.retrieval:
        return _retrieval(options, settings)
    if options.source:
        return _import(options, settings)
    from helseassistent.corpus import load_corpus
    from helseassistent.evaluate.questions import read_questions
    from helseassistent.evaluate.run import read_records, rescore
    from helseassistent.wiring import build_index, build_parts

    pages = load_corpus(settings.corpus).pages
    if not (options.methods or options.engines):
        _check(options)
    if options.rescore:
        return _finish(options, pages=pages, cases=rescore(read_records(options.rescore), pages=pages))
    if options.questions is None:
        raise QuestionSetError("Oppgi et spørsmålssett: helseassistent evaluate SPØRSMÅL.jsonl --corpus MAPPE.")
    questions = read_questions(options.questions, pages=pages)
    begun = time.perf_counter()
    built = build_index(settings, progress=sys.stderr.isatty())  # what is measured is the corpus as it is now
    seconds = time.perf_counter() - begun if built.rebuilt else None
    parts = build_parts(settings)
    if options.engines:
        return _engines(options, parts=parts, questions=questions, pages=pages)
    if options.methods:
        return _methods(options, parts=parts, questions=questions, pages=pages)
    return _questions(options, parts=parts, questions=questions, pages=pages, index_seconds=seconds)


def _gates(options: argparse.Namespace) -> tuple[Gate, ...]:
    """Those of the file that is named, or of the project's own."""
    from helseassistent.evaluate.gates import read_gates

    return read_gates(options.gates or _GATES) if options.gates or _GATES.exists() else ()


def _check(options: argparse.Namespace) -> None:
    """Read what the report needs in the end: a mistake in it should not cost a run of minutes."""
    from helseassistent.evaluate.questions import read_messages
    from helseassistent.evaluate.run import read_records

    _gates(options)
    if options.baseline:
        read_records(options.baseline)
    if options.emergency:
        read_messages(options.emergency)


def _questions(
    options: argparse.Namespace,
    *,
    parts: Parts,
    questions: Sequence[Question],
    pages: Mapping[str, Page],
    index_seconds: float | None,
) -> int:
    from helseassistent.evaluate.questions import read_messages
    from helseassistent.evaluate.run import record_run
    from helseassistent.evaluate.stage import evaluate_messages
    from helseassistent.evaluate.summary import IndexFacts
    from helseassistent.wiring.evaluation import with_confidence

    calibration = _calibrate(options, parts=parts, questions=questions, pages=pages) if options.calibrate else None
    if calibration:
        parts = with_confidence(parts, calibration.model)
    cases = record_run(
        questions,
        ask=lambda question: parts.record([question.question]),
        pages=pages,
        out=options.out,
        resume=options.resume,
        progress=_progress(len(questions)),
    )
    emergency = None
    if options.emergency:
        messages = read_messages(options.emergency)
        emergency = evaluate_messages(messages, ask=lambda message: parts.record([message.text]))
    generation = parts.assistant.retriever.generation
    size = sum(file.stat().st_size for file in generation.folder.rglob("*") if file.is_file())
    facts = IndexFacts(len(generation.passages), size, index_seconds)
    return _finish(options, pages=pages, cases=cases, emergency=emergency, index=facts, calibration=calibration)


def _calibrate(
    options: argparse.Namespace, *, parts: Parts, questions: Sequence[Question], pages: Mapping[str, Page]
) -> Calibration:
    from helseassistent.answer.confidence import model_json
    from helseassistent.wiring.evaluation import calibrated

    if not 0 < options.error_budget < 1:
        raise QuestionSetError(f"--error-budget må være mellom 0 og 1, men er {options.error_budget}.")
    found = calibrated(parts, questions, pages=pages, error_budget=options.error_budget)
    model, path = found.model, options.out / "confidence.json"
    options.out.mkdir(parents=True, exist_ok=True)
    path.write_text(model_json(model), encoding="utf-8")
    print(
        f"Terskel {model.threshold:.3f}: {model.coverage:.1%} besvart, {model.risk:.1%} av svarene gale"
        f" (kryssvalidert), ECE {model.ece:.3f}, Brier {model.brier:.3f}."
        + ("" if model.budget_met else " Ingen terskel holdt feilbudsjettet.")
    )
    print(f"Lagret i {path}. Ta den i bruk med HELSEASSISTENT_CALIBRATION={path}.")
    return found


def _finish(
    options: argparse.Namespace,
    *,
    pages: Mapping[str, Page],
    cases: Sequence[Case],
    emergency: EmergencyFigures | None = None,
    index: IndexFacts | None = None,
    calibration: Calibration | None = None,
) -> int:
    from helseassistent.evaluate.stage import (
        Occasion,
        evaluate_cases,
        evaluation_markdown,
        terminal_text,
        with_section,
        write_evaluation,
    )

    source = options.questions or options.rescore
    name = source.parent.name if source.stem == "sporsmal" else source.stem
    evaluation = evaluate_cases(
        cases,
        occasion=Occasion(name, date.today().isoformat(), _commit()),
        pages=pages,
        gates=_gates(options),
        baseline=options.baseline,
        emergency=emergency,
        index=index,
    )
    write_evaluation(evaluation, out=options.out, pages=pages, calibration=calibration)
    print(terminal_text(evaluation), end="")
    print(f"Rapport: {options.out / 'report.html'}")
    if options.markdown:
        document = options.markdown.read_text(encoding="utf-8") if options.markdown.exists() else ""
        section = with_section(document, name=name, content=evaluation_markdown(evaluation))
        options.markdown.write_text(section, encoding="utf-8")
    return evaluation.exit_code


def _engines(
    options: argparse.Namespace, *, parts: Parts, questions: Sequence[Question], pages: Mapping[str, Page]
) -> int:
    from helseassistent.evaluate.engines import engines_markdown
    from helseassistent.wiring.evaluation import both_engines

    found = engines_markdown(both_engines(parts, questions, pages=pages))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "engines.md").write_text(found, encoding="utf-8")
    print(found, end="")
    return 0


def _methods(
    options: argparse.Namespace, *, parts: Parts, questions: Sequence[Question], pages: Mapping[str, Page]
) -> int:
    from helseassistent.evaluate.methods import compare_methods, methods_markdown
    from helseassistent.wiring.evaluation import methods_of

    assistant = parts.assistant
    names = options.methods.split(",")
    methods = methods_of(assistant.retriever.generation, encoder=assistant.encoder, names=names)
    print(methods_markdown(compare_methods(methods, questions=questions, pages=pages)), end="")
    return 0


def _retrieval(options: argparse.Namespace, settings: Settings) -> int:
    from helseassistent.evaluate.methods import evaluate_retrieval, methods_markdown
    from helseassistent.evaluate.questions import read_retrieval_set
    from helseassistent.wiring import encoder_of
    from helseassistent.wiring.evaluation import search_over

    data = read_retrieval_set(options.retrieval)
    names = (options.methods or "hybrid").split(",")
    with tempfile.TemporaryDirectory() as folder:
        methods = search_over(data.texts, encoder=encoder_of(settings), folder=Path(folder), names=names)
        print(methods_markdown(evaluate_retrieval(methods, data=data)), end="")
    return 0


def _import(options: argparse.Namespace, settings: Settings) -> int:
    """Write the questions of a spreadsheet, or of a SQuAD file with its pages, into the folder --out."""
    from helseassistent.corpus import load_corpus, write_page
    from helseassistent.evaluate.imports import import_csv, import_xlsx
    from helseassistent.evaluate.questions import write_questions
    from helseassistent.evaluate.squad import import_squad

    if options.source.suffix == ".json":
        imported = import_squad(options.source)
    else:
        pages = load_corpus(settings.corpus).pages
        imported = (import_xlsx if options.source.suffix == ".xlsx" else import_csv)(options.source, pages=pages)
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "sporsmal.jsonl"
    for page in imported.pages:
        write_page(page, folder=options.out / "sider")
    write_questions(imported.questions, path=path)
    for problem in imported.problems:
        print(f"Utelatt: {problem}", file=sys.stderr)
    print(f"{len(imported.questions)} spørsmål skrevet til {path}, {len(imported.problems)} rader utelatt.")
    return 0 if imported.questions else 1


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "ukjent"
    return found.stdout.strip() or "ukjent"


def _progress(total: int) -> Callable[[int], None]:
    def show(count: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{count} av {total}", end="\n" if count == total else "", file=sys.stderr)

    return show
