"""A real PostgreSQL server in a folder of its own, reached by a socket there."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine

_USER = "postgres" if os.geteuid() == 0 else getpass.getuser()  # the server refuses to run as root


def programs() -> Path | None:
    """Where the newest server's programs are; None when it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@dataclass(frozen=True, slots=True)
class Server:
    folder: Path  # not below pytest's, which only its user may enter and whose name is too long for a socket
    programs: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self.folder} -c log_min_messages=fatal"
        self.run(["pg_ctl", "-D", str(self.data), "-o", options, "-l", str(self.folder / "log"), "-w", "start"])

    def stop(self, how: str = "immediate") -> None:
        self.run(["pg_ctl", "-D", str(self.data), "-m", how, "-w", "stop"])

    def make(self, database: str) -> str:
        """A new empty database's address."""
        self.say(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def say(self, statement: str) -> None:
        engine = create_engine(self.url("postgres").replace("postgresql", "postgresql+psycopg", 1))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def run(self, command: Sequence[str]) -> None:
        as_user = ["runuser", "-u", _USER, "--"] if os.geteuid() == 0 else []
        command = [*as_user, str(self.programs / command[0]), *command[1:]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd="/", timeout=60)


def new_server(programs: Path) -> Server:
    """A started server without databases."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, _USER)
    server = Server(folder, programs)
    server.run(["initdb", "-D", str(server.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"])
    server.start()
    return server
