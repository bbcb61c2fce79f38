"""One subcommand a stage: reads arguments, prints what a person needs, and turns errors into one sentence."""

from __future__ import annotations

import argparse
import errno
import io
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from helseassistent.cli import evaluate, ingest, review, train
from helseassistent.cli.arguments import Parser
from helseassistent.errors import HelseassistentError, QuestionSetError
from helseassistent.settings import Settings, checked_port, corpus_settings, load_settings
from helseassistent.types import Language
from helseassistent.wiring import Parts, build_index, build_parts, is_outdated, try_questions
from helseassistent.wiring.approving import keep_true, with_approved
from helseassistent.wiring.serving import serve_chat

if TYPE_CHECKING:
    from helseassistent.index.build import BuildReport

_REFUSALS = {
    errno.ENOENT: "filen eller mappen finnes ikke. Sjekk navnet.",
    errno.EACCES: "du mangler rettigheter. Gi rettigheter, eller velg en annen mappe.",
    errno.EROFS: "disken kan bare leses. Velg en annen mappe med --index.",
    errno.ENOSPC: "disken er full. Frigjør plass, og prøv igjen.",
    errno.EIO: "disken svarer ikke som den skal. Sjekk disken, og prøv igjen.",
    errno.EISDIR: "det er en mappe, ikke en fil. Oppgi en fil.",
    errno.ENOTDIR: "det er en fil, ikke en mappe. Oppgi en mappe.",
    errno.EEXIST: "det er en fil, ikke en mappe. Oppgi en mappe.",
}
Command = Callable[[argparse.Namespace, Settings], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 only when it did its job."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = _parser().parse_args(arguments)
    try:
        settings = corpus_settings(load_settings(), corpus=options.corpus, index=options.index)
        run: Command = options.run
        return run(options, settings)
    except HelseassistentError as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:
        # The reader has gone. Python would try once more to write what is left, and complain, when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("Avbrutt.", file=sys.stderr)
    except OSError as error:
        print(_os_error(error), file=sys.stderr)
    return 1


def _os_error(error: OSError) -> str:
    """One Norwegian sentence for what the system refused, with what to do where that is known."""
    what = _REFUSALS.get(error.errno or 0, f"{error.strerror or error}. Sjekk mappen og prøv igjen.")
    return f"Kan ikke bruke «{error.filename}»: {what}" if error.filename else what[0].upper() + what[1:]


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="helseassistent", description="Svar på spørsmål om helsetjenester, med kildens ord.")
    commands = parser.add_subparsers(title="kommandoer", required=True, metavar="KOMMANDO")
    _ask_parser(commands.add_parser("ask", help="svar på ett spørsmål, eller på en fil med spørsmål"))
    _chat_parser(commands.add_parser("chat", help="åpne siden for innbyggere"))
    ingesting = commands.add_parser("ingest", help="hent kildesider fra nettet eller disken, og se hvor ferske de er")
    ingest.add_arguments(ingesting)
    _common(ingesting, run=ingest.run)
    indexing = commands.add_parser("index", help="bygg indeksen av kildesidene")
    indexing.add_argument("--questions", action="store_true", help="la språkmodellen skrive spørsmål til hvert utdrag")
    _common(indexing, run=_index)
    evaluating = commands.add_parser("evaluate", help="kjør et spørsmålssett gjennom assistenten og si hvor god den er")
    evaluate.add_arguments(evaluating)
    _common(evaluating, run=evaluate.run)
    reviewing = commands.add_parser("review", help="det ansatte trenger: gå gjennom svar, og stell med loggen")
    review.add_arguments(reviewing)
    _common(reviewing, run=review.run)
    training = commands.add_parser("train", help="lag språkmodellen, eller tilpass resten til den")
    train.add_arguments(training)
    _common(training, run=train.run)
    return parser


def _common(parser: argparse.ArgumentParser, *, run: Command) -> None:
    parser.add_argument("--corpus", type=Path, metavar="MAPPE", help="mappen med kildesider")
    parser.add_argument("--index", type=Path, metavar="MAPPE", help="mappen som indeksen ligger i")
    parser.set_defaults(run=run)


def _ask_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="?", metavar="SPØRSMÅL")
    parser.add_argument(
        "--batch", type=Path, metavar="FIL", help="JSON Lines med «question» eller «turns» på hver linje"
    )
    parser.add_argument("--json", action="store_true", help="skriv svaret som JSON")
    parser.add_argument("--lang", choices=("nb", "nn"), help="svar på bokmål eller nynorsk")
    _common(parser, run=_ask)


