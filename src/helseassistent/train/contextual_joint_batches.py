"""Batches for the last training: questions with the passages that are read for them, and pairs of other texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helseassistent.train.contextual_batches import PASSAGE_GROUPS, QUERY_GROUPS, Padded, contents_of, grouped
from helseassistent.train.contextual_heads import NO_SENTENCE
from helseassistent.train.contextual_pool import Kind, Pool
from helseassistent.train.contextual_recipe import ContextualRecipe
from helseassistent.train.pairs import Batch
from helseassistent.train.tokens import Ids

_NO_PLACE = -1


@dataclass(frozen=True, slots=True)
class Counted:
    """Texts in groups, and where the tokens stand that count: (texts, most), -1 in the places that are left."""

    groups: Sequence[Padded]
    places: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class JointBatch:
    """Queries of which the first ones are questions that the reader reads passages for, the right one first."""

    queries: Counted
    passages: Counted
    sentences: NDArray[np.int64]  # (passages, places), NO_SENTENCE where there is none
    right: NDArray[np.int64]  # (queries,), passage numbers
    contents: NDArray[np.int64]  # (passages,), one number for one text
    read: NDArray[np.int64]  # (questions, passages of each), passage numbers
    answers: NDArray[np.bool_]  # (questions, sentences of all passages read, and none in the last column)
    near: NDArray[np.bool_]  # (questions,), near misses


@dataclass(frozen=True, slots=True)
class JointDraw:
    """Draws a batch; `chosen` has the numbers of questions and how many of them a batch takes, near misses last."""

    pool: Pool
    pairs: Callable[[np.random.Generator], Batch]
    negatives: NDArray[np.int32]  # (questions, candidates), passage numbers, -1 where there is none
    counts: NDArray[np.uint8]  # by word piece, as `counting_pieces` has it
    recipe: ContextualRecipe
    chosen: Sequence[tuple[NDArray[np.int64], int]]

    def __call__(self, generator: np.random.Generator) -> JointBatch:
        recipe, size, asked = self.recipe, self.recipe.reader, self.pool.asked
        numbers = self._questions(generator)
        read = [[int(asked.right[number]), *self._wrong(number, generator)] for number in numbers.tolist()]
        pairs = self.pairs(generator)
        order, at = np.unique(np.array(read, np.int64).reshape(-1, 1 + recipe.joint.against), return_inverse=True)
        at = at.reshape(-1, 1 + recipe.joint.against)
        passages = [*(asked.passages[int(number)] for number in order), *pairs.passages]
        passages = [text[: recipe.passage_tokens] for text in passages]
        queries = [*(self._written(number, generator) for number in numbers.tolist()), *pairs.queries]
        queries = [text[: recipe.query_tokens] for text in queries]
        places = _places(passages, self.counts > 1, most=size.passage_words)
        sentences = np.full(places.shape, NO_SENTENCE, np.int64)
        for row, number in enumerate(order):
            found = places[row][places[row] != _NO_PLACE]
            sentences[row, : len(found)] = self.pool.sentences[asked.passages.offsets[number] :][found]
        near = self.pool.kinds[numbers] == Kind.NEAR_MISS
        return JointBatch(
            Counted(
                grouped(queries, groups=QUERY_GROUPS, longest=recipe.query_tokens),
                _places(queries, self.counts > 0, most=size.question_words),
            ),
            Counted(grouped(passages, groups=PASSAGE_GROUPS, longest=recipe.passage_tokens), places),
            sentences,
            np.concatenate([at[:, 0], len(order) + np.arange(len(pairs.queries))]),
            contents_of(passages),
            at,
            self._answers(numbers, sentences[at[:, 0]], near=near),
            near,
        )

    def _questions(self, generator: np.random.Generator) -> NDArray[np.int64]:
        """Numbers of questions, never two of one passage but for near misses."""
        *answered, near = [
            generator.choice(numbers, min(count, len(numbers)), replace=False) for numbers, count in self.chosen
        ]
        drawn = np.concatenate(answered)
        _, first = np.unique(self.pool.asked.right[drawn], return_index=True)
        return np.concatenate([drawn[first], near])

    def _wrong(self, number: int, generator: np.random.Generator) -> list[int]:
        """Hard negatives, or any passages where there are too few."""
        count, asked = self.recipe.joint.against, self.pool.asked
        candidates = self.negatives[number][self.negatives[number] >= 0]
        if len(candidates) < count:
            candidates = np.flatnonzero(asked.trainable & (np.arange(len(asked.trainable)) != asked.right[number]))
        return [int(passage) for passage in generator.choice(candidates, count, replace=False)]

    def _written(self, number: int, generator: np.random.Generator) -> Ids:
        """The question as written, in nynorsk or misspelt, now and then without some of its tokens."""
        recipe, asked = self.recipe, self.pool.asked
        versions = (asked.questions, asked.in_nynorsk, asked.misspelt)
        others = recipe.joint.nynorsk, recipe.joint.misspelt
        drawn = int(generator.choice(3, p=(1 - sum(others), *others)))
        text = versions[0 if self.pool.kinds[number] == Kind.QUIZ else drawn][number]
        if len(text) < recipe.shortest_thinned or generator.random() < recipe.queries_whole:
            return text
        kept = text[generator.random(len(text)) > recipe.dropped]
        return kept if len(kept) else text

    def _answers(
        self, numbers: NDArray[np.int64], sentences: NDArray[np.int64], *, near: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Sentences that answer: any of the right passage where none is known to, none for near misses."""
        count = self.recipe.reader.sentences
        found = np.zeros((len(numbers), (1 + self.recipe.joint.against) * count + 1), bool)
        for row, (number, seen) in enumerate(zip(numbers, sentences, strict=True)):
            present = set(seen[seen < count].tolist())
            right = () if near[row] else (present & self.pool.answers[number]) or present
            found[row, list(right) or [-1]] = True
        return found


def joint_draw(
    pool: Pool,
    *,
    pairs: Callable[[np.random.Generator], Batch],
    negatives: NDArray[np.int32],
    counts: NDArray[np.uint8],
    recipe: ContextualRecipe,
) -> JointDraw:
    """Batches in the shares of `recipe`; `negatives` has one row a question of `pool`."""
    plan = recipe.joint
    chosen = (
        (pool.numbers(Kind.ASKED, labelled=True), plan.labelled),
        (pool.numbers(Kind.QUIZ), plan.quizzes),
        (pool.numbers(Kind.ASKED, labelled=False), plan.loose),
        (pool.numbers(Kind.NEAR_MISS), plan.near_misses),
    )
    return JointDraw(pool, pairs, negatives, counts, recipe, chosen)


def _places(texts: Sequence[Ids], counting: NDArray[np.bool_], *, most: int) -> NDArray[np.int64]:
    """Where the first `most` tokens stand that count."""
    found = np.full((len(texts), most), _NO_PLACE, np.int64)
    for row, text in enumerate(texts):
        at = np.flatnonzero(counting[text])[:most]
        found[row, : len(at)] = at
    return found
