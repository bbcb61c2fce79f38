"""That questions which mean the same and were not answered come together, with what to tell the page's owner.

`data/gap_questions.json` holds questions by subject, made up for this, and some that belong to none. The threshold was
chosen on the first, third and so on of the subjects; the others were kept for measuring.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from fakes import page
from helseassistent.index.encode import load_encoder
from helseassistent.review.cases import Approved, NewExchange, NewVerdict
from helseassistent.review.exchanges import asked, write
from helseassistent.review.findings import Gaps, NearPage, Period
from helseassistent.review.gaps import alike, find_gaps
from helseassistent.review.owner_message import owner_message
from helseassistent.review.schema import approved
from helseassistent.review.store import Store
from helseassistent.review.verdicts import judge
from helseassistent.types import Encoder
from review.fakes import entry

SUBJECTS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "data" / "gap_questions.json").read_text(encoding="utf-8")
)
NAMED = [subject for subject in SUBJECTS if subject]
MONDAY = date(2026, 3, 2)
PERIOD = Period(MONDAY, MONDAY + timedelta(days=6))
PAGES = {"by/a.md": page("by/a.md", "Røntgen.")}


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The shipped one."""
    return load_encoder(None)


def declined(question: str, *, reason: str = "near_miss", times: int = 1, day: date = MONDAY) -> list[NewExchange]:
    made = [entry(f"{question}-{reason}-{day}-{number}", question, day=day) for number in range(times)]
    return [
        replace(one, kind="abstention", reason=reason, reply={**one.reply, "claims": []})  # type: ignore[arg-type]
        for one in made
    ]


def found(store: Store, encoder: Encoder) -> Gaps:
    return find_gaps(store, PERIOD, encoder=encoder, pages=PAGES)


@pytest.mark.parametrize(("half", "least"), [(0, 4), (1, 5)])
def test_questions_of_a_subject_come_together_and_no_others_with_them(encoder: Encoder, half: int, least: int) -> None:
    subjects = NAMED[half::2]
    asked_for = [(question, subject) for subject in subjects for question in SUBJECTS[subject]]
    asked_for += [(question, question) for question in SUBJECTS[""]]
    vectors = encoder.encode_questions([question for question, _ in asked_for])
    groups = alike(vectors, times=[1] * len(asked_for))
    of = [{asked_for[row][1] for row in rows} for rows in groups]
    assert all(len(subjects_of) == 1 for subjects_of in of)
    assert sum(len(rows) >= 5 for rows in groups) >= least


def test_every_row_is_in_one_group_the_middle_first() -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1], [0.96, 0.28], [0, 0]], np.float32)
    assert alike(vectors, times=[1, 1, 1, 1, 1], least=0.9) == [[3, 0, 1], [2], [4]]
    assert alike(vectors[:0], times=[]) == []


def test_what_is_asked_most_comes_first() -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [-1, 0], [-0.8, 0.6]], np.float32)
    assert alike(vectors, times=[9, 1, 1, 1], least=0.79) == [[0, 1], [2, 3]]
    assert alike(vectors, times=[1, 1, 1, 9], least=0.79) == [[2, 3], [0, 1]]


def test_a_gap_has_examples_the_nearest_page_and_a_draft_to_its_owner(store: Store, encoder: Encoder) -> None:
    write(store, [one for question in SUBJECTS["prevensjon"] for one in declined(question, times=3)])
    (gap,) = found(store, encoder).gaps
    assert gap.questions in (10, 15)
    assert set(gap.examples) <= set(SUBJECTS["prevensjon"])
    assert gap.nearest == NearPage("by/a.md", "Om by/a.md", "Bergen kommune", "https://example.no/by/a.md")
    assert gap.reason == "near_miss"
    assert "siden «Om by/a.md»" in gap.message
    assert f"– {gap.examples[0]}" in gap.message


def test_fewer_than_five_are_no_gap(store: Store, encoder: Encoder) -> None:
    write(store, declined("Hvor får jeg gratis prevensjon?", times=4))
    assert found(store, encoder) == Gaps((), False)
    write(store, declined("Får jeg gratis prevensjon?"))
    assert [gap.questions for gap in found(store, encoder).gaps] == [5]


def test_what_is_outside_answerable_approved_or_of_another_week_is_no_gap(store: Store, encoder: Encoder) -> None:
    write(store, declined("Hva heter ordføreren i byen?", reason="out_of_scope", times=9))
    write(store, declined("Hvor kan jeg parkere?", times=9, day=MONDAY - timedelta(days=1)))
    write(store, declined("Kan jeg få tolk?", times=9))
    write(store, declined("Hvordan tar jeg allergitest?", times=9))
    case = declined("Kan jeg få tolk?")[0].id
    judge(store, NewVerdict(case, "Kan jeg få tolk?", "kari", "should_answer", MONDAY), seen=0)
    question = "Hvordan tar jeg allergitest?"
    made = Approved("godkjent", question, "nb", (), "kari", MONDAY, "g1")
    with store.writing() as connection:
        row = {name: getattr(made, name) for name in ("id", "question", "language", "reviewer", "day", "generation")}
        row |= {"asked": asked(question), "quotes": [], "state": "standing", "changes": [], "version": 1}
        connection.execute(approved.insert().values({**_defaults(), **row}))
    assert found(store, encoder).gaps == ()
    judge(store, NewVerdict(case, "Kan jeg få tolk?", "kari", "should_not_answer", MONDAY), seen=1)
    assert [gap.examples for gap in found(store, encoder).gaps] == [("Kan jeg få tolk?",)]


def _defaults() -> dict[str, object]:
    """Of columns that later changes added."""
    return {column.name: "" for column in approved.c if not column.nullable}


def test_the_draft_is_written_in_the_page_s_own_form_of_norwegian() -> None:
    near = NearPage("a.md", "Legevakt", "By", "https://by.example")
    given = {"questions": 5, "examples": ["Kan eg\nkome?"]}
    assert "Slik har dei spurt:\n– Kan eg kome?" in owner_message(near, language="nn", **given)  # type: ignore[arg-type]
    assert "Slik har de spurt:" in owner_message(near, language="nb", **given)  # type: ignore[arg-type]
    assert "ingen av sidene" in owner_message(None, language="nb", **given)  # type: ignore[arg-type]
