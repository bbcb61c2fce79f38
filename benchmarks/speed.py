"""How fast it is and how it grows, beside LlamaIndex and bm25s, in one run (`make speed`).

Every measurement is a process of its own, so that one's memory is not another's, and has a time budget after which it
is stopped and the table says so. The figures so far are written after each of them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from speedtest.report import markdown
from tqdm import tqdm

ROOT = Path(__file__).parents[1]
SIZES, LARGEST = (1_000, 10_000, 100_000), 1_000_000
TASKS = ("build", "ask", "pair", "flat", "codes", "ivf", "hnsw", "bm25s", "llama_index")
_BEYOND = ("pair", "llama_index")  # not at the largest size, for what they take there was never tried
_LEAST_LISTED = 10_000  # passages; below it an approximate index has nothing to leave out


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure everything asked for; 0 if every measurement ended or ran out of its time."""
    given = _parser().parse_args(arguments)
    if given.task:
        print(json.dumps(measure(given.task, given.index, size=given.size, count=given.questions, budget=given.budget)))
        return 0
    sizes = [int(size) for size in given.sizes.split(",")] + ([LARGEST] if given.all else [])
    tasks = [task for task in TASKS if task in given.tasks.split(",")]
    given.out.mkdir(parents=True, exist_ok=True)
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="speed-") as folder, tqdm(total=len(sizes) * len(tasks)) as progress:
        for size in sizes:
            index = Path(folder) / str(size)
            results[str(size)] = {}
            for task in tasks:
                progress.set_description(f"{size} {task}")
                if task in _BEYOND and size >= LARGEST:
                    results[str(size)][task] = {"out_of_time": "not measured"}
                elif task not in ("codes", "ivf", "hnsw") or size >= _LEAST_LISTED:
                    results[str(size)][task] = _apart(
                        task, index, size=size, count=given.questions, budget=given.budget
                    )
                _write(results, out=given.out, document=given.markdown)
                progress.update()
            shutil.rmtree(index, ignore_errors=True)
    print(markdown(results, about=_about()))
    return 1 if any("failed" in found for tasks in results.values() for found in tasks.values()) else 0


def measure(task: str, index: Path, *, size: int, count: int, budget: float) -> dict[str, Any]:
    """One measurement, in this process."""
    if task == "build":
        from speedtest.ours import measure_build

        return measure_build(index, passages=size)
    if task in ("ask", "pair"):
        from speedtest.ours import measure_questions

        return measure_questions(index, count=count, budget=budget, paired=task == "pair")
    if task in ("flat", "codes", "ivf", "hnsw"):
        from speedtest.nearest import measure_nearest

        return measure_nearest(index, kind=task, count=count, budget=budget)
    from speedtest.peers import measure_bm25s, measure_llama_index

    peer = measure_bm25s if task == "bm25s" else measure_llama_index
    return peer(index, count=count, budget=budget)


def _apart(task: str, index: Path, *, size: int, count: int, budget: float) -> dict[str, Any]:
    """One measurement in a process of its own, which is stopped at twice its budget."""
    options = ["--task", task, "--index", str(index), "--size", str(size), "--questions", str(count)]
    command = [sys.executable, str(Path(__file__)), *options, "--budget", str(budget)]
    try:
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=2 * budget, check=False)
    except subprocess.TimeoutExpired:
        return {"out_of_time": f"over {2 * budget:.0f} s"}
    if finished.returncode:
        return {"failed": finished.returncode, "out_of_time": "not measured"}
    found: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return found


def _write(results: dict[str, dict[str, Any]], *, out: Path, document: Path | None) -> None:
    about = _about()
    (out / "speed.json").write_text(json.dumps({**about, "results": results}, indent=1), encoding="utf-8")
    for path in (out / "speed.md", *([document] if document else [])):
        path.write_text(markdown(results, about=about), encoding="utf-8")


def _about() -> dict[str, Any]:
    from speedtest.material import origin

    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return {"date": date.today().isoformat(), "machine": machine, "passages": f"Passages: {origin()}"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of passages, with commas")
    parser.add_argument("--all", action="store_true", help=f"{LARGEST:,} passages too: an hour, and 20 GB of memory")
    parser.add_argument("--tasks", default=",".join(TASKS), help="what to measure, with commas")
    parser.add_argument("--questions", type=int, default=300, help="asked of each")
    parser.add_argument("--budget", type=float, default=600, help="seconds for each measurement")
    parser.add_argument("--out", type=Path, default=ROOT / "runs" / "speed", help="where speed.json and speed.md go")
    parser.add_argument("--markdown", type=Path, help="a further place for the tables")
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    parser.add_argument("--index", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
