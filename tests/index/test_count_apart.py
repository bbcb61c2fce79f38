"""Counted in another process or here, the words give the same indexes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from helseassistent.corpus import Corpus
from helseassistent.index import count_apart
from helseassistent.index.count_apart import counting
from helseassistent.index.lexical import Lexical, count, material
from helseassistent.index.passages import cut
from helseassistent.types import Passage

TERMS = ["legevakt", "+lege", "sykehjem", "xyzzy"]


@pytest.fixture
def passages(shipped: Corpus) -> list[Passage]:
    return [passage for page in shipped.pages.values() for passage in cut(page)]


def assert_same(one: Lexical, other: Lexical) -> None:
    for index in ("words", "grams", "context"):
        first, second = getattr(one, index), getattr(other, index)
        np.testing.assert_array_equal(first.scores(TERMS), second.scores(TERMS))
        assert first.vocabulary == second.vocabulary
    assert one.table.words == other.table.words
    np.testing.assert_array_equal(one.table.stems, other.table.stems)
    np.testing.assert_array_equal(one.table.passages.ids, other.table.passages.ids)


def test_another_process_counts_the_same(
    passages: list[Passage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_apart, "APART_FROM", 1)
    with counting(passages, folder=tmp_path) as counts:
        assert_same(counts(), count(material(passages)))


def test_a_process_that_cannot_start_or_dies_is_done_without(
    passages: list[Passage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_apart, "APART_FROM", 1)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with counting(passages, folder=tmp_path) as counts:
        assert_same(counts(), count(material(passages)))


def test_an_error_here_ends_the_other_process(
    passages: list[Passage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_apart, "APART_FROM", 1)
    started: list[subprocess.Popen[bytes]] = []
    original = count_apart._started

    def remembered(asked: IO[bytes], found: IO[bytes]) -> subprocess.Popen[bytes]:
        started.append(original(asked, found))
        return started[0]

    monkeypatch.setattr(count_apart, "_started", remembered)
    with pytest.raises(KeyError), counting(passages, folder=tmp_path):
        raise KeyError
    assert started[0].poll() is not None
    assert not list(tmp_path.iterdir())
