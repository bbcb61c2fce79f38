"""A process that is killed at any moment loses no verdict, case or approved answer that a reviewer saw kept."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import select
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from fakes import page
from helseassistent.review.approvals import all_approved, withdraw
from helseassistent.review.cases import Approved, NewVerdict, Quote, Verdict
from helseassistent.review.gold import all_cases, case_id, write_gold
from helseassistent.review.invalidation import look_after
from helseassistent.review.settle import settle, settle_all
from helseassistent.review.store import Store, open_store
from helseassistent.review.verdicts import all_standing, judge
from review.fakes import DAY
from review.postgres import Server

WORDS = "Røntgenavdelingen tar imot brudd."
PAGES = {"a.md": page("a.md", f"# A\n\n{WORDS}\n")}
RIGHT = (Quote("a.md", 5, 5 + len(WORDS), WORDS),)


def busy(place: str, round: int, told: int) -> None:
    """Judge, withdraw and write the set without end, and write each thing to `told` when it is kept."""
    store = open_store(place)
    gold = Path(f"{place}.jsonl")  # beside an SQLite file only
    for number in range(1_000_000):
        question = f"Hva er svaret på spørsmål {round} {number}?"
        kept = judge(store, NewVerdict(None, question, "kari", "corrected", DAY, right=RIGHT), seen=0)
        assert isinstance(kept, Verdict)
        settled = settle(store, kept, pages=PAGES, generation="g")
        assert settled.approved
        os.write(told, f"approved {case_id(question)}\n".encode())
        if number % 3 == 0:
            assert isinstance(withdraw(store, settled.approved, reviewer="ola", day=DAY), Approved)
            os.write(told, f"withdrawn {case_id(question)}\n".encode())
        if store.file and number % 5 == 0:
            write_gold(store, gold)
            os.write(told, f"written {case_id(question)}\n".encode())


def killed_after(seconds: float, place: str, round: int) -> list[list[str]]:
    """What a process said was kept before it was killed, so long after it said the first thing."""
    reading, writing = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=busy, args=(place, round, writing))
    process.start()
    os.close(writing)
    select.select([reading], [], [], 60)
    time.sleep(seconds)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    with os.fdopen(reading, encoding="ascii") as pipe:
        return [line.split() for line in pipe.read().splitlines()]


def check(store: Store, told: list[list[str]]) -> None:
    """Everything that was said to be kept is there, and what a crash left between two steps is made good."""
    if store.file:
        with store.reading() as connection:
            assert connection.execute(text("PRAGMA quick_check")).scalar_one() == "ok"
        gold = Path(f"{store.file}.jsonl")
        if gold.exists():
            written = {json.loads(line)["id"] for line in gold.read_text(encoding="utf-8").splitlines()}
            assert {id for what, id in told if what == "written"} <= written
    approved = {answer.id: answer.state for answer in all_approved(store)}
    cases = {case.id for case in all_cases(store)}
    assert {id for _, id in told} <= cases
    gone = {id for what, id in told if what == "withdrawn"}
    assert {approved[id] for id in gone} <= {"withdrawn"}
    assert {id for what, id in told if what == "approved"} <= approved.keys()
    settle_all(store, pages=PAGES, generation="g")
    assert {case_id(kept.said.question) for kept in all_standing(store)} == {case.id for case in all_cases(store)}
    assert {answer.id for answer in all_approved(store)} == {case.id for case in all_cases(store)}


def kill(places: list[str], *, seed: int) -> int:
    """Kill one process on each place; how many things they said were kept, all of which must be there."""
    times, count = random.Random(seed), 0
    for round, place in enumerate(places):
        told = killed_after(times.uniform(0.0, 0.3), place, round)
        store = open_store(place)
        check(store, told)
        store.close()
        count += len(told)
    return count


@pytest.mark.slow
def test_a_hundred_kills_on_sqlite_lose_nothing(tmp_path: Path) -> None:
    places = [str(tmp_path / f"{number // 10}" / "log.sqlite") for number in range(100)]
    assert kill(places, seed=2026) > 300


@pytest.mark.slow
def test_twenty_kills_on_postgresql_lose_nothing(server: Server) -> None:
    places = [server.make(f"godkjent{number}") for number in range(4)]
    assert kill([places[number // 5] for number in range(20)], seed=2027) > 60


@pytest.mark.slow
def test_a_kill_while_answers_are_flagged_leaves_each_whole_and_the_next_look_ends_it(tmp_path: Path) -> None:
    place = str(tmp_path / "log.sqlite")
    store = open_store(place)
    for number in range(60):
        said = NewVerdict(None, f"Hva er svaret på spørsmål {number}?", "kari", "corrected", DAY, right=RIGHT)
        kept = judge(store, said, seen=0)
        assert isinstance(kept, Verdict)
        settle(store, kept, pages=PAGES, generation="g")
    store.close()
    new = {"a.md": replace(PAGES["a.md"], body="# A\n\nRøntgenavdelingen tar ikke lenger imot brudd.\n")}
    times = random.Random(5)
    for _ in range(10):
        process = multiprocessing.get_context("fork").Process(
            target=look_after, args=(lambda: open_store(place),), kwargs={"pages": new, "generation": "h"}
        )
        process.start()
        time.sleep(times.uniform(0.02, 0.25))
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        store = open_store(place)
        states = {answer.state: answer for answer in all_approved(store)}
        assert states.keys() <= {"standing", "flagged"}
        assert "flagged" not in states or "lenger" in states["flagged"].changes[0].now
        store.close()
    assert look_after(lambda: open_store(place), pages=new, generation="h").flagged == 60
