"""What the log keeps of an exchange and of what people said, and what it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helseassistent.review.cases import NewFeedback, Quote, UrgentSeen
from helseassistent.review.exchanges import asked, exchange, quotes_of, reply_of, urgent_seen, write
from helseassistent.review.store import Store
from review.fakes import DAY, entry, later

HOSTILE = [
    "'; DROP TABLE exchanges; --",
    '" OR ""="',
    "{{7*7}} ${7*7} %s %(id)s :id ?",
    '=HYPERLINK("https://ond.example")',
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "\x1b[31mrødt\x1b[0m\r\nny linje",
    "🧑‍⚕️ ‮snudd​",
    "x" * 1000,
    "Ω" * 1000,
]


def test_an_exchange_comes_back_as_it_was_written(store: Store) -> None:
    written = entry("reply-one")
    write(store, [written])
    kept = exchange(store, "reply-one")
    assert kept is not None
    for name in (
        "id",
        "day",
        "question",
        "language",
        "kind",
        "confidence",
        "threshold",
        "generation",
        "engine",
        "turn",
    ):
        assert getattr(kept, name) == getattr(written, name)
    assert (kept.helpful, kept.feedback_reason, kept.reason, kept.notice) == (None, None, None, None)
    assert reply_of(store, "reply-one") == written.reply
    words = "Røntgenavdelingen tar imot brudd."
    assert quotes_of(store, "reply-one") == (Quote("by/a.md", 7, 40, words, "https://by.example/a", "A", "By", DAY),)


def test_order_is_by_number_also_when_the_clock_goes_backwards(store: Store) -> None:
    write(store, [entry("reply-one", day=later(5))])
    write(store, [entry("reply-two", day=later(-300))])
    first, second = exchange(store, "reply-one"), exchange(store, "reply-two")
    assert first
    assert second
    assert first.seq < second.seq


def test_an_exchange_that_is_written_twice_is_there_once(store: Store) -> None:
    write(store, [entry("reply-one")])
    write(store, [replace(entry("reply-one"), question="Noe annet"), entry("reply-two")])
    kept = exchange(store, "reply-one")
    assert kept
    assert kept.question == "Kan legevakten ta røntgen?"
    assert exchange(store, "reply-two")


def test_a_later_word_takes_the_place_of_the_earlier(store: Store) -> None:
    write(store, [entry("reply-one"), NewFeedback("reply-one", True, None, DAY)])
    assert write(store, [NewFeedback("reply-one", False, "wrong", later(1))]) == []
    kept = exchange(store, "reply-one")
    assert kept
    assert (kept.helpful, kept.feedback_reason) == (False, "wrong")


def test_a_word_on_a_reply_that_nobody_got_is_given_back_and_not_kept(store: Store) -> None:
    made_up = NewFeedback("made-up-id", False, "wrong", DAY)
    assert write(store, [made_up]) == [made_up]
    write(store, [entry("made-up-id")])
    kept = exchange(store, "made-up-id")
    assert kept
    assert kept.helpful is None


def test_messages_about_danger_are_counted_by_day_and_kind(store: Store) -> None:
    write(store, [UrgentSeen(DAY, "life"), UrgentSeen(DAY, "crisis")])
    write(store, [UrgentSeen(DAY, "life"), UrgentSeen(later(1), "life")])
    assert urgent_seen(store) == {(DAY, "life"): 2, (DAY, "crisis"): 1, (later(1), "life"): 1}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_stays_text(store: Store, text: str) -> None:
    write(store, [entry("reply-one", text), entry("reply-two")])
    kept = exchange(store, "reply-one")
    assert kept
    assert kept.question == text
    assert exchange(store, "reply-two")


def test_who_asks_alike_is_counted_together() -> None:
    assert asked("  Når åpner LEGEVAKTEN?") == asked("når åpner legevakten") == "når åpner legevakten"
    assert asked("Når stenger legevakten?") != asked("Når åpner legevakten?")
