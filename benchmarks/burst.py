"""How long danger waits in a burst: 200 questions at once, beside one person who tells of danger again and again.

    python benchmarks/burst.py [--bursts 10] [--route api|page]

Each line is a burst; the last one is over them all. The server is a process of its own, as in service.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "benchmarks" / "questions" / "sporsmal-kilder.jsonl"
DANGER = "Faren min har falt om og puster ikke"
BURST = 200


def main() -> int:
    """Measure, print, and leave nothing running."""
    options = _options()
    if options.voice:
        return _voice(options.voice, options.route)
    command = [sys.executable, "-m", "helseassistent.cli", "chat"]
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        command += ["--corpus", str(ROOT / "corpus"), "--index", folder, f"--port={port}"]
        server = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
        try:
            _wait_for(server, "svarer på")
            return _measure(port, options)
        finally:
            server.terminate()
            server.wait(timeout=30)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bursts", type=int, default=10)
    parser.add_argument("--route", choices=("api", "page"), default="api", help="the HTTP API or Gradio's route")
    parser.add_argument("--voice", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(port: int, options: argparse.Namespace) -> int:
    asked = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line]
    every: list[float] = []
    worst: list[float] = []
    for burst in range(options.bursts):
        again = [sys.executable, __file__, "--voice", str(port), "--route", options.route]
        voice = subprocess.Popen(again, stdout=subprocess.PIPE, text=True)
        _wait_for(voice, "ready")
        gate = threading.Barrier(BURST)

        def person(number: int, burst: int = burst, gate: threading.Barrier = gate) -> tuple[float, int]:
            gate.wait()
            return _ask(port, asked[number % len(asked)], route=options.route, person=1000 + burst * BURST + number)

        with ThreadPoolExecutor(BURST) as people:
            heard = list(people.map(person, range(BURST)))
        voice.terminate()
        danger = [float(line) for line in (voice.communicate()[0]).split()]
        every += danger
        worst.append(max(danger))
        served = sum(status == 200 for _, status in heard)
        print(
            f"{served} served, {BURST - served} put away, all within {max(s for s, _ in heard):.2f} s;"
            f" danger {len(danger)} times, median {_part(danger, 0.5):.3f} s, worst {max(danger):.3f} s",
            flush=True,
        )
        time.sleep(1)
    print(
        f"danger over {options.bursts} bursts ({len(every)} messages): median {_part(every, 0.5):.3f} s,"
        f" p95 {_part(every, 0.95):.3f} s; worst of a burst: median {_part(worst, 0.5):.3f} s,"
        f" worst of all {max(worst):.3f} s"
    )
    return 0


def _voice(port: int, route: str) -> int:
    print("ready", flush=True)
    while True:
        seconds, _ = _ask(port, DANGER, route=route, person=5)
        print(f"{seconds:.4f}", flush=True)
        time.sleep(0.05)


def _ask(port: int, question: str, *, route: str, person: int) -> tuple[float, int]:
    path: str = "/api/ask"
    body: dict[str, object] = {"question": question}
    if route == "page":
        path, body = "/message", {"turns": [question], "lang": "nb", "turn": 1}
    headers = {"Content-Type": "application/json", "X-Forwarded-For": f"198.51.{person // 250}.{person % 250 + 1}"}
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, body=json.dumps(body).encode(), headers=headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    seconds = time.perf_counter() - begun
    if route == "page" and b'"failed"' in content:
        return seconds, 503
    return seconds, answer.status


def _part(values: Sequence[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def _wait_for(process: subprocess.Popen[str], words: str) -> None:
    for line in process.stderr or process.stdout or ():
        if words in line:
            return
    raise RuntimeError(f"the process ended without saying {words!r}")


if __name__ == "__main__":
    sys.exit(main())
