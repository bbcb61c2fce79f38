"""Run every development set that is here and write the figures into docs/evaluation.md (`make eval`).

With --gates nothing is written, and the exit status says whether a gate broke: that is what CI runs. Sets below
`../shared` are left out where that folder is missing.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
from datetime import date
from pathlib import Path

from helseassistent.cli import main as helseassistent
from helseassistent.evaluate.stage import with_section

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "bench"
DOCUMENT = ROOT / "docs" / "evaluation.md"
METHODS = (
    "hybrid,dense,contextual,bm25,bm25-without-thesaurus,grams,sentence,without-contextual,without-read,without-in_context,without-late,without-said,without-length,without-own-words,without-thesaurus,without-bokmaal,without-contextual-candidates,"
    "without-dense,without-context,without-sentence,without-words,without-grams,without-headings"
)
RETRIEVAL = ("noreg_faq_nob", "health_law_sections", "nav_skrivestotte", "norquad_test_chunks")
HELSERETT = SHARED / "helserett"


def main() -> int:
    """Evaluate all sets; 1 if a gate broke or a set could not be run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gates", action="store_true", help="write nothing, only judge")
    judging = parser.parse_args().gates
    document = [] if judging else ["--markdown", str(DOCUMENT)]
    broken = [name for name, arguments in _sets() if helseassistent(["evaluate", *arguments, *document])]
    if not judging:
        _write_tables()
    if broken:
        print(f"Brutte grenser i: {', '.join(broken)}.", file=sys.stderr)
    return 1 if broken else 0


def _sets() -> list[tuple[str, list[str]]]:
    questions = ROOT / "benchmarks" / "questions"
    emergency = ["--emergency", str(ROOT / "benchmarks" / "safety" / "sikkerhet.jsonl")]
    own = ["--corpus", str(ROOT / "corpus"), "--index", str(ROOT / "index")]
    sets = [
        ("sporsmal-kilder", [str(questions / "sporsmal-kilder.jsonl"), *own, *emergency]),
        ("kilder-utvikling", [str(questions / "kilder-utvikling.jsonl"), *own]),
    ]
    if HELSERETT.is_dir():
        sets.append(("helserett", [str(HELSERETT / "sporsmal.jsonl"), "--corpus", str(HELSERETT / "pages")]))
    return [(name, [*arguments, "--out", str(ROOT / "runs" / name)]) for name, arguments in sets]


def _write_tables() -> None:
    """The retrieval tables, each method a row with n and interval."""
    document = DOCUMENT.read_text(encoding="utf-8")
    if HELSERETT.is_dir():
        arguments = [str(HELSERETT / "sporsmal.jsonl"), "--corpus", str(HELSERETT / "pages"), "--methods", METHODS]
        document = with_section(
            document, name="metoder: helserett", content=_table(arguments, title="Søkemetoder: helserett")
        )
        for name in RETRIEVAL:
            arguments = [
                "--retrieval",
                str(SHARED / "retrieval" / name),
                "--methods",
                "hybrid,dense,contextual,bm25,without-contextual,without-read,without-in_context,without-late,without-said,without-length,without-own-words,without-contextual-candidates",
            ]
            document = with_section(
                document, name=f"metoder: {name}", content=_table(arguments, title=f"Søkemetoder: {name}")
            )
    DOCUMENT.write_text(document, encoding="utf-8")


def _table(arguments: list[str], *, title: str) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        helseassistent(["evaluate", *arguments])
    return f"### {title}\n\nMålt {date.today().isoformat()}.\n\n{printed.getvalue()}"


if __name__ == "__main__":
    sys.exit(main())
