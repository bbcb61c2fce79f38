"""Rounds through a site on loopback, each killed with signal 9 at a random moment; run by test_killed_ingest.py.

A process of its own, so that it can fork: a child that is killed costs no start-up, and dies as if the machine had.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from helseassistent.corpus import load_corpus
from helseassistent.ingest.crawl import crawl
from helseassistent.ingest.fetch import Client
from helseassistent.ingest.found import Document, Fetched, Known, Refused, Visit
from helseassistent.ingest.parse import Limits, parse_document
from helseassistent.ingest.report import Report
from helseassistent.ingest.rounds import run_round
from ingest import loopback
from ingest.public_site import source_at


def quick(fetched: Fetched) -> Document | Refused:
    """Reads text as it comes, in this process; what is no text is refused."""
    try:
        return loopback.parse(fetched)
    except UnicodeDecodeError:
        return Refused(fetched.url, "Ikke tekst.", keep=False)


PARSERS: dict[str, Callable[[Fetched], Document | Refused]] = {
    "quick": quick,
    "real": partial(parse_document, limits=Limits()),
}


def visit(corpus: Path, *, root: str, parser: str) -> Report:
    """A round through the site."""
    source = source_at(loopback.Site(root=root), most=400)

    def visiting(known: Mapping[str, Known], finished: frozenset[str]) -> Iterator[Visit]:
        client = Client(agent=loopback.AGENT, permitted=loopback.LOOPBACK)
        clock = loopback.StoppedClock()
        return crawl(source, client=client, parse=PARSERS[parser], known=known, finished=finished, clock=clock)

    return run_round(
        corpus, source="kommunen", publisher="Kommunen", visiting=visiting, belongs=lambda url: url.startswith(root)
    )


def bodies(corpus: Path) -> dict[str, str]:
    """The words of each page; every page is whole."""
    loaded = load_corpus(corpus)
    assert not loaded.problems
    return {file: page.body for file, page in loaded.pages.items()}


def in_child(corpus: Path, *, root: str, parser: str, dies_after: float | None = None) -> bool:
    """A round in a child; whether it came to its end."""
    child = os.fork()
    if child:
        if dies_after is not None:
            time.sleep(dies_after)
            os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in (0, -signal.SIGKILL)
        return status == 0
    try:
        visit(corpus, root=root, parser=parser)
        os._exit(0)
    finally:  # a child must never return into its parent's loop
        traceback.print_exc()
        os._exit(1)


def main(template: Path, root: str, parser: str, rounds: int, seconds: float) -> None:
    os.fsync = lambda descriptor: None  # what a killed process wrote is kept without it, and it takes long
    moments = random.Random(1717)
    for number in range(rounds):
        corpus = template.with_name(f"runde-{number}")
        shutil.copytree(template, corpus)
        ended = in_child(corpus, root=root, parser=parser, dies_after=moments.uniform(0, seconds))
        seen = bodies(corpus)
        again = in_child(corpus, root=root, parser=parser)
        left = [str(path) for path in corpus.rglob(".*.tmp")]
        print(
            json.dumps({"ended": ended, "seen": seen, "again": again, "then": bodies(corpus), "left": left}), flush=True
        )
        shutil.rmtree(corpus)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))
