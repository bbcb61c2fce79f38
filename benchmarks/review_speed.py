"""How long staff wait with 100,000 logged questions: queue, search, reports, a case.

Questions are made of word lists, so that nobody's are needed: some are asked again and again, most once or twice.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Table, insert
from tqdm import tqdm

from helseassistent.index.encode import load_encoder
from helseassistent.review.exchanges import asked, exchange, quotes_of, reply_of
from helseassistent.review.gaps import find_gaps
from helseassistent.review.ledger import Ledger
from helseassistent.review.queue import Wanted, find
from helseassistent.review.reports import Reporter
from helseassistent.review.schema import exchanges, feedback, quotes, replies, urgent_counts, verdicts
from helseassistent.review.sources import Sources
from helseassistent.review.store import Store, open_store
from helseassistent.review.usage import complaints, page_uses, period_of, sources, volumes
from helseassistent.types import Page

TODAY, DAYS, FILES = date(2026, 3, 18), 90, 300
_AT_ONCE = 5_000
_SUBJECTS = (
    "legevakten",
    "fastlegen",
    "helsestasjonen",
    "sykehjemmet",
    "hjemmesykepleien",
    "tannlegen",
    "skolehelsetjenesten",
    "jordmoren",
    "psykologen",
    "fysioterapeuten",
    "ergoterapeuten",
    "avlastningen",
    "dagsenteret",
    "matombringingen",
    "trygghetsalarmen",
    "pasientreiser",
    "apoteket",
    "øyelegen",
    "hørselssentralen",
    "rusklinikken",
    "ambulansen",
    "laboratoriet",
    "vaksinekontoret",
    "smittevernkontoret",
)
_ACTS = (
    "ta røntgen",
    "gi resept",
    "sy sår",
    "ta blodprøver",
    "sette vaksine",
    "henvise meg",
    "komme hjem",
    "dekke reisen",
    "hjelpe barnet mitt",
    "skrive attest",
    "ta imot uten time",
    "undersøke øret",
    "måle blodtrykk",
    "fjerne sting",
    "gi råd om kosthold",
    "låne ut krykker",
    "forlenge sykmeldingen",
    "teste synet",
    "ta ekg",
    "svare på meldinger",
    "sende journalen",
    "hjelpe med søknad",
    "tolke prøvesvar",
)
_WHEN = (
    "",
    "i helgen",
    "om natten",
    "i påsken",
    "på en søndag",
    "etter klokken ti",
    "i dag",
    "neste uke",
    "når jeg er på reise",
    "uten henvisning",
    "hvis jeg er gravid",
    "for moren min",
    "for barn under seks år",
    "når det haster",
    "som student",
    "når jeg bor i en annen kommune",
)
_OPENINGS = ("Kan", "Vil", "Skal", "Pleier", "Bør", "Må", "Får")


QUEUES = {
    "first page": Wanted(),
    "fiftieth page": Wanted(page=50),
    "search, two words": Wanted(words="legevakten røntgen"),
    "search, no hit": Wanted(words="ultralyd"),
    "thumbs down": Wanted(said="down"),
    "judged": Wanted(state="judged"),
    "old sources": Wanted(ground="old_source"),
    "frequent, all": Wanted(state="all", ground="frequent"),
}


@dataclass(frozen=True, slots=True)
class Edition:
    generation: str
    pages: dict[str, Page]


def main() -> int:
    """Measure, and print a table; 0 if each p95 is under a second."""
    given = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="review-speed-") as folder:
        store = open_store(given.database or str(Path(folder) / "log.sqlite"))
        took = fill(store, given.rows)
        measured = {name: timed(work, given.times) for name, work in works(store)}
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        store.close()
    print(
        f"{given.rows} rows in {store.engine.dialect.name}, written in {took:.0f} s, {size / 1e6:.0f} MB.", _machine()
    )
    print("| what | p50 s | p95 s | processor s |\n|---|---|---|---|")
    for name, (middle, late, processor) in measured.items():
        print(f"| {name} | {middle:.3f} | {late:.3f} | {processor:.3f} |")
    if given.json:
        given.json.write_text(json.dumps(measured, indent=1))
    return int(any(late >= 1 for _, late, _ in measured.values()))


def works(store: Store) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is measured, by name."""
    edition = Edition("g2", pages())
    known = Sources("g2", edition.pages)
    encoder = load_encoder(None)
    period = period_of(TODAY, weeks=12, keep_days=DAYS)
    reporter = Reporter(store, lambda: edition, encoder, DAYS)
    used = page_uses(store, period, pages=edition.pages)
    yield "volumes by week", lambda: volumes(store, period)
    yield "sources", lambda: sources(page_uses(store, period, pages=edition.pages))
    yield "complaints", lambda: complaints(store, period, used=used)
    yield "content gaps", lambda: find_gaps(store, period, encoder=encoder, pages=edition.pages)
    yield "the report, made anew", lambda: Reporter(store, lambda: edition, encoder, DAYS).report(today=TODAY)
    yield "the report, as it was made", lambda: reporter.report(today=TODAY)
    yield "one case", lambda: (exchange(store, "r50000"), reply_of(store, "r50000"), quotes_of(store, "r50000"))
    yield "rows for the queue after a start", lambda: Ledger(store, lambda: known).now()
    ledger = Ledger(store, lambda: known)
    for name, wanted in QUEUES.items():
        yield f"queue: {name}", lambda wanted=wanted: find(store, ledger.now(), wanted, today=TODAY)  # type: ignore[misc]


