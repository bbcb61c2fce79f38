"""Counting words in a process of its own, while this one makes vectors; run as a program, it is that process."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from helseassistent.index.lexical import Lexical, count, material
from helseassistent.types import Passage

APART_FROM = 5_000  # passages; of fewer the process takes longer to start than to count


@contextmanager
def counting(passages: Sequence[Passage], *, folder: Path) -> Iterator[Callable[[], Lexical]]:
    """The lexical indexes of `passages`, once they are asked for; they are made meanwhile if that is worth it.

    What the processes tell each other lies in files of `folder` that have no name, so that nothing of them is left.
    """
    given = material(passages)
    if len(passages) < APART_FROM or (os.cpu_count() or 1) < 2:
        yield lambda: count(given)
        return
    with TemporaryFile(dir=folder) as asked, TemporaryFile(dir=folder) as found:
        pickle.dump(given, asked, pickle.HIGHEST_PROTOCOL)
        asked.seek(0)
        process = _started(asked, found)
        try:
            yield lambda: _read(process, found) or count(given)
        finally:
            process.kill()
            process.wait()


def _started(asked: IO[bytes], found: IO[bytes]) -> subprocess.Popen[bytes]:
    # The package as it is found here; one thread, since the other cores have work already.
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path if path)
    environment = {"PYTHONPATH": paths, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-P", "-m", __name__]
    return subprocess.Popen(command, stdin=asked, stdout=found, stderr=subprocess.DEVNULL, env=environment)


def _read(process: subprocess.Popen[bytes], found: IO[bytes]) -> Lexical | None:
    """What the process made; None if it could not, for want of memory say."""
    if process.wait() != 0:
        return None
    found.seek(0)
    made = pickle.load(found)
    return made if isinstance(made, Lexical) else None


def main() -> None:
    """Read the material, count, and write what came of it."""
    given = pickle.load(sys.stdin.buffer)
    pickle.dump(count(given), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
