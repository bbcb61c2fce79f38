"""Questions beside a page help to find its passages, whoever wrote them, and are told of when stale."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from fakes import HashingEncoder
from helseassistent.corpus import load_corpus
from helseassistent.index.build import build
from helseassistent.index.generation import open_generation
from helseassistent.index.passages import cut
from helseassistent.index.questions import passage_digest
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import RankWeights

SHIPPED = Path(__file__).parents[2] / "corpus"
BESIDE = "bergen-kommune/vare-satsinger.questions.yaml"
PAGE = "bergen-kommune/vare-satsinger.md"
ASKED = "Hvor går jeg når kneet er forvridd?"
BEGINS = "Bergen Legevakt er i praksis"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "sider"))


def write(corpus: Path, text: str) -> None:
    (corpus / BESIDE).write_text(text, encoding="utf-8")


def test_a_written_question_finds_its_passage_and_changes_the_generation(corpus: Path, tmp_path: Path) -> None:
    encoder, index = HashingEncoder(), tmp_path / "indeks"
    weights = RankWeights.of({"sentence": 1})
    before = build(load_corpus(corpus), index, encoder=encoder)
    first = HybridRetriever(open_generation(index), encoder=encoder, weights=weights).search(ASKED)[0]
    write(corpus, f"- begins: {BEGINS}\n  questions:\n    - {ASKED}\n")
    after = build(load_corpus(corpus), index, encoder=encoder)
    found = HybridRetriever(open_generation(index), encoder=encoder, weights=weights).search(ASKED)[0]
    assert after.rebuilt
    assert before.generation != after.generation
    assert not after.problems
    assert found.passage.text.startswith(BEGINS)
    assert found.signals.sentence == pytest.approx(1.0, abs=1e-3)
    assert first.signals.sentence < 0.9


def test_without_questions_nothing_extra_is_stored(corpus: Path, tmp_path: Path) -> None:
    build(load_corpus(corpus), tmp_path / "indeks", encoder=HashingEncoder())
    assert open_generation(tmp_path / "indeks").written is None


def test_what_was_written_for_a_former_text_is_told_of_at_every_build_and_left_out(
    corpus: Path, tmp_path: Path
) -> None:
    page = load_corpus(corpus).pages[PAGE]
    passage = next(passage for passage in cut(page) if passage.text.startswith(BEGINS))
    write(corpus, f"- begins: {BEGINS}\n  digest: {passage_digest(passage)!r}\n  questions: ['{ASKED}']\n")
    index = tmp_path / "indeks"
    assert not build(load_corpus(corpus), index, encoder=HashingEncoder()).problems
    path = corpus / PAGE
    path.write_text(path.read_text("utf-8").replace("sårbehandling", "behandling av sår"), encoding="utf-8")
    for rebuilt in (True, False):
        report = build(load_corpus(corpus), index, encoder=HashingEncoder())
        assert report.rebuilt is rebuilt
        assert ["er skrevet for en tidligere tekst" in str(problem) for problem in report.problems] == [True]
    assert open_generation(index).written is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- begins: Noe som ikke står der\n  questions: ['Hva?']\n", "begynner ikke som nøyaktig ett utdrag"),
        (f"- begins: {BEGINS}\n", "må ha «begins»"),
        (f"- begins: {BEGINS}\n  questions: [7]\n", "har et spørsmål som ikke er tekst"),
        ("begins: x\n", "må være en liste"),
        ("- [", "kan ikke leses som YAML"),
        ("- bare tekst\n", "må ha «begins»"),
    ],
)
def test_an_entry_that_cannot_be_used_is_told_of_and_the_page_still_answers(
    text: str, told: str, corpus: Path, tmp_path: Path
) -> None:
    write(corpus, text)
    report = build(load_corpus(corpus), tmp_path / "indeks", encoder=HashingEncoder())
    assert [told in str(problem) for problem in report.problems] == [True]
    assert report.pages == 2


def test_the_nearest_written_question_counts() -> None:
    from helseassistent.index.questions import QuestionVectors

    vectors = np.eye(3, dtype=np.float32)
    best = QuestionVectors(np.array([2, 2, 0]), vectors).best(np.array([0.1, 0.7, 0.2], dtype=np.float32), passages=4)
    assert best.tolist() == pytest.approx([0.2, 0.0, 0.7, 0.0])
