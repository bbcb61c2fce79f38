"""The program as a process of its own: started, listened to, and ended at the latest when the test is."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from conftest import ROOT

NOTHING: Mapping[str, str] = {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*command: str, folder: Path, settings: Mapping[str, str] = NOTHING) -> Iterator[subprocess.Popen[str]]:
    """The process, ended by the end of the block at the latest."""
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    environment = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", **settings}
    process = subprocess.Popen(
        [sys.executable, *command],
        env=environment,
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()


def line(process: subprocess.Popen[str], words: str) -> str:
    """The next line of output that has these words in it."""
    assert process.stdout
    for told in process.stdout:
        if words in told:
            return told
    raise AssertionError(f"the process ended without saying {words!r}")
