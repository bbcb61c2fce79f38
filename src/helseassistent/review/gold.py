"""The gold set: what the assistant shall say to the questions that somebody has judged, as a set that `evaluate` runs.

It lies in the log's database, whose every change of a case raises the set's version, and is written out as JSON Lines.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects import postgresql, sqlite

from helseassistent import durable
from helseassistent.reply import ReplyRecord
from helseassistent.review.cases import GoldCase, GoldKind, Judgement, Quote, Verdict
from helseassistent.review.exchanges import asked
from helseassistent.review.schema import gold
from helseassistent.review.standing import complete
from helseassistent.review.store import Store
from helseassistent.review.verdicts import quote_from, quote_record
from helseassistent.text.redact import Redacted
from helseassistent.text.words import language_of
from helseassistent.types import Page

_REJECTS: frozenset[Judgement] = frozenset(
    ("corrected", "wrong_source", "should_not_answer", "should_answer", "dangerous")
)
_WITHOUT_ANSWER: frozenset[Judgement] = frozenset(("should_not_answer", "dangerous"))
_WRITING = threading.Lock()
_TRIES = 5  # to write a file that is newer than what others have just kept


def case_from(kept: Verdict, *, reply: ReplyRecord | None, pages: Mapping[str, Page]) -> GoldCase:
    """The case that a verdict makes of a question; `reply` is what was judged, None if nobody asked here."""
    said = kept.said
    question = question_of(kept, reply=reply)
    given = quotes_of(reply)
    rejects = said.judgement in _REJECTS
    right = () if said.judgement in _WITHOUT_ANSWER else said.right or (() if rejects else given)
    known = tuple(found for quote in right if (found := complete(quote, pages=pages)))
    known = known if len(known) == len(right) else ()
    kind = _kind(kept, reply=reply, right=right)
    return GoldCase(
        id=case_id(question),
        question=question,
        language=reply["lang"] if reply else language_of(question),
        kind=kind,
        right=known or right,
        rejected=tuple(quote for quote in given if rejects and not _is_among(quote, right)),
        regression=rejects,
        judgement=said.judgement,
        importance=said.importance,
        category=said.category,
        day=said.day,
        verdict=kept.id,
        state="active" if kind != "answerable" or known else ("resting" if right else "open"),
        changed=0,
    )


def question_of(kept: Verdict, *, reply: ReplyRecord | None) -> str:
    """The question as it can be asked alone: as it was understood, without placeholders."""
    said = kept.said.question
    if reply and reply["understood"] and said == reply["question"]:
        said = reply["understood"]
    return " ".join(Redacted(said).bare.split()) or said


def case_id(question: str) -> str:
    """The same for all who ask alike."""
    return f"gull-{hashlib.sha256(asked(question).encode()).hexdigest()[:12]}"


def quotes_of(reply: ReplyRecord | None) -> tuple[Quote, ...]:
    """What an answer quotes, each quote with the number of its claim."""
    return tuple(
        Quote(
            file=citation["file"],
            start=citation["start"],
            end=citation["end"],
            quote=citation["quote"],
            page_url=citation["page_url"],
            title=citation["title"],
            publisher=citation["publisher"],
            last_updated=date.fromisoformat(citation["last_updated"]) if citation["last_updated"] else None,
            claim=number,
        )
        for number, claim in enumerate(reply["claims"] if reply else ())
        for citation in claim["citations"]
    )


def keep(connection: Connection, case: GoldCase) -> GoldCase:
    """Put the case in place of an earlier one with the same question, under a new version of the set."""
    insert = postgresql.Insert if connection.dialect.name == "postgresql" else sqlite.Insert
    kept = replace(case, changed=_version(connection) + 1)
    values = {column.name: getattr(kept, column.name) for column in gold.c if column.name != "asked"}
    values |= {name: [quote_record(quote) for quote in getattr(kept, name)] for name in ("right", "rejected")}
    values["asked"] = asked(kept.question)
    new = insert(gold).values(values)
    connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=values))
    return kept


def case_with(connection: Connection, id: str) -> GoldCase | None:
    """The case of that id."""
    row = connection.execute(select(gold).where(gold.c.id == id)).one_or_none()
    return case_of(row) if row else None


def all_cases(store: Store) -> tuple[GoldCase, ...]:
    """Every case, in the order of their ids."""
    with store.reading() as connection:
        rows = connection.execute(select(gold).order_by(gold.c.id)).all()
    return tuple(case_of(row) for row in rows)


def version_of(cases: Sequence[GoldCase]) -> int:
    """The version of a set; 0 for an empty one."""
    return max((case.changed for case in cases), default=0)


def write_gold(store: Store, path: Path) -> int:
    """Put the cases that can be right at `path`, in one step; the version written. `evaluate` reads the file.

    An empty set makes no file where there is none.
    """
    if not path.exists() and not all_cases(store):
        return 0
    with _WRITING:
        durable.make_folders(path.parent)
        for _ in range(_TRIES):  # another machine may have written an older set after the newer was kept
            cases = all_cases(store)
            durable.replace_file(path, "".join(f"{line}\n" for line in lines(cases)).encode())
            path.chmod(0o600)
            if version_of(all_cases(store)) == version_of(cases):
                break
    return version_of(cases)


def mend(store: Store, right: Collection[str]) -> int:
    """Let the regression cases whose ids are `right` be ordinary ones, that must stay right; how many they were."""
    with store.writing() as connection:
        found = connection.execute(select(gold).where(gold.c.regression)).all()
        mended = [case for row in found if (case := case_of(row)).id in right]
        for case in mended:
            keep(connection, replace(case, regression=False))
    return len(mended)


def lines(cases: Sequence[GoldCase]) -> list[str]:
    """The active cases in the question format, with what else is known of each; nobody's name is in it."""
    version = version_of(cases)
    return [json.dumps(_record(case, version), ensure_ascii=False) for case in cases if case.state == "active"]


def case_of(row: Row[tuple[object, ...]]) -> GoldCase:
    """The row of `gold` as a value."""
    fields = dict(row._mapping)
    del fields["asked"]
    fields |= {name: tuple(quote_from(record) for record in fields[name]) for name in ("right", "rejected")}
    return GoldCase(**fields)


def _record(case: GoldCase, version: int) -> dict[str, object]:
    quotes = [
        {"file": quote.file, "quote": quote.quote, "url": quote.page_url, "section": (quote.headings or (None,))[-1]}
        for quote in case.right
    ]
    return {
        "id": case.id,
        "question": case.question,
        "lang": case.language,
        "style": "regresjon" if case.regression else "vurdert",
        "kind": case.kind,
        "relevant": quotes,
        "facts": [],
        "answer": " ".join(" ".join(quote.quote.split()) for quote in case.right),
        "approved": not case.regression,
        "rejected": [{"file": quote.file, "quote": quote.quote} for quote in case.rejected],
        "judgement": case.judgement,
        "importance": case.importance,
        "category": case.category,
        "day": case.day.isoformat(),
        "changed": case.changed,
        "version": version,
    }


def _kind(kept: Verdict, *, reply: ReplyRecord | None, right: Sequence[Quote]) -> GoldKind:
    if right or kept.said.judgement == "should_answer":
        return "answerable"
    return "out_of_scope" if reply and reply["reason"] == "out_of_scope" else "near_miss"


def _is_among(quote: Quote, others: Sequence[Quote]) -> bool:
    return any((other.file, other.quote) == (quote.file, quote.quote) for other in others)


def _version(connection: Connection) -> int:
    return int(connection.execute(select(func.max(gold.c.changed))).scalar_one() or 0)
