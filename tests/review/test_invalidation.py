"""When a page changes, every answer that rests on its words is flagged, with the old and the new words side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from helseassistent.errors import ReviewError
from helseassistent.evaluate.questions import read_questions
from helseassistent.review.approvals import all_approved
from helseassistent.review.cases import Approved, NewVerdict
from helseassistent.review.gold import all_cases, write_gold
from helseassistent.review.invalidation import Invalidated, invalidate, look_after
from helseassistent.review.settle import approve_again, proposed
from helseassistent.review.sources import Sources
from helseassistent.review.store import Store, open_store
from helseassistent.review.verdicts import judge
from helseassistent.types import Page
from review.fakes import DAY
from review.test_settle import BODY, PAGES, QUESTION, QUOTE, asked, judged, span

NEW = "Røntgenavdelingen tar imot brudd bare på dagtid."


def edited(old: str, new: str) -> Mapping[str, Page]:
    assert old in BODY
    return {**PAGES, "a.md": replace(PAGES["a.md"], body=BODY.replace(old, new))}


@pytest.fixture
def approved(store: Store) -> Approved:
    asked(store, "reply-one")
    found = judged(store, "reply-one", "approved").approved
    assert found is not None
    return found


def test_pages_that_say_the_same_flag_nothing(store: Store, approved: Approved) -> None:
    assert invalidate(store, pages=PAGES) == Invalidated(0, 0)
    assert invalidate(store, pages=edited("# Legevakten\n", "# Legevakten\n\nNytt øverst.\n")) == Invalidated(0, 0)
    assert all_approved(store) == (approved,)


def test_changed_words_flag_the_answer_with_both_wordings_and_lay_the_case_to_rest(
    store: Store, approved: Approved, tmp_path: Path
) -> None:
    assert invalidate(store, pages=edited(QUOTE, NEW)) == Invalidated(1, 1)
    (flagged,) = all_approved(store, state="flagged")
    (change,) = flagged.changes
    assert QUOTE in change.before
    assert NEW in change.now
    assert flagged.quotes == approved.quotes
    write_gold(store, tmp_path / "gold.jsonl")
    assert (tmp_path / "gold.jsonl").read_text() == ""


def test_a_page_that_has_gone_leaves_no_new_words(store: Store, approved: Approved) -> None:
    assert invalidate(store, pages={}) == Invalidated(1, 1)
    (flagged,) = all_approved(store, state="flagged")
    assert [change.now for change in flagged.changes] == [""]


def test_a_sentence_put_beside_the_quote_flags_the_approval_and_leaves_the_case(
    store: Store, approved: Approved
) -> None:
    beside = edited("brudd.\n", "brudd.\nDette gjelder ikke lenger.\n")
    assert invalidate(store, pages=beside) == Invalidated(1, 0)
    assert "gjelder ikke lenger" in all_approved(store)[0].changes[0].now


def test_another_heading_over_the_same_words_flags_the_approval(store: Store, approved: Approved) -> None:
    assert invalidate(store, pages=edited("# Legevakten\n", "# Legevakten på dagtid\n")).flagged == 1
    change = all_approved(store)[0].changes[0]
    assert ("Legevakten" in change.before, "på dagtid" in change.now) == (True, True)


def test_what_is_flagged_waits_for_a_person_also_when_the_old_words_come_back(store: Store, approved: Approved) -> None:
    invalidate(store, pages=edited(QUOTE, NEW))
    assert invalidate(store, pages=PAGES) == Invalidated(1, 0)
    (flagged,) = all_approved(store, state="flagged")
    assert flagged.changes
    again = approve_again(store, flagged, words=flagged.quotes, reviewer="ola", day=DAY, sources=Sources("g3", PAGES))
    assert isinstance(again, Approved)
    assert invalidate(store, pages=PAGES) == Invalidated(0, 0)


def test_a_second_change_shows_the_newest_words(store: Store, approved: Approved) -> None:
    invalidate(store, pages=edited(QUOTE, NEW))
    invalidate(store, pages=edited(QUOTE, "Røntgenavdelingen tar imot brudd bare etter avtale."))
    assert "etter avtale" in all_approved(store)[0].changes[0].now


def test_the_reviewer_chooses_the_new_words_and_the_case_is_right_again(
    store: Store, approved: Approved, tmp_path: Path
) -> None:
    pages = edited(QUOTE, NEW)
    invalidate(store, pages=pages)
    start = pages["a.md"].body.index(NEW)
    right = replace(span(QUOTE), start=start, end=start + len(NEW), quote=NEW)
    judge(store, NewVerdict("reply-one", QUESTION, "ola", "corrected", DAY, right=(right,)), seen=1)
    assert look_after(lambda: open_store(_place(store)), pages=pages, generation="g2").flagged == 0
    assert all_approved(store, state="standing")[0].quotes[0].quote == NEW
    write_gold(store, tmp_path / "gold.jsonl")
    assert read_questions(tmp_path / "gold.jsonl", pages=pages)[0].relevant[0].quote == NEW


def test_the_new_words_are_proposed_and_can_be_approved_where_the_case_has_gone(
    store: Store, approved: Approved
) -> None:
    sources = Sources("g2", edited(QUOTE, NEW))
    assert proposed(approved, sources=Sources("g1", PAGES)) == ()
    assert proposed(approved, sources=Sources("g2", {})) == ()
    invalidate(store, pages=sources.pages)
    (flagged,) = all_approved(store, state="flagged")
    words = proposed(flagged, sources=sources)
    assert [quote.quote for quote in words] == [NEW]
    again = approve_again(store, flagged, words=words, reviewer="ola", day=DAY, sources=sources)
    assert isinstance(again, Approved)
    assert (again.state, again.quotes) == ("standing", words)
    assert all_cases(store)[0].state == "active"
    assert invalidate(store, pages=sources.pages) == Invalidated(0, 0)


def test_a_log_that_cannot_be_used_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "log.sqlite").write_text("Dette er et brev. " * 100)
    with pytest.raises(ReviewError, match="Kan ikke åpne loggen"):
        look_after(lambda: open_store(str(tmp_path / "log.sqlite")), pages=PAGES, generation="g1")


def test_open_and_negative_cases_rest_on_no_words(store: Store) -> None:
    asked(store, "reply-one", answered=False)
    judged(store, "reply-one", "should_answer")
    asked(store, "reply-two", "Hva koster en hest?")
    judged(store, "reply-two", "should_not_answer", question="Hva koster en hest?")
    invalidate(store, pages={})
    assert sorted(case.state for case in all_cases(store)) == ["active", "open"]


def _place(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False) if store.file is None else str(store.file)
