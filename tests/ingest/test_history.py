"""What a page said before, and which words came and went."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fakes import page
from helseassistent.corpus import load_corpus, write_page
from helseassistent.ingest.history import differences, former_texts, keep_former


def test_only_the_words_that_differ_are_told() -> None:
    before = "# Legevakt\n\nLegevakten har åpent hele døgnet. Ring 116117.\n\nVelkommen."
    after = "# Legevakt\n\nLegevakten har åpent fra 08 til 23. Ring 116117.\n\nVelkommen."
    told = [(found.kind, found.text) for found in differences(before, after)]
    assert told == [
        ("same", "# Legevakt\nLegevakten har åpent"),
        ("old", "hele døgnet."),
        ("new", "fra 08 til 23."),
        ("same", "Ring 116117.\nVelkommen."),
    ]


@given(st.text("ab \n", max_size=40), st.text("ab \n", max_size=40))
def test_the_words_of_both_texts_are_told_whole_and_in_order(before: str, after: str) -> None:
    told = list(differences(before, after))
    assert " ".join(found.text for found in told if found.kind != "old").split() == after.split()
    assert sum(len(found.text.split()) for found in told if found.kind != "new") == len(before.split())


def test_a_long_page_is_compared_in_a_moment() -> None:
    words = random.Random(1)
    lines = [" ".join(words.choices(["helse", "lege", "vakt", "pleie", "hjelp"], k=12)) for _ in range(4000)]
    changed = [line if number % 50 else f"{line} nytt" for number, line in enumerate(lines)]
    started = time.process_time()
    told = list(differences("\n".join(lines), "\n".join(changed)))
    assert sum(found.text == "nytt" for found in told) == 80
    assert time.process_time() - started < 10


def test_former_texts_are_kept_once_oldest_first_and_out_of_the_corpus(tmp_path: Path) -> None:
    for day, body in enumerate(("Først.", "Så.", "Nå."), start=1):
        written = replace(page("by/side.md", body), fetched_at=datetime(2026, 11, day, tzinfo=UTC) if day > 1 else None)
        write_page(written, folder=tmp_path)
        for _ in range(2):
            keep_former(written, corpus=tmp_path)
    assert [former.body for former in former_texts("by/side.md", corpus=tmp_path)] == ["Først.", "Så.", "Nå."]
    assert former_texts("by/annen.md", corpus=tmp_path) == ()
    assert list(load_corpus(tmp_path).pages) == ["by/side.md"]
    assert not load_corpus(tmp_path).problems
