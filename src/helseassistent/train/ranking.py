"""Fits the ranking, on two kinds of questions: everyday ones, and ones in the words of the pages.

Everyday ones are the questions of held-out documents over all passages with questions. The others are headings of laws
and pages, and NorQuAD's questions, over passages without titles; a tenth of them was kept from the encoder for this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from helseassistent.corpus import Corpus
from helseassistent.index.build import build
from helseassistent.index.generation import Generation, open_generation
from helseassistent.retrieve.hybrid import READ_AGAIN, HybridRetriever
from helseassistent.retrieve.rank import AGAIN, RankWeights, scores
from helseassistent.retrieve.signals import NAMES, SignalTable
from helseassistent.train.data import Pair, Questioned, pairs
from helseassistent.train.practice import practice_corpus, tasks
from helseassistent.train.ranker import Group, fit_listwise
from helseassistent.types import Encoder, Page

# How many questions of each kind the ranking is fitted on, and among how many passages they are asked at most.
EVERYDAY = 2000
OWN_WORDS: Mapping[str, tuple[int, int]] = {
    "law_heading": (700, 4000),
    "section_heading": (400, 2500),
    "question_passage": (400, 3000),
}
_SEED = 11


@dataclass(frozen=True, slots=True)
class Goal:
    """A question, and where the passage stands that answers it."""

    question: str
    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PracticeSet:
    """Pages with questions on them."""

    corpus: Corpus
    goals: tuple[Goal, ...]


def practice_sets(texts: Path, rows: Sequence[Questioned]) -> list[PracticeSet]:
    """The set of everyday questions and those in the pages' own words, drawn with a fixed seed."""
    generator = np.random.default_rng(_SEED)
    corpus = practice_corpus(rows)
    asked = [task for task in tasks(rows, corpus) if task.source.held_out]
    chosen = generator.permutation(len(asked))[:EVERYDAY]
    goals = [Goal(t.question, t.file, t.start, t.end) for t in (asked[number] for number in chosen)]
    found = [PracticeSet(corpus, tuple(goals))]
    for name, (questions, passages) in OWN_WORDS.items():
        rows_of = pairs(texts, name=name, in_context=False)
        found.append(_plain_set(rows_of, questions=questions, passages=passages, generator=generator))
    return [one for one in found if one.goals]


def fit_ranking(sets: Sequence[PracticeSet], *, encoder: Encoder) -> RankWeights:
    """Weights of both sums, each signal's always and in proportion to `SignalTable.own_words`; `sets` is not empty."""
    tried = [case for one in sets for case in _tables(one, encoder=encoder)]
    first = _weights([Group(_both(table.values, table), right) for table, right, _ in tried], names=NAMES)
    weights = RankWeights.of(first[0], own_words=first[1])
    groups = []
    for table, right, read in tried:
        ranked = scores(table, weights=weights)
        best = np.argsort(-ranked)[:READ_AGAIN]
        groups.append(Group(_both(np.column_stack([ranked[best], read[best]]), table), right[best]))
    again = _weights(groups, names=AGAIN)
    return RankWeights.of(first[0], own_words=first[1], again=again[0], again_own_words=again[1])


def _plain_set(rows: Sequence[Pair], *, questions: int, passages: int, generator: np.random.Generator) -> PracticeSet:
    """Passages as pages without a title; those kept from training first, since the questions are about them."""
    texts = list(dict.fromkeys(row.passage for row in sorted(rows, key=lambda row: not row.held_out)))[:passages]
    files = {text: f"{number:05d}.md" for number, text in enumerate(texts)}
    pages = {file: Page(file, "", "", "", "nb", None, None, text) for text, file in files.items()}
    held = [row for row in rows if row.held_out and row.passage in files]
    chosen = [held[number] for number in generator.permutation(len(held))[:questions]]
    goals = tuple(Goal(row.query, files[row.passage], 0, len(row.passage)) for row in chosen)
    return PracticeSet(Corpus(pages, (), "practice"), goals)


def _tables(
    practice: PracticeSet, *, encoder: Encoder
) -> Iterator[tuple[SignalTable, NDArray[np.bool_], NDArray[np.float64]]]:
    """For each question its candidates, which of them are right, and what the second sum sees of each."""
    with TemporaryDirectory() as folder:
        build(practice.corpus, Path(folder), encoder=encoder)
        generation = open_generation(Path(folder))
        weights = RankWeights.of({"dense": 1.0}, again={"first": 1.0})
        retriever = HybridRetriever(generation, encoder=encoder, weights=weights)
        for goal in tqdm(practice.goals, desc="Rangering", unit="spørsmål"):
            vector = encoder.encode_questions([goal.question])[0]
            table = retriever.table(goal.question, vector=vector)
            yield (
                table,
                _overlapping(generation, table.rows, goal=goal),
                retriever.read_again(goal.question, table.rows),
            )


def _both(values: NDArray[np.floating], table: SignalTable) -> NDArray[np.float64]:
    """The signals, and beside them the same in proportion to how far the question is in the pages' own words."""
    return np.hstack([values, table.own_words * values]).astype(np.float64)


def _weights(groups: Sequence[Group], *, names: tuple[str, ...]) -> tuple[dict[str, float], dict[str, float]]:
    found = fit_listwise(groups, names=(*names, *(f"{name}, own words" for name in names)))
    return {name: found[name] for name in names}, {name: found[f"{name}, own words"] for name in names}


def _overlapping(generation: Generation, rows: NDArray[np.int64], *, goal: Goal) -> NDArray[np.bool_]:
    passages = [generation.passages[row] for row in rows]
    return np.array([p.file == goal.file and p.start < goal.end and p.end > goal.start for p in passages])
