"""Batches for the transformer: pairs drawn as for the static encoder, padded in groups of about the same length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from helseassistent.train.contextual_recipe import PAIR_FILES, ContextualRecipe, ContextualShares
from helseassistent.train.materials import Materials
from helseassistent.train.pairs import AskedPairs, Batch, Mixture, Source, Surroundings, Thinning
from helseassistent.train.tokens import Ids

QUERY_GROUPS, PASSAGE_GROUPS = 2, 5
_ROUND = 16  # tokens; lengths are rounded up so that few shapes occur
_AHEAD = 4  # batches a worker has ready

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Padded:
    """Some texts of a batch in rows of one length: shape (texts, tokens) both, and where the texts stood."""

    ids: NDArray[np.int64]
    real: NDArray[np.bool_]
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PaddedBatch:
    """Query i against passage i; `contents` has one number a passage, the same for the same text."""

    queries: Sequence[Padded]
    passages: Sequence[Padded]  # with the negatives last
    contents: NDArray[np.int64]
    pairs: int


def mixture(materials: Materials, *, recipe: ContextualRecipe, shares: ContextualShares, size: int) -> Mixture:
    """Batches of `size` pairs in these shares."""
    sentences, matched, asked = materials.sentences, materials.matched, materials.asked
    questions = AskedPairs(
        (asked.questions, asked.in_nynorsk, asked.misspelt),
        (1 - recipe.nynorsk - recipe.misspelt, recipe.nynorsk, recipe.misspelt),
        asked.passages,
        asked.questions_of,
        np.full((len(asked.questions), 1), -1, np.int32),
        negatives_each=0,
    )
    sources: list[tuple[Source, float]] = [
        (
            Surroundings(sentences, sentences.usable, recipe.surroundings_window, recipe.sentence_kept),
            shares.surroundings,
        ),
        *((matched[name], getattr(shares, name)) for name in PAIR_FILES),
        (questions, shares.questions),
        (materials.grouped, shares.thesaurus),
    ]
    thinning = Thinning(recipe.queries_whole, recipe.dropped, recipe.shortest_thinned)
    return Mixture([(source, share) for source, share in sources if share and len(source)], size, thinning, None)


def batches(
    draw: Callable[[np.random.Generator], Batch], *, recipe: ContextualRecipe, steps: int, seed: int, workers: int
) -> Iterator[PaddedBatch]:
    """`steps` batches in order, padded."""
    yield from in_order(_Padding(draw, recipe), steps=steps, seed=seed, workers=workers)


def in_order(make: Callable[[np.random.Generator], Made], *, steps: int, seed: int, workers: int) -> Iterator[Made]:
    """`steps` times what `make` makes; number i depends on (seed, i) alone, however many `workers` make them ahead."""
    ahead = _AHEAD if workers else None
    loader: DataLoader[Made] = DataLoader(
        _Steps(make, seed), batch_size=None, sampler=range(steps), num_workers=workers, prefetch_factor=ahead
    )
    yield from loader


@dataclass(frozen=True, slots=True)
class _Steps(Dataset[Made]):
    make: Callable[[np.random.Generator], Made]
    seed: int

    def __getitem__(self, step: int) -> Made:
        return self.make(np.random.default_rng((self.seed, step)))


@dataclass(frozen=True, slots=True)
class _Padding:
    draw: Callable[[np.random.Generator], Batch]
    recipe: ContextualRecipe

    def __call__(self, generator: np.random.Generator) -> PaddedBatch:
        batch = self.draw(generator)
        passages = [text[: self.recipe.passage_tokens] for text in (*batch.passages, *batch.negatives)]
        queries = [text[: self.recipe.query_tokens] for text in batch.queries]
        return PaddedBatch(
            grouped(queries, groups=QUERY_GROUPS, longest=self.recipe.query_tokens),
            grouped(passages, groups=PASSAGE_GROUPS, longest=self.recipe.passage_tokens),
            contents_of(passages),
            len(queries),
        )


def contents_of(texts: Sequence[Ids]) -> NDArray[np.int64]:
    """One number a text, the same for the same text."""
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(text.tobytes(), len(known)) for text in texts], np.int64)


def grouped(texts: Sequence[Ids], *, groups: int, longest: int) -> list[Padded]:
    """All texts, the shortest in the first group, so that little is padding; at most `longest` tokens of each."""
    cut = [text[:longest] for text in texts]
    order = np.argsort([len(text) for text in cut], kind="stable")
    size = -(-len(cut) // groups)
    return [
        _padded(cut, rows=order[first : first + size], longest=longest) for first in range(0, len(order), max(1, size))
    ]


def _padded(texts: Sequence[Ids], *, rows: NDArray[np.int64], longest: int) -> Padded:
    most = max(len(texts[row]) for row in rows)
    length = min(longest, max(1, -(-most // _ROUND)) * _ROUND)
    ids, real = np.zeros((len(rows), length), np.int64), np.zeros((len(rows), length), bool)
    for place, row in enumerate(rows):
        ids[place, : len(texts[row])] = texts[row]
        real[place, : max(1, len(texts[row]))] = True  # attention over nothing is not a number
    return Padded(ids, real, rows)
