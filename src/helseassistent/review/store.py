"""Opens the database behind the log and brings it up to date; owns how it is read, written and emptied for good."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from helseassistent.durable import make_folders
from helseassistent.errors import ReviewError

_BUSY = 10.0  # seconds that a writer waits for another
_MIGRATING = 0x68656C7365  # any number: the name of the lock under which PostgreSQL's tables are changed
_MAKING = threading.Lock()
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


@dataclass(frozen=True, slots=True)
class Store:
    """An open database; threads may share it."""

    engine: Engine
    file: Path | None  # of SQLite; None for a server
    node: int | None = None  # which file it was when it was opened

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One change: on disk, whole, when the block has ended without an error."""
        with self.engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """For statements that stand in no transaction."""
        options = {"begin": None} if self.file else {"isolation_level": "AUTOCOMMIT"}
        with self.engine.connect().execution_options(**options) as connection:
            yield connection

    def is_there(self) -> bool:
        """Whether the file is still the one that was opened; of a server that is not asked."""
        try:
            return self.file is None or self.file.stat().st_ino == self.node
        except OSError:
            return False

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def open_store(place: str) -> Store:
    """The database at `place`, a file or an SQLAlchemy URL such as postgresql://host/name, made or updated if need be.

    Raises:
        ReviewError: if it cannot be opened, or was made by a newer program.
    """
    url = _url(place)
    file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    try:
        if file:
            _make_file(file)
        store = Store(_engine(url), file, file.stat().st_ino if file else None)
        _migrate(store)
    except CommandError as error:
        raise ReviewError(
            f"Loggen «{_named(url)}» er laget av en nyere helseassistent. Installer den nye, eller sett"
            " HELSEASSISTENT_LOG til en annen fil."
        ) from error
    except (SQLAlchemyError, OSError) as error:
        raise ReviewError(f"Kan ikke åpne loggen «{_named(url)}»: {told(error)}. Sjekk HELSEASSISTENT_LOG.") from error
    return store


def told(error: Exception) -> str:
    """What the database or the system said, on one line, without what was being written."""
    said = getattr(error, "orig", None) or error
    return (str(said).strip().splitlines() or [type(said).__name__])[0].rstrip(".")


def _url(place: str) -> URL:
    if "://" not in place:
        return URL.create("sqlite", database=str(Path(place).expanduser()))
    try:
        url = make_url(place)
    except ArgumentError as error:
        raise ReviewError("HELSEASSISTENT_LOG er verken en fil eller en adresse som postgresql://vert/navn.") from error
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise ReviewError(f"Loggen kan ligge i SQLite eller PostgreSQL, men ikke i «{url.get_backend_name()}».")
    return url


def _named(url: URL) -> str:
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _make_file(file: Path) -> None:
    """So that nobody else on the machine can read it; SQLite gives its other files the same rights.

    A file that is there is not opened: closing it would let go of every lock that this process holds on it, and another
    process that closes the database would take away the log of changes that is still written to.
    """
    with _MAKING:
        if not file.parent.is_dir():
            make_folders(file.parent)
            file.parent.chmod(0o700)
        if not file.exists():
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        if file.is_file():  # a device is somebody's mistake, and stays as it is
            file.chmod(0o600)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return sqlalchemy.create_engine(
            url, pool_pre_ping=True, connect_args={"connect_timeout": 5}, hide_parameters=True
        )
    engine = sqlalchemy.create_engine(url, connect_args={"timeout": _BUSY}, hide_parameters=True)
    event.listen(engine, "connect", _settle_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _settle_sqlite(connection: sqlalchemy.engine.interfaces.DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver would begin late, and two writers that begin late lock each other
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if begin := connection.get_execution_options().get("begin", "BEGIN"):
        connection.exec_driver_sql(begin)


def _migrate(store: Store) -> None:
    try:
        _upgrade(store)
    except (CommandError, SQLAlchemyError):
        store.close()
        raise


def _upgrade(store: Store) -> None:
    config = Config()
    folder = resources.files("helseassistent.review").joinpath("migrations")
    with resources.as_file(folder) as scripts, store.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
