"""The log keeps what is answered, says what it could not keep, and never costs a person the answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import event

from helseassistent.chat.feedback import Feedback, FeedbackListener
from helseassistent.review import log as log_module
from helseassistent.review.cases import Entry, NewExchange
from helseassistent.review.exchanges import exchange, reply_of, urgent_seen, write
from helseassistent.review.log import ExchangeLog, LogOptions
from helseassistent.review.store import Store, open_store
from helseassistent.types import Exchange
from helseassistent.wiring import Parts
from review import fakes
from review.fakes import DAY, holding
from review.postgres import Server

SURE = 30.0  # seconds that a loaded machine may take
SECRETS = ["010185 12345", "41 01 01 83 123", "912 34 567", "kari.nordmann@example.no", "Kari Nordmann", "Storgata 12B"]


def until(true: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + SURE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def options(patience: float = SURE) -> LogOptions:
    return LogOptions(text=lambda given: "Svaret.", threshold=lambda: 0.5, today=lambda: DAY, patience=patience)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "_PAUSE", 0.05)


@pytest.fixture
def kept(place: str) -> Iterator[ExchangeLog]:
    log = ExchangeLog(lambda: open_store(place), options())
    yield log
    log.stop()


def look(place: str, seen: Callable[[Store], object]) -> object:
    store = open_store(place)
    found = seen(store)
    store.close()
    return found


def test_what_was_answered_is_kept_when_the_person_gets_it(kept: ExchangeLog, place: str) -> None:
    listener: FeedbackListener = kept
    listener.replied("reply-one", fakes.exchange())
    listener.replied("reply-two", fakes.exchange("Hva koster tannlege?", answered=False))
    listener.hear(Feedback("reply-two", False, "missing"))
    one = look(place, lambda store: exchange(store, "reply-one"))
    two = look(place, lambda store: exchange(store, "reply-two"))
    assert (one.kind, one.question, one.threshold) == ("answer", "Kan legevakten ta røntgen?", 0.5)
    assert (two.kind, two.reason, two.feedback_reason) == ("abstention", "near_miss", "missing")
    record = look(place, lambda store: reply_of(store, "reply-one"))
    assert record["text"] == "Svaret."
    assert record["evidence"][0]["score"] == 0.9
    assert kept.state().written == 3
    assert kept.problem() is None


def test_of_danger_only_the_kind_and_the_day_are_kept(kept: ExchangeLog, place: str, tmp_path: Path) -> None:
    kept.replied("urgent-id", fakes.urgent("Kanarifugl har hjertestans"))
    kept.hear(Feedback("urgent-id", True, None))
    assert look(place, urgent_seen) == {(DAY, "life"): 1}
    assert look(place, lambda store: exchange(store, "urgent-id")) is None
    assert holding("Kanarifugl", tmp_path) == []
    assert holding("urgent-id", tmp_path) == []


def test_only_the_masked_text_is_anywhere_on_disk(parts: Parts, tmp_path: Path) -> None:
    log = ExchangeLog(lambda: open_store(str(tmp_path / "log.sqlite")), options())
    for number, secret in enumerate(SECRETS):
        said = [f"Jeg heter {secret}." if secret[0] == "K" else f"Mitt er {secret}, og jeg bor i {secret}."]
        log.replied(f"reply-{number}", parts.ask([*said, f"Kan legevakten ta røntgen av {secret}?", said[0]]))
        log.replied(f"other-{number}", parts.ask([f"Kan legevakten ta røntgen? Hilsen {secret}"]))
    log.stop()
    assert log.state().written == 2 * len(SECRETS)
    assert holding("Kan legevakten ta r", tmp_path)
    assert {secret: holding(secret, tmp_path) for secret in SECRETS} == {secret: [] for secret in SECRETS}


@pytest.mark.timed
def test_on_a_full_disk_answers_go_on_and_the_counter_shows_it(tmp_path: Path) -> None:
    full = True
    place = str(tmp_path / "log.sqlite")

    def opening() -> Store:
        store = open_store(place)

        @event.listens_for(store.engine, "begin")
        def limit(connection: object) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count={1 if full else 1_000_000}")  # type: ignore[attr-defined]

        return store

    log = ExchangeLog(opening, options(patience=0.1))
    begun = time.monotonic()
    for number in range(300):
        log.replied(f"reply-{number}", fakes.exchange())
    assert time.monotonic() - begun < 0.1 + 300 * 0.01
    until(lambda: log.state().failures > 1)
    assert log.state().fault == "database or disk is full"
    assert log.state().waiting > 200
    assert "Loggen kan ikke skrives" in str(log.problem())
    full = False
    until(lambda: log.state().written == 300)
    assert log.problem() is None
    log.stop()


@pytest.mark.timed
def test_a_place_that_takes_nothing_at_all_costs_nobody_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "HELD", 20)
    log = ExchangeLog(lambda: open_store("/dev/full"), options(patience=0.05))
    begun = time.monotonic()
    for number in range(100):
        log.replied(f"reply-{number}", fakes.exchange())
    assert time.monotonic() - begun < 2
    until(lambda: log.state().failures > 0)
    assert log.state().waiting + log.state().lost == 100
    assert log.state().waiting == 20
    log.stop()
    assert log.state().lost == 100


@pytest.mark.timed
def test_while_another_holds_the_database_only_one_person_waits_and_only_a_moment(tmp_path: Path) -> None:
    place = str(tmp_path / "log.sqlite")
    log = ExchangeLog(lambda: open_store(place), options(patience=0.2))
    log.replied("reply-one", fakes.exchange())
    until(lambda: log.state().written == 1)
    other = open_store(place)
    with other.writing():
        begun = time.monotonic()
        for number in range(50):
            log.replied(f"slow-{number}", fakes.exchange())
        assert time.monotonic() - begun < 2
        assert log.state().written == 1
    until(lambda: log.state().written == 51)
    other.close()
    log.stop()


def test_a_file_that_is_deleted_while_it_is_written_is_made_anew(tmp_path: Path) -> None:
    place = str(tmp_path / "log.sqlite")
    log = ExchangeLog(lambda: open_store(place), options())
    log.replied("reply-one", fakes.exchange())
    for path in tmp_path.iterdir():
        path.unlink()
    log.replied("reply-two", fakes.exchange())
    log.stop()
    assert look(place, lambda store: exchange(store, "reply-two"))
    assert log.state().failures == 0


def test_a_server_that_goes_away_and_comes_back_gets_what_waited(server: Server) -> None:
    place = server.make("borte")
    log = ExchangeLog(lambda: open_store(place), options(patience=0.1))
    log.replied("reply-one", fakes.exchange())
    until(lambda: log.state().written == 1)
    server.stop("immediate")
    for number in range(20):
        log.replied(f"away-{number}", fakes.exchange())
    until(lambda: log.state().failures > 0)
    server.start()
    until(lambda: log.state().written == 21)
    assert log.problem() is None
    log.stop()


def test_an_entry_that_the_database_refuses_does_not_take_others_with_it(server: Server) -> None:
    place = server.make("null")
    log = ExchangeLog(lambda: open_store(place), options(patience=0))
    for number in range(10):
        log.replied(f"reply-{number}", fakes.exchange("Med \0 i" if number == 4 else "Uten"))
    until(lambda: log.state().waiting == 0)
    assert (log.state().written, log.state().lost) == (9, 1)
    assert log.problem() == "Loggen mangler 1 svar siden oppstart."
    log.stop()


def test_an_entry_that_our_own_code_trips_over_does_not_hold_up_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = str(tmp_path / "log.sqlite")

    def trip(store: Store, entries: Sequence[Entry]) -> Sequence[Entry]:
        if any(isinstance(entry, NewExchange) and entry.id == "reply-odd" for entry in entries):
            raise KeyError("a fault of the program")
        return write(store, entries)

    monkeypatch.setattr(log_module, "write", trip)
    log = ExchangeLog(lambda: open_store(place), options(patience=5.0))
    for name in ("reply-one", "reply-odd", "reply-two"):
        log.replied(name, fakes.exchange())
    log.stop()
    assert (log.state().written, log.state().lost, log.state().failures) == (2, 1, 0)
    assert look(place, lambda store: exchange(store, "reply-two")) is not None


def test_a_fault_of_the_program_in_deleting_what_is_old_is_not_told_as_a_log_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    written = "what somebody wrote"

    def trip(store: Store, **given: object) -> None:
        raise KeyError(written)

    monkeypatch.setattr(log_module, "forget", trip)
    log = ExchangeLog(lambda: open_store(str(tmp_path / "log.sqlite")), options())
    until(lambda: log.state().failures > 0)
    log.replied("reply-one", fakes.exchange())
    until(lambda: log.state().written == 1)
    assert log.state().fault is None
    assert log.problem() == "Det som er for gammelt i loggen, er ikke slettet. Kjør: helseassistent review forget"
    assert "could not be deleted: KeyError" in caplog.text
    assert "in trip" in caplog.text
    assert written not in caplog.text
    assert "cannot be written" not in caplog.text
    log.stop()


def test_a_reply_that_cannot_be_worded_is_counted_as_lost(tmp_path: Path) -> None:
    def fails(given: Exchange) -> str:
        raise KeyError(given.question)

    log = ExchangeLog(lambda: open_store(str(tmp_path / "log.sqlite")), LogOptions(text=fails))
    log.replied("reply-one", fakes.exchange())
    assert log.state().lost == 1
    log.stop()


def test_a_word_on_a_reply_that_another_machine_is_about_to_log_is_kept(place: str) -> None:
    log = ExchangeLog(lambda: open_store(place), options())
    log.hear(Feedback("reply-one", False, "wrong"))
    other = ExchangeLog(lambda: open_store(place), options())
    other.replied("reply-one", fakes.exchange())

    def said() -> bool:
        found = look(place, lambda store: exchange(store, "reply-one"))
        return found is not None and found.feedback_reason == "wrong"

    until(lambda: said() or (log.state().waiting == 0 and not log._early))
    log.stop()
    other.stop()
