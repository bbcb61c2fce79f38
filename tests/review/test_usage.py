"""That the counts of a report are right, whole weeks only, and hide what is small."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fakes import page
from helseassistent.review.cases import NewFeedback, UrgentSeen
from helseassistent.review.exchanges import write
from helseassistent.review.findings import Period
from helseassistent.review.store import Store
from helseassistent.review.usage import complaints, page_uses, period_of, sources, volumes
from review.fakes import entry

MONDAY = date(2026, 3, 2)
PERIOD = Period(MONDAY, MONDAY + timedelta(days=13))
PAGES = {"by/a.md": page("by/a.md", "Røntgen.")}


def keep(store: Store, *, answered: int = 0, declined: int = 0, outside: int = 0, day: date = MONDAY) -> list[str]:
    """Write so many exchanges of `day`, and give back the ids of the answers."""
    first = f"{day}-{answered}-{declined}-{outside}"
    answers = [entry(f"{first}-a{number}", day=day) for number in range(answered)]
    silent = [
        replace(entry(f"{first}-{reason}{number}", day=day), kind="abstention", reason=reason, reply=_no_claims(first))
        for reason, times in (("near_miss", declined), ("out_of_scope", outside))
        for number in range(times)
    ]
    write(store, [*answers, *silent])
    return [answer.id for answer in answers]


def _no_claims(id: str):  # type: ignore[no-untyped-def]
    return {**entry(id).reply, "claims": []}


def dislike(store: Store, ids: list[str], reason: str | None = "wrong", *, helpful: bool = False) -> None:
    write(store, [NewFeedback(id, helpful, reason, MONDAY) for id in ids])


def test_a_week_counts_what_was_answered_declined_and_outside(store: Store) -> None:
    keep(store, answered=30, declined=10, outside=7)
    keep(store, answered=8, day=MONDAY + timedelta(days=6))
    write(store, [UrgentSeen(MONDAY, "life")] * 6)
    first, second = volumes(store, PERIOD).weeks
    assert (first.monday, first.asked, first.answered, first.declined, first.outside) == (MONDAY, 55, 38, 10, 7)
    assert (first.answer_rate, first.urgent) == (38 / 48, 6)
    assert (second.asked, second.answered, second.answer_rate, second.urgent) == (0, 0, None, 0)


def test_what_lies_outside_the_period_does_not_count(store: Store) -> None:
    keep(store, answered=6, day=MONDAY - timedelta(days=1))
    keep(store, answered=6, day=MONDAY + timedelta(days=14))
    assert volumes(store, PERIOD).total.asked == 0
    assert sources(page_uses(store, PERIOD, pages=PAGES)).most_used == ()


def test_a_small_part_of_a_week_is_hidden_and_in_no_sum(store: Store) -> None:
    keep(store, answered=30, declined=3)
    keep(store, answered=20, declined=10, day=MONDAY + timedelta(days=7))
    found = volumes(store, PERIOD)
    first = found.weeks[0]
    assert (first.asked, first.answered, first.declined, first.answer_rate) == (30, 30, None, None)
    assert (found.total.asked, found.total.answered, found.total.declined) == (60, 50, 10)


def test_a_small_week_is_hidden_and_in_no_sum(store: Store) -> None:
    keep(store, answered=4)
    keep(store, answered=20, declined=10, day=MONDAY + timedelta(days=7))
    found = volumes(store, PERIOD)
    assert found.weeks[0].asked is None
    assert found.total.asked == 30


def test_a_page_is_counted_once_an_answer_and_knows_its_dislikes(store: Store) -> None:
    ids = keep(store, answered=23)
    dislike(store, ids[:7])
    (use,) = sources(page_uses(store, PERIOD, pages=PAGES)).most_used
    assert (use.file, use.answers, use.unhelpful, use.gone) == ("by/a.md", 20, 5, False)


def test_a_page_that_few_answers_quote_is_listed_without_a_number(store: Store) -> None:
    keep(store, answered=4)
    old = {"by/a.md": replace(PAGES["by/a.md"], last_updated=date(2019, 1, 1))}
    (use,) = sources(page_uses(store, PERIOD, pages=old)).oldest
    assert (use.answers, use.unhelpful, use.last_updated) == (None, 0, date(2019, 1, 1))


def test_a_page_that_has_gone_keeps_the_name_it_was_quoted_by(store: Store) -> None:
    keep(store, answered=9)
    (use,) = sources(page_uses(store, PERIOD, pages={})).most_used
    assert (use.title, use.publisher, use.gone) == ("A", "By", True)
    assert sources(page_uses(store, PERIOD, pages={})).oldest == ()


def test_reasons_are_counted_and_the_small_ones_hidden_and_in_no_sum(store: Store) -> None:
    ids = keep(store, answered=60)
    dislike(store, ids[:20], "wrong")
    dislike(store, ids[20:29], "outdated")
    dislike(store, ids[29:31], None)
    dislike(store, ids[31:50], None, helpful=True)
    found = complaints(store, PERIOD, used=page_uses(store, PERIOD, pages=PAGES))
    assert (found.helpful, found.unhelpful) == (19, 29)
    assert [(said.reason, said.times) for said in found.reasons] == [("wrong", 20), ("outdated", 9), (None, None)]
    assert [(use.file, use.unhelpful) for use in found.pages] == [("by/a.md", 30)]


@pytest.mark.parametrize("few", [1, 2, 3])
def test_nothing_in_a_report_tells_how_many_a_small_group_is(store: Store, few: int) -> None:
    """One page, two weeks and one small group: with one more in it, every count is the same."""
    ids = keep(store, answered=30, declined=few)
    dislike(store, ids[:10], "wrong")
    dislike(store, ids[10 : 10 + few], "other")
    keep(store, answered=few, day=MONDAY + timedelta(days=7))
    reports = []
    for _ in range(2):
        parts = (
            volumes(store, PERIOD),
            sources(page_uses(store, PERIOD, pages=PAGES)),
            complaints(store, PERIOD, used=page_uses(store, PERIOD, pages=PAGES)),
        )
        reports.append(parts)
        keep(store, declined=1)
        dislike(store, ids[10 + few : 11 + few], "other")
        keep(store, answered=1, day=MONDAY + timedelta(days=7))
    assert reports[0] == reports[1]


@pytest.mark.parametrize(
    ("today", "keep_days", "first", "last"),
    [
        (date(2026, 3, 18), 90, date(2026, 3, 2), date(2026, 3, 15)),  # a Wednesday
        (date(2026, 3, 16), 90, date(2026, 3, 2), date(2026, 3, 15)),  # a Monday
        (date(2026, 3, 15), 90, date(2026, 2, 23), date(2026, 3, 8)),  # a Sunday
        (date(2026, 3, 18), 12, date(2026, 3, 9), date(2026, 3, 15)),  # the first day of the week before is deleted
    ],
)
def test_a_period_is_whole_weeks_that_are_over_and_kept(today: date, keep_days: int, first: date, last: date) -> None:
    assert period_of(today, weeks=2, keep_days=keep_days) == Period(first, last)


def test_a_log_that_is_kept_for_less_than_a_week_has_an_empty_period() -> None:
    assert period_of(date(2026, 3, 18), weeks=12, keep_days=3).mondays == ()
