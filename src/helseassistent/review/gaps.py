"""Content gaps: questions that no page answers, those that mean much the same together, and what to tell the owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from helseassistent.review.findings import Gap, Gaps, NearPage, Period
from helseassistent.review.owner_message import owner_message
from helseassistent.review.schema import approved, exchanges, replies, verdicts
from helseassistent.review.small_groups import LEAST, in_fives
from helseassistent.review.store import Store
from helseassistent.types import Encoder, Page, Reason, Vectors

LOOKED_THROUGH = 2_000  # wordings; all pairs of so many are compared in a twentieth of a second
LISTED = 20
_ALIKE = 0.5  # cosine; tests/review/test_gaps.py measures it
_EXAMPLES = 5
_READ = 30  # wordings of a gap whose replies are asked which page was near


@dataclass(frozen=True, slots=True)
class _Form:
    """One wording, how many asked so, and the last time."""

    asked: str
    question: str
    times: int
    seq: int


_Declined: TypeAlias = tuple[Reason, str]  # why, and the file of the passage that was nearest, if any


def find_gaps(store: Store, period: Period, *, encoder: Encoder, pages: Mapping[str, Page]) -> Gaps:
    """The gaps that the questions of `period` show, largest first; `encoder` should be the fast one."""
    with store.reading() as connection:
        forms = _declined(connection, period)
        bounded = len(forms) > LOOKED_THROUGH
        forms = forms[:LOOKED_THROUGH]
        vectors = encoder.encode_questions([form.question for form in forms])
        groups = [[forms[row] for row in rows] for rows in alike(vectors, times=[form.times for form in forms])]
        large = [group for group in groups if sum(form.times for form in group) >= LEAST]
        listed = sorted(large, key=lambda group: -sum(form.times for form in group))[:LISTED]
        why = _why(connection, [form.seq for group in listed for form in group[:_READ]])
    return Gaps(tuple(_gap(group, why=why, pages=pages) for group in listed), bounded)


def alike(vectors: Vectors, *, times: Sequence[int], least: float = _ALIKE) -> list[list[int]]:
    """Rows in groups, each row in one: around the row with most of `times` within `least`, then around the next.

    The middle of a group comes first, then the others by nearness. A row like no other stands alone.
    """
    near = vectors @ vectors.T
    weights = np.asarray(times, dtype=np.float32)
    linked: NDArray[np.bool_] = near >= least
    np.fill_diagonal(linked, True)  # the vector of a text without a known word is like nothing, itself too
    free = np.ones(len(weights), dtype=np.bool_)
    reach = weights @ linked.astype(np.float32)
    groups: list[list[int]] = []
    while free.any():
        middle = int(np.argmax(np.where(free, reach, -1.0)))
        rows = np.flatnonzero(linked[middle] & free)
        free[rows] = False
        reach -= weights[rows] @ linked[rows]  # of whole rows, which is the same and reads what lies together
        others = sorted((row for row in rows if row != middle), key=lambda row: -near[middle, row])
        groups.append([middle, *(int(row) for row in others)])
    return groups


def _declined(connection: Connection, period: Period) -> list[_Form]:
    """Every wording that was not answered though it may be about the pages, the frequent and the latest ones first.

    Not those that a reviewer says the pages do answer, and not those that have an approved answer by now.
    """
    e, later = exchanges.c, verdicts.alias()
    newer = select(later.c.id).where(later.c.exchange == verdicts.c.exchange, later.c.version > verdicts.c.version)
    answerable = select(e.asked).join(verdicts).where(verdicts.c.judgement == "should_answer", ~newer.exists())
    by_now = select(approved.c.asked).where(approved.c.state == "standing")
    rows = connection.execute(
        select(e.asked, func.max(e.question), func.count(), func.max(e.seq))
        .where(e.day.between(period.first, period.last), e.kind == "abstention", e.reason != "out_of_scope")
        .where(e.asked.not_in(answerable), e.asked.not_in(by_now))
        .group_by(e.asked)
        .order_by(func.count().desc(), func.max(e.seq).desc())
        .limit(LOOKED_THROUGH + 1)
    )
    return [_Form(row[0], row[1], row[2], row[3]) for row in rows]


def _why(connection: Connection, seqs: Sequence[int]) -> dict[int, _Declined]:
    """Of those exchanges, by their number."""
    e = exchanges.c
    rows = connection.execute(
        select(e.seq, e.reason, replies.c.reply).join_from(exchanges, replies).where(e.seq.in_(seqs))
    )
    return {row.seq: (row.reason, row.reply["evidence"][0]["file"] if row.reply["evidence"] else "") for row in rows}


def _gap(forms: Sequence[_Form], *, why: Mapping[int, _Declined], pages: Mapping[str, Page]) -> Gap:
    known = [why[form.seq] for form in forms if form.seq in why]
    reasons, near = Counter(reason for reason, _ in known), Counter(file for _, file in known)
    page = next((pages[file] for file, _ in near.most_common() if file in pages), None)
    questions = in_fives(sum(form.times for form in forms)) or LEAST
    examples = tuple(form.question for form in forms[:_EXAMPLES])
    nearest = NearPage(page.file, page.title, page.publisher, page.url) if page else None
    message = owner_message(nearest, questions=questions, examples=examples, language=page.language if page else "nb")
    return Gap(questions, examples, nearest, reasons.most_common(1)[0][0], message)
