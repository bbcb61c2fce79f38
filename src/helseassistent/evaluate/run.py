"""Owns a run: every question asked once, its record on disk, and scoring a run again from its records."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TypeAlias, cast, get_args

from helseassistent import durable
from helseassistent.errors import HelseassistentError, QuestionSetError
from helseassistent.evaluate.questions import Question, question_from_row
from helseassistent.evaluate.rows import Row, json_rows
from helseassistent.evaluate.scoring import Outcome, Score, score_reply
from helseassistent.reply import ReplyRecord
from helseassistent.types import Page

Ask: TypeAlias = Callable[[Question], ReplyRecord]
RECORDS = "records.jsonl"
PARTIAL = "records.partial.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    """One question of a run; either `reply` and `score` are set, or `error` is."""

    question: Question
    reply: ReplyRecord | None
    error: str | None
    seconds: float  # as the asker waited
    score: Score | None

    @property
    def outcome(self) -> Outcome:
        return self.score.outcome if self.score else "error"


def ask_one(question: Question, *, ask: Ask, pages: Mapping[str, Page]) -> Case:
    """The case of one question; an error of the assistant becomes part of it, a bug still crashes."""
    started = perf_counter()
    try:
        reply = ask(question)
    except (HelseassistentError, OSError) as error:
        return Case(question, None, f"{type(error).__name__}: {error}", _since(started), None)
    return Case(question, reply, None, _since(started), score_reply(question, reply, pages=pages))


def _since(started: float) -> float:
    """Seconds, in microseconds as the records keep them, so that a run reads back as it was."""
    return round(perf_counter() - started, 6)


def run_questions(
    questions: Sequence[Question],
    *,
    ask: Ask,
    pages: Mapping[str, Page],
    done: Sequence[Case] = (),
    on_case: Callable[[Case], None] = lambda case: None,
) -> tuple[Case, ...]:
    """A case for every question in order; one that `done` holds unchanged is not asked again."""
    before = {case.question.id: case for case in done}
    cases: list[Case] = []
    for question in questions:
        known = before.get(question.id)
        case = known if known and known.question == question else ask_one(question, ask=ask, pages=pages)
        cases.append(case)
        on_case(case)
    return tuple(cases)


def record_json(case: Case) -> str:
    """The case as one line, without its line break; enough to score it again."""
    score = case.score
    return json.dumps(
        {
            "question": asdict(case.question),
            "reply": case.reply,
            "error": case.error,
            "seconds": case.seconds,
            "outcome": case.outcome,
            "rank": score.rank if score else None,
            "measures": dict(score.measures) if score else {},
        },
        ensure_ascii=False,
    )


def _case_from_row(row: Row) -> Case:
    question = question_from_row(row.row("question"), pages=None)
    seconds = row.number("seconds")
    if row.is_null("reply"):
        return Case(question, None, row.text("error"), seconds, None)
    # The reply is our own record; its kind is looked at so that another file is not taken for one.
    row.row("reply").choice("kind", ("answer", "abstention", "urgent"))
    reply = cast(ReplyRecord, row.raw("reply"))
    measures = row.numbers("measures")
    rank = None if row.is_null("rank") else int(row.number("rank"))
    score = Score(cast(Outcome, row.choice("outcome", get_args(Outcome))), measures, rank)
    return Case(question, reply, None, seconds, score)


def read_records(path: Path) -> tuple[Case, ...]:
    """The cases of a run, with the scores they got then; `path` is the records file or the folder that holds it.

    Raises:
        QuestionSetError: naming the line that is not a record.
    """
    file = path / RECORDS if path.is_dir() else path
    if not file.is_file():
        raise QuestionSetError(f"Fant ingen kjøring på {path}; oppgi mappa som --out skrev, med {RECORDS} i.")
    return tuple(_case_from_row(row) for row in json_rows(file))


def rescore(cases: Sequence[Case], *, pages: Mapping[str, Page]) -> tuple[Case, ...]:
    """The same replies scored against `pages` as they are now; nothing is asked."""
    return tuple(
        replace(case, score=score_reply(case.question, case.reply, pages=pages)) if case.reply else case
        for case in cases
    )


def _finished(path: Path) -> tuple[Case, ...]:
    """The cases of an interrupted run; the line that was being written when it stopped is dropped."""
    content = path.read_bytes()
    path.write_bytes(content[: content.rfind(b"\n") + 1])
    return tuple(_case_from_row(row) for row in json_rows(path)) if path.stat().st_size else ()


def record_run(
    questions: Sequence[Question],
    *,
    ask: Ask,
    pages: Mapping[str, Page],
    out: Path,
    resume: bool = False,
    progress: Callable[[int], None] = lambda count: None,
) -> tuple[Case, ...]:
    """Run the set and leave `records.jsonl` in `out`.

    Each case is on disk before the next is asked; with `resume` an interrupted run goes on where it stopped.
    """
    out.mkdir(parents=True, exist_ok=True)
    partial = out / PARTIAL
    done = _finished(partial) if resume and partial.is_file() else ()
    count = 0
    # Appended to, so that stopping a resumed run loses nothing of the run before it.
    with partial.open("a" if done else "w", encoding="utf-8", newline="\n") as journal:

        def keep(case: Case) -> None:
            nonlocal count
            count += 1
            progress(count)
            if case not in done:
                journal.write(record_json(case) + "\n")
                journal.flush()

        cases = run_questions(questions, ask=ask, pages=pages, done=done, on_case=keep)
    write_records(cases, path=out / RECORDS)
    partial.unlink()
    return cases


def write_records(cases: Sequence[Case], *, path: Path) -> None:
    """Put the records at `path` in one step; `read_records` gives the same cases back."""
    durable.replace_file(path, "".join(record_json(case) + "\n" for case in cases).encode())
