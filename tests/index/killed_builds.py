"""Builds over an older generation, each killed one step later than the one before; run by test_killed_builds.py.

A process of its own, so that it can fork: every child dies at its step as if the machine had, and costs no start-up.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import traceback
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import llama_index.vector_stores.faiss  # noqa: F401  (imported here, and not again in every child)

from fakes import HashingEncoder, corpus
from helseassistent import durable
from helseassistent.corpus import Corpus
from helseassistent.index.build import build
from helseassistent.index.generation import open_generation
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import RankWeights

OLD = corpus(legevakt="# Legevakt\n\nLegevakten kan ta røntgen.", sykehjem="Storetveit har 27 plasser.")
NEW = corpus(legevakt="# Legevakt\n\nLegevakten kan ikke ta røntgen.", rus="Vi har en handlingsplan.")


def in_child(pages: Corpus, index: Path, dies_at: int) -> int:
    """Exit status of a child that builds; 9 if it died at step `dies_at`."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    steps = count(1)

    def checkpoint(step: str) -> None:
        if next(steps) == dies_at:
            os._exit(9)

    durable.checkpoint = checkpoint
    try:
        build(pages, index, encoder=HashingEncoder())
        os._exit(0)
    finally:  # a child must never return into its parent's loop
        traceback.print_exc()
        os._exit(1)


def served(index: Path) -> dict[str, object]:
    """What a reader sees: the generation, its pages, and the text of the best passage for a question."""
    generation = open_generation(index)
    retriever = HybridRetriever(generation, encoder=HashingEncoder(), weights=RankWeights.shipped(contextual=False))
    found = retriever.search("Kan legevakten ta røntgen?")
    return {
        "generation": generation.manifest.generation,
        "bodies": [page.body for page in generation.pages.values()],
        "best": found[0].passage.text,
    }


def main(folder: Path) -> None:
    os.fsync = lambda descriptor: None  # what a killed process wrote is kept without it, and it takes long
    template = folder / "mal"
    build(OLD, template, encoder=HashingEncoder())
    for number in range(1, 500):
        index = folder / f"steg-{number}"
        shutil.copytree(template, index)
        status = in_child(NEW, index, number)
        after_kill = served(index)
        again = build(NEW, index, encoder=HashingEncoder()).generation
        names = sorted(path.name for path in index.iterdir())
        record = {"status": status, "seen": after_kill, "again": again, "then": served(index), "names": names}
        print(json.dumps(record), flush=True)
        shutil.rmtree(index)
        if status == 0:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
