"""Fits the ranking, on two kinds of questions: everyday ones, and ones in the words of the pages.

Everyday ones are the questions of held-out documents over all passages with questions. The others are headings of laws
and pages, and NorQuAD's questions, over passages without titles; a tenth of them was kept from the encoder for this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from helseassistent.corpus import Corpus
from helseassistent.index.build import build
from helseassistent.index.contextual import reader_of
from helseassistent.index.generation import Generation, open_generation
from helseassistent.retrieve.asked import Asked
from helseassistent.retrieve.hybrid import READ, READ_AGAIN, HybridRetriever, read_shares
from helseassistent.retrieve.rank import AGAIN, LAST, RankWeights, scores
from helseassistent.retrieve.signals import NAMES, SignalTable
from helseassistent.train.data import Pair, Questioned, pairs
from helseassistent.train.practice import practice_corpus, tasks
from helseassistent.train.ranker import Group, fit_listwise
from helseassistent.types import Encoder, Page

# How many questions of each kind the ranking is fitted on, and among how many passages they are asked at most.
EVERYDAY = 6000  # all there are
OWN_WORDS: Mapping[str, tuple[int, int]] = {
    "law_heading": (2000, 4000),
    "section_heading": (1120, 2500),
    "question_passage": (400, 3000),
}
# NorQuAD's are few, and the only ones with passages of one text beside the right one; docs/decisions/0008-ranking.md
# has other numbers.
COUNTS: Mapping[str, int] = {"question_passage": 40}
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
    counts: int = 1  # how many times each question counts


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
        plain = _plain_set(rows_of, questions=questions, passages=passages, generator=generator)
        found.append(replace(plain, counts=COUNTS.get(name, 1)))
    return [one for one in found if one.goals]


def fit_ranking(sets: Sequence[PracticeSet], *, encoder: Encoder) -> RankWeights:
    """Weights of the sums, each signal's always and in proportion to `SignalTable.own_words`; `sets` is not empty."""
    with ExitStack() as folders:
        opened = [(one, _opened(one, folders.enter_context(TemporaryDirectory()), encoder=encoder)) for one in sets]
        tried = [case for one, retriever in opened for case in _cases(one, retriever)]
        first = _weights(
            tried, [Group(_both(case.table.values, case.table), case.right) for case in tried], names=NAMES
        )
        weights = RankWeights.of(first[0], own_words=first[1])
        ranked = [_best(case, scores(case.table, weights=weights), count=READ_AGAIN) for case in tried]
        groups = [
            Group(_both(np.column_stack([found, case.again[best]]), case.table), case.right[best])
            for case, (best, found) in zip(tried, ranked, strict=True)
        ]
        again = _weights(tried, groups, names=AGAIN)
        weights = RankWeights.of(first[0], own_words=first[1], again=again[0], again_own_words=again[1])
        if reader_of(encoder) is None or weights.again is None:
            return weights
        groups = []
        for case, (best, found) in zip(tried, ranked, strict=True):
            summed = np.column_stack([found, case.again[best]]) @ weights.again.at(case.table.own_words)
            top = np.argsort(-summed)[:READ]
            odds = case.retriever.read(case.asked, case.table.rows[best[top]])
            read = read_shares(odds, count=len(top), places=np.arange(len(top)))
            groups.append(Group(_both(np.column_stack([summed[top], read]), case.table), case.right[best[top]]))
        last = _weights(tried, groups, names=LAST)
        return RankWeights.of(**weights.by_name(), last=last[0], last_own_words=last[1])


def _plain_set(rows: Sequence[Pair], *, questions: int, passages: int, generator: np.random.Generator) -> PracticeSet:
    """Passages as pages without a title; those kept from training first, since the questions are about them."""
    texts = list(dict.fromkeys(row.passage for row in sorted(rows, key=lambda row: not row.held_out)))[:passages]
    files = {text: f"{number:05d}.md" for number, text in enumerate(texts)}
    pages = {file: Page(file, "", "", "", "nb", None, None, text) for text, file in files.items()}
    held = [row for row in rows if row.held_out and row.passage in files]
    chosen = [held[number] for number in generator.permutation(len(held))[:questions]]
    goals = tuple(Goal(row.query, files[row.passage], *(row.answer or (0, len(row.passage)))) for row in chosen)
    return PracticeSet(Corpus(pages, (), "practice"), goals)


@dataclass(frozen=True, slots=True)
class _Case:
    """A practice question with its candidates, which of them are right, and what the second sum sees of each."""

    retriever: HybridRetriever
    asked: Asked
    table: SignalTable
    right: NDArray[np.bool_]
    again: NDArray[np.float64]
    counts: int


def _opened(practice: PracticeSet, folder: str, *, encoder: Encoder) -> HybridRetriever:
    build(practice.corpus, Path(folder), encoder=encoder)
    weights = RankWeights.of({"dense": 1.0}, again={"first": 1.0})
    return HybridRetriever(open_generation(Path(folder)), encoder=encoder, weights=weights)


def _cases(practice: PracticeSet, retriever: HybridRetriever) -> Iterator[_Case]:
    for goal in tqdm(practice.goals, desc="Rangering", unit="spørsmål"):
        asked = retriever.ask(goal.question)
        table = retriever.table(asked)
        right = _overlapping(retriever.generation, table.rows, goal=goal)
        yield _Case(retriever, asked, table, right, retriever.read_again(asked, table.rows), practice.counts)


def _best(case: _Case, found: NDArray[np.float64], *, count: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Places of the best candidates, best first, and their sums."""
    best = np.argsort(-found)[:count]
    return best, found[best]


def _both(values: NDArray[np.floating], table: SignalTable) -> NDArray[np.float64]:
    """The signals, and beside them the same in proportion to how far the question is in the pages' own words."""
    return np.hstack([values, table.own_words * values]).astype(np.float64)


def _weights(
    cases: Sequence[_Case], groups: Sequence[Group], *, names: tuple[str, ...]
) -> tuple[dict[str, float], dict[str, float]]:
    """What each name weighs always and by own words, every group as many times as its case counts."""
    found = fit_listwise(_repeated(cases, groups), names=(*names, *(f"{name}, own words" for name in names)))
    return {name: found[name] for name in names}, {name: found[f"{name}, own words"] for name in names}


def _repeated(cases: Sequence[_Case], groups: Sequence[Group]) -> list[Group]:
    return [group for case, group in zip(cases, groups, strict=True) for _ in range(case.counts)]


def _overlapping(generation: Generation, rows: NDArray[np.int64], *, goal: Goal) -> NDArray[np.bool_]:
    passages = [generation.passages[row] for row in rows]
    return np.array([p.file == goal.file and p.start < goal.end and p.end > goal.start for p in passages])