def _chat_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="adressen siden svarer på")
    parser.add_argument("--port", help="porten siden svarer på")
    parser.add_argument("--root-path", metavar="STI", help="stien som en proxy viser siden under, for eksempel /chat")
    _common(parser, run=_chat)


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    if (options.question is None) == (options.batch is None):
        raise QuestionSetError(
            'Oppgi ett spørsmål, for eksempel: helseassistent ask "Kan legevakten ta røntgen?" – eller --batch FIL.'
        )
    one = [([options.question], options.lang)]
    questions = list(_batch(options.batch, language=options.lang)) if options.batch else one
    parts = with_approved(build_parts(settings, announce=_announce), settings)
    if is_outdated(parts.assistant.retriever.generation, settings):
        _announce(
            f"Sidene i «{settings.corpus}» er endret etter at indeksen ble laget, så svarene bygger på de gamle"
            f" til du kjører: {_index_command(options)}"
        )
    for turns, language in questions:
        _print_reply(parts, turns, language, as_json=options.json)
    return 0


def _index_command(options: argparse.Namespace) -> str:
    places = (("--corpus", options.corpus), ("--index", options.index))
    return shlex.join(
        ["helseassistent", "index", *(part for name, path in places if path for part in (name, str(path)))]
    )


def _print_reply(parts: Parts, turns: Sequence[str], language: Language | None, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(parts.record(turns, language), ensure_ascii=False), flush=True)
        return
    print(parts.text(parts.ask(turns, language)), end="\n\n", flush=True)


def _batch(path: Path, *, language: Language | None) -> Iterator[tuple[list[str], Language | None]]:
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")  # a question may hold other line ends
    except UnicodeDecodeError as error:
        raise QuestionSetError(f"«{path}» er ikke UTF-8. Lagre filen som UTF-8 og prøv igjen.") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _batch_line(line, where=f"«{path}», linje {number}", language=language)


def _batch_line(line: str, *, where: str, language: Language | None) -> tuple[list[str], Language | None]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise QuestionSetError(f"{where}: er ikke gyldig JSON.") from error
    turns = fields.get("turns", [fields.get("question")]) if isinstance(fields, dict) else None
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, str) for turn in turns):
        raise QuestionSetError(f"{where}: må ha «question» (tekst) eller «turns» (liste av tekster).")
    wanted = fields.get("lang")
    if wanted not in (None, "nb", "nn", "mixed"):
        raise QuestionSetError(f"{where}: «lang» er «{wanted}», men må være nb eller nn.")
    return turns, language or (wanted if wanted != "mixed" else None)


def _index(options: argparse.Namespace, settings: Settings) -> int:
    if options.questions:
        from helseassistent.wiring.writing_questions import write_questions

        count = write_questions(settings, announce=_announce)
        print(f"Språkmodellen skrev spørsmål til {count} utdrag. Les dem: de ligger ved siden av sidene.")
    report = build_index(settings, progress=sys.stderr.isatty())
    for problem in report.problems:
        print(f"Utelatt: {problem}", file=sys.stderr)
    parts = build_parts(settings)
    tried = try_questions(parts, progress=sys.stderr.isatty())
    _print_changes(report, settings)
    print(f"{tried} spørsmål kan foreslås etter et svar: hvert er prøvd og besvart fra stedet det er laget av.")
    _look_after_approved(parts, settings)
    return 0


def _look_after_approved(parts: Parts, settings: Settings) -> None:
    generation = parts.assistant.retriever.generation
    try:
        found = keep_true(settings, pages=generation.pages, generation=generation.manifest.generation)
    except HelseassistentError as error:  # the index is whole, and that was the job
        _announce(str(error))
        return
    if found and found.flagged:
        print(
            f"Godkjente svar som venter på at noen ser på dem, fordi kilden er endret eller borte: {found.flagged}."
            " De vises ikke som godkjent."
        )


def _print_changes(report: BuildReport, settings: Settings) -> None:
    if not report.rebuilt:
        print(f"Ingenting er endret: {report.pages} sider, {report.passages} utdrag (generasjon {report.generation}).")
        return
    for label, files in (("ny", report.added), ("endret", report.changed), ("borte", report.removed)):
        for file in files[:20]:
            print(f"{label}: {file}")
        if len(files) > 20:
            print(f"{label}: ... og {len(files) - 20} til")
    print(
        f"{report.pages} sider, {report.passages} utdrag, {report.embedded} lest inn på nytt"
        f" ({len(report.added)} nye sider, {len(report.changed)} endret, {len(report.removed)} borte)."
        f" Generasjon {report.generation} i «{settings.index}»."
    )


def _chat(options: argparse.Namespace, settings: Settings) -> int:
    port = settings.port if options.port is None else checked_port(options.port)
    root_path = settings.root_path if options.root_path is None else options.root_path
    chosen = replace(settings, host=options.host or settings.host, port=port, root_path=root_path)
    serve_chat(chosen, announce=_announce)
    return 0


def _announce(message: str) -> None:
    print(message, file=sys.stderr)