def timed(work: Callable[[], object], times: int) -> tuple[float, float, float]:
    """Median, 95th percentile, and the median of the processor's time, in seconds, after one run to warm up."""
    work()
    walls, processor = [], []
    for _ in range(times):
        begun, used = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - begun)
        processor.append(time.process_time() - used)
    return float(np.median(walls)), float(np.percentile(walls, 95)), float(np.median(processor))


def fill(store: Store, rows: int) -> float:
    """Write so many exchanges over 90 days, with what people and reviewers said; the seconds that took."""
    begun = time.perf_counter()
    draw = random.Random(20261126)
    common = [_question(draw) for _ in range(2_000)]
    for first in tqdm(range(0, rows, _AT_ONCE), desc="Fyller loggen"):
        made = [_exchange(draw, number, common, rows) for number in range(first, min(first + _AT_ONCE, rows))]
        tables: dict[Table, list[dict[str, Any]]] = {
            exchanges: [one[0] for one in made],
            replies: [{"exchange": row["id"], "reply": _reply(draw, row)} for row, _ in made],
            quotes: [quote for _, quoted in made for quote in quoted],
            feedback: [said for row, _ in made if (said := _said(draw, row))],
            verdicts: [said for row, _ in made if (said := _verdict(draw, row))],
        }
        with store.writing() as connection:
            for table, values in tables.items():
                connection.execute(insert(table), values)
    with store.writing() as connection:
        days = [TODAY - timedelta(days=number) for number in range(DAYS)]
        counts = [{"day": day, "urgency": "life", "times": draw.randrange(30)} for day in days]
        connection.execute(insert(urgent_counts), counts)
    return time.perf_counter() - begun


def pages() -> dict[str, Page]:
    """The pages that are quoted; a tenth has gone."""
    return {
        _file(number): Page(
            _file(number),
            f"Side {number}",
            f"https://by.example/{number}",
            "By",
            "nb",
            _updated(number),
            None,
            "Tekst.",
        )
        for number in range(FILES * 9 // 10)
    }


def _question(draw: random.Random) -> str:
    parts = (draw.choice(_OPENINGS), draw.choice(_SUBJECTS), draw.choice(_ACTS), draw.choice(_WHEN), draw.choice(_WHEN))
    return " ".join(" ".join(parts).split()) + "?"


def _exchange(
    draw: random.Random, number: int, common: list[str], rows: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    frequent = draw.random() < 0.5
    question = common[min(int(draw.paretovariate(0.6)) - 1, 1_999)] if frequent else _question(draw)
    declined = hash(question) % 10 < 3
    row = {
        "id": f"r{number}",
        "day": TODAY - timedelta(days=DAYS - 1 - number * DAYS // rows),
        "question": question,
        "asked": asked(question),
        "language": draw.choice(("nb", "nb", "nn")),
        "kind": "abstention" if declined else "answer",
        "reason": draw.choice(("near_miss", "no_evidence", "out_of_scope")) if declined else None,
        "notice": None,
        "confidence": draw.random() * 0.4 if declined else 0.4 + draw.random() * 0.6,
        "threshold": 0.4,
        "generation": draw.choice(("g1", "g2")),
        "engine": "extractive",
        "turn": 1,
    }
    quoted = [] if declined else [_quote(draw, row["id"], position) for position in range(draw.choice((1, 2, 3)))]
    return row, quoted


def _quote(draw: random.Random, id: str, position: int) -> dict[str, Any]:
    number = min(int(draw.paretovariate(0.7)) - 1, FILES - 1)
    words = f"{draw.choice(_SUBJECTS).capitalize()} kan {draw.choice(_ACTS)} {draw.choice(_WHEN)}.".replace(" .", ".")
    named = {"page_url": f"https://by.example/{number}", "title": f"Side {number}", "publisher": "By"}
    place = {"file": _file(number), "start": 100, "end": 100 + len(words), "quote": words}
    return {"exchange": id, "position": position, **place, **named, "last_updated": _updated(number)}


def _reply(draw: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    evidence = [{"file": _file(draw.randrange(FILES)), "start": 0, "end": 400, "score": 0.5} for _ in range(10)]
    text = f"{row['question']} " * 12  # a reply of usual length
    return {"kind": row["kind"], "question": row["question"], "text": text, "claims": [], "evidence": evidence}


def _said(draw: random.Random, row: dict[str, Any]) -> dict[str, Any] | None:
    if draw.random() > 0.1:
        return None
    helpful = draw.random() < 0.6
    reason = None if helpful else draw.choice(("wrong", "missing", "outdated", "other", None))
    return {"exchange": row["id"], "helpful": helpful, "reason": reason, "day": row["day"]}


def _verdict(draw: random.Random, row: dict[str, Any]) -> dict[str, Any] | None:
    if draw.random() > 0.03:
        return None
    said = {"judgement": draw.choice(("approved", "should_answer", "wrong_source")), "importance": "normal"}
    empty = {"category": "", "note": "", "right": [], "generation": "g1"}
    return (
        {"exchange": row["id"], "version": 1, "question": row["question"], "reviewer": "kari"}
        | said
        | empty
        | {"day": row["day"]}
    )


def _file(number: int) -> str:
    return f"by/{number:03d}.md"


def _updated(number: int) -> date | None:
    return date(2017, 1, 1) + timedelta(days=number * 11) if number % 5 else None


def _machine() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=20, help="runs of each")
    parser.add_argument("--database", help="an empty PostgreSQL database, postgresql://...; else SQLite in a new file")
    parser.add_argument("--json", type=Path, help="where the figures go too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
