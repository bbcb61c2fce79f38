"""A process that is killed at any moment loses no reply that a person has and no verdict that a reviewer saw kept."""

from __future__ import annotations

import multiprocessing
import os
import random
import select
import signal
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from helseassistent.review.exchanges import exchange
from helseassistent.review.log import ExchangeLog, LogOptions
from helseassistent.review.store import open_store
from helseassistent.review.verdicts import history, judge
from review import fakes
from review.fakes import DAY, verdict
from review.postgres import Server


def busy(place: str, round: int, told: int) -> None:
    """Log and judge without end, and write the name of each thing to `told` when it is kept."""
    log = ExchangeLog(
        lambda: open_store(place), LogOptions(text=lambda given: "Svaret.", today=lambda: DAY, patience=600)
    )

    def people(who: int) -> None:
        for number in range(1_000_000):
            id = f"reply-{round}-{who}-{number}"
            log.replied(id, fakes.exchange())
            os.write(told, f"logged {id}\n".encode())

    for who in range(3):
        threading.Thread(target=people, args=(who,), daemon=True).start()
    store = open_store(place)
    for number in range(1_000_000):
        id = f"reply-{round}-0-{number}"
        while exchange(store, id) is None:
            time.sleep(0.001)
        judge(store, verdict(id), seen=0)
        os.write(told, f"judged {id}\n".encode())


def killed_after(seconds: float, place: str, round: int, *, at_work: bool) -> list[str]:
    """What a process said that was killed so long after its start, or after the first that it said was kept."""
    reading, writing = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=busy, args=(place, round, writing))
    process.start()
    os.close(writing)
    if at_work:
        select.select([reading], [], [], 60)
    time.sleep(seconds)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    with os.fdopen(reading, encoding="ascii") as pipe:
        return pipe.read().splitlines()


def missing(place: str, said: list[str]) -> list[str]:
    """What was said to be kept and is not there."""
    store = open_store(place)
    try:
        if store.file:
            with store.reading() as connection:
                assert connection.execute(text("PRAGMA quick_check")).scalar_one() == "ok"
        found = {"logged": exchange, "judged": history}
        pairs = [line.split() for line in said]
        return [f"{what} {id}" for what, id in pairs if not found[what](store, id)]
    finally:
        store.close()


def kill(place_of_round: list[str], *, seed: int) -> int:
    """Kill one process on each place; how many things they said were kept, all of which must be there."""
    times = random.Random(seed)
    told = 0
    for round, place in enumerate(place_of_round):
        at_work = round % 4 != 0  # else while it opens or makes the database
        said = killed_after(times.uniform(0.0, 0.3 if at_work else 1.0), place, round, at_work=at_work)
        assert missing(place, said) == []
        told += len(said)
    return told


def test_a_few_kills_lose_nothing(tmp_path: Path) -> None:
    assert kill([str(tmp_path / "log.sqlite")] * 4, seed=3) > 0


@pytest.mark.slow
def test_a_hundred_kills_on_sqlite_lose_nothing(tmp_path: Path) -> None:
    places = [str(tmp_path / f"{number // 5}" / "log.sqlite") for number in range(100)]
    assert kill(places, seed=2026) > 300


@pytest.mark.slow
def test_forty_kills_on_postgresql_lose_nothing(server: Server) -> None:
    places = [server.make(f"drept{number}") for number in range(8)]
    assert kill([places[number // 5] for number in range(40)], seed=2027) > 100


@pytest.mark.slow
def test_a_server_that_is_killed_loses_nothing(server: Server) -> None:
    place = server.make("krasj")
    log = ExchangeLog(lambda: open_store(place), LogOptions(text=lambda given: "x", today=lambda: DAY, patience=600))
    for round in range(10):
        log.replied(f"reply-{round}", fakes.exchange())
        server.stop("immediate")
        server.start()
        assert missing(place, [f"logged reply-{number}" for number in range(round + 1)]) == []
    log.stop()
