"""How a log's database is made, what it may hold, and how it refuses what it cannot use."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, DateTime, MetaData, Table, Text, Time, update

from helseassistent.errors import ReviewError
from helseassistent.review.exchanges import exchange, write
from helseassistent.review.schema import metadata
from helseassistent.review.store import Store, open_store
from review.fakes import entry
from review.postgres import Server


def test_the_numbered_changes_make_exactly_the_schema(store: Store) -> None:
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_no_column_has_room_for_a_time_an_address_or_a_browser() -> None:
    columns = [column for table in metadata.tables.values() for column in table.columns]
    assert len(columns) > 50
    assert not [column for column in columns if isinstance(column.type, DateTime | Time)]
    telling = re.compile(r"(^|_)(ip|address|agent|browser|time|clock|cookie|visitor)(_|$)")
    assert not [column for column in columns if telling.search(column.name)]


def test_what_one_opening_kept_the_next_one_finds(place: str) -> None:
    first = open_store(place)
    write(first, [entry("reply-one")])
    first.close()
    second = open_store(place)
    assert exchange(second, "reply-one") is not None
    second.close()


def test_a_log_that_is_open_twice_loses_nothing_when_another_process_has_come_and_gone(tmp_path: Path) -> None:
    """The chat holds it open for what is asked and for approved answers, while staff run a command."""
    place = str(tmp_path / "log.sqlite")
    first, second = open_store(place), open_store(place)
    write(first, [entry("before")])
    opening = "from helseassistent.review.store import open_store; open_store(sys.argv[1]).close()"
    subprocess.run([sys.executable, "-c", f"import sys; {opening}", place], check=True, timeout=60)
    write(first, [entry("after")])
    script = (
        "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM exchanges').fetchone())"
    )
    seen = subprocess.run([sys.executable, "-c", script, place], check=True, timeout=60, capture_output=True, text=True)
    assert seen.stdout == "(2,)\n"
    second.close()
    first.close()


def test_nobody_else_on_the_machine_may_read_the_files(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "mappe" / "log.sqlite"))
    write(store, [entry("reply-one")])
    files = list((tmp_path / "mappe").iterdir())
    assert {file.name for file in files} == {"log.sqlite", "log.sqlite-wal", "log.sqlite-shm"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "mappe").stat().st_mode) == 0o700
    store.close()


def test_every_connection_flushes_checks_and_overwrites(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "log.sqlite"))
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    with store.reading() as one, store.reading() as two:
        for connection in (one, two):
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]
            assert found == ["wal", 2, 1, 1]
    store.close()


def test_a_log_of_a_newer_program_is_refused_and_left_alone(place: str) -> None:
    store = open_store(place)
    version = Table("alembic_version", MetaData(), Column("version_num", Text))
    with store.writing() as connection:
        connection.execute(update(version).values(version_num="9999"))
    store.close()
    with pytest.raises(ReviewError, match="nyere helseassistent"):
        open_store(place)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("mysql://vert/navn", "SQLite eller PostgreSQL"),
        ("://", "verken en fil eller en adresse"),
        ("postgresql://bruker:hemmelig@/navn?host=/finnes/ikke", "Kan ikke åpne loggen"),
        ("/dev/full", "Kan ikke åpne loggen"),
        ("/dev/null/log.sqlite", "Kan ikke åpne loggen"),
    ],
)
def test_a_place_that_cannot_be_used_is_refused_in_one_sentence_without_the_password(wrong: str, told: str) -> None:
    with pytest.raises(ReviewError, match=told) as caught:
        open_store(wrong)
    assert "hemmelig" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "log.sqlite"
    file.write_text("Dette er et brev. " * 100)
    with pytest.raises(ReviewError, match="Kan ikke åpne loggen"):
        open_store(str(file))
    assert file.read_text() == "Dette er et brev. " * 100


def test_two_machines_may_open_a_new_database_at_once(server: Server) -> None:
    place = server.make("begge")
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(open_store, [place] * 4))
    for number, store in enumerate(opened):
        write(store, [entry(f"reply-{number}")])
        store.close()
