"""Counting words in a process of its own, while this one makes vectors; run as a program, it is that process."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from helseassistent.index.lexical import Lexical, Material, count, material
from helseassistent.types import Passage

APART_FROM = 5_000  # passages; of fewer the process takes longer to start than to count


@contextmanager
def counting(passages: Sequence[Passage]) -> Iterator[Callable[[], Lexical]]:
    """The lexical indexes of `passages`, once they are asked for; they are made meanwhile if that is worth it."""
    given = material(passages)
    if len(passages) < APART_FROM or (os.cpu_count() or 1) < 2:
        yield lambda: count(given)
        return
    process = _started()
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(_asked, process, given)
        try:
            yield lambda: found.result() or count(given)
        finally:
            process.kill()
            process.wait()


def _started() -> subprocess.Popen[bytes]:
    # The package as it is found here; one thread, since the other cores have work already.
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path if path)
    environment = {"PYTHONPATH": paths, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def _asked(process: subprocess.Popen[bytes], given: Material) -> Lexical | None:
    """What the process makes of `given`; None if it cannot, for want of memory say."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        with process.stdin, process.stdout:
            pickle.dump(given, process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            found = pickle.load(process.stdout)
    except (OSError, EOFError, pickle.UnpicklingError):
        return None
    return found if isinstance(found, Lexical) else None


def main() -> None:
    """Read the material, count, and write what came of it."""
    given = pickle.load(sys.stdin.buffer)
    pickle.dump(count(given), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
