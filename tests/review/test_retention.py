"""What is too old is gone on the right day, from every file; a clock that jumps deletes nothing by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from helseassistent.errors import ReviewError
from helseassistent.review import retention
from helseassistent.review import store as store_module
from helseassistent.review.cases import NewFeedback, UrgentSeen
from helseassistent.review.exchanges import exchange, urgent_seen, write
from helseassistent.review.retention import ClockJump, Forgotten, forget, forget_exchange
from helseassistent.review.schema import feedback, quotes, replies, views
from helseassistent.review.store import Store, open_store
from helseassistent.review.verdicts import history, judge
from review.fakes import DAY, entry, holding, later, verdict
from review.postgres import Server

CANARY = "Kanarifuglspørsmål0107"


def day_by_day(store: Store, first: int, last: int) -> None:
    for number in range(first, last + 1, 10):
        forget(store, today=later(number), keep_days=90)
    forget(store, today=later(last), keep_days=90)


def fill(store: Store) -> None:
    """Old exchanges with canaries among many others, with what people and reviewers said."""
    old = [entry(f"old-{number}", f"{CANARY} nummer {number} om røntgen og tannlege") for number in range(60)]
    new = [entry(f"new-{number}", day=later(60)) for number in range(60)]
    write(store, [each for pair in zip(old, new, strict=True) for each in pair])
    write(store, [NewFeedback(each.id, False, "wrong", DAY) for each in old])
    for each in old[:5]:
        judge(store, verdict(each.id, note=f"{CANARY} i et notat"), seen=0)
    write(store, [UrgentSeen(DAY, "life")])


def test_an_exchange_is_there_for_ninety_days_and_gone_on_the_next(store: Store) -> None:
    write(store, [entry("reply-one"), entry("reply-two", day=later(1)), UrgentSeen(DAY, "life")])
    for day in (89, 90):
        day_by_day(store, 0, day)
        assert exchange(store, "reply-one")
    assert forget(store, today=later(91), keep_days=90) == Forgotten(1, 0)
    assert not exchange(store, "reply-one")
    assert exchange(store, "reply-two")
    assert urgent_seen(store) == {}


def test_all_that_was_said_of_it_goes_with_it(store: Store) -> None:
    fill(store)
    assert forget(store, today=later(91), keep_days=90) == Forgotten(60, 5)
    with store.reading() as connection:
        assert connection.execute(select(feedback)).all() == []
        assert {row.exchange[:3] for row in connection.execute(select(replies))} == {"new"}
        assert {row.exchange[:3] for row in connection.execute(select(quotes))} == {"new"}
    assert history(store, "old-1") == ()


def test_at_day_91_no_file_of_sqlite_holds_what_was_asked(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "log.sqlite"))
    fill(store)
    with store.reading() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
    write(store, [entry("late", f"{CANARY} igjen")])
    assert {path.name for path in holding(CANARY, tmp_path)} == {"log.sqlite", "log.sqlite-wal"}
    forget(store, today=later(91), keep_days=90)
    assert exchange(store, "new-1")
    assert holding(CANARY, tmp_path) == []
    store.close()


def test_at_day_91_no_table_of_postgresql_holds_what_was_asked(server: Server) -> None:
    store = open_store(server.make("dag91"))
    fill(store)
    with store.alone() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")
    assert holding(CANARY, server.data / "base")
    forget(store, today=later(91), keep_days=90)
    with store.alone() as connection:
        connection.exec_driver_sql("CHECKPOINT")
    assert exchange(store, "new-1")
    assert holding(CANARY, server.data / "base") == []
    store.close()


def test_what_a_crash_left_in_the_files_goes_next_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)

    def crash(_: Store) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(retention, "erase", crash)
    with pytest.raises(KeyboardInterrupt):
        forget(store, today=later(91), keep_days=90)
    erased: list[Store] = []
    monkeypatch.setattr(retention, "erase", erased.append)
    assert forget(store, today=later(91), keep_days=90) == Forgotten(0, 0)
    assert erased == [store]
    forget(store, today=later(91), keep_days=90)
    assert erased == [store]


def test_somebody_who_reads_all_the_while_is_told_of_and_it_is_done_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_TRIES", 2)
    monkeypatch.setattr(store_module, "_BUSY", 0.1)
    store = open_store(str(tmp_path / "log.sqlite"))
    fill(store)
    with store.reading() as reader:
        reader.execute(select(replies)).first()
        with pytest.raises(ReviewError, match="i bruk"):
            forget(store, today=later(91), keep_days=90)
    forget(store, today=later(91), keep_days=90)
    assert holding(CANARY, tmp_path) == []
    store.close()


def test_a_clock_that_goes_back_a_year_deletes_nothing(store: Store) -> None:
    write(store, [entry("reply-one")])
    forget(store, today=later(80), keep_days=90)
    assert forget(store, today=later(80 - 365), keep_days=90) == Forgotten(0, 0)
    assert exchange(store, "reply-one")
    assert forget(store, today=later(91), keep_days=90) == Forgotten(1, 0)


def test_a_clock_that_leaps_ahead_deletes_nothing_until_somebody_says_that_it_is_right(store: Store) -> None:
    write(store, [entry("reply-one")])
    forget(store, today=later(1), keep_days=90)
    ahead = later(3653)
    assert forget(store, today=ahead, keep_days=90) == ClockJump(later(1), ahead)
    assert exchange(store, "reply-one")
    assert forget(store, today=ahead, keep_days=90, confirmed=True) == Forgotten(1, 0)


def test_one_exchange_can_be_deleted_at_once(store: Store) -> None:
    write(store, [entry("reply-one"), entry("reply-two")])
    assert forget_exchange(store, "reply-one")
    assert not forget_exchange(store, "reply-one")
    assert not exchange(store, "reply-one")
    assert exchange(store, "reply-two")


def test_who_saw_a_case_is_known_for_a_year(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(views.insert().values(user="kari", exchange="reply-one", what="case", day=DAY))
    day_by_day(store, 0, 365)
    with store.reading() as connection:
        assert len(connection.execute(select(views)).all()) == 1
    forget(store, today=later(366), keep_days=90)
    with store.reading() as connection:
        assert connection.execute(select(views)).all() == []
