"""Batches for the transformer: pairs drawn as for the static encoder, padded in groups of about the same length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from helseassistent.train.contextual_recipe import PAIR_FILES, ContextualRecipe, Lesson
from helseassistent.train.materials import Materials
from helseassistent.train.pairs import AskedPairs, Batch, Mixture, Source, Surroundings, Thinning
from helseassistent.train.tokens import Ids

_QUERY_GROUPS, _PASSAGE_GROUPS = 2, 5
_ROUND = 16  # tokens; lengths are rounded up so that few shapes occur
_AHEAD = 4  # batches a worker has ready


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


def mixture(
    materials: Materials,
    *,
    recipe: ContextualRecipe,
    lesson: Lesson,
    negatives: NDArray[np.int32] | None,
) -> Mixture:
    """What a lesson draws from, with one row of `negatives` a question if there are any."""
    sentences, matched = materials.sentences, materials.matched
    shares, window, kept = lesson.shares, recipe.surroundings_window, recipe.sentence_kept
    sources: list[tuple[Source, float]] = [
        (Surroundings(sentences, sentences.usable, window, kept), shares.surroundings),
        *((matched[name], getattr(shares, name)) for name in PAIR_FILES),
        (_asked(materials, recipe=recipe, negatives=negatives), shares.questions),
        (materials.grouped, shares.thesaurus),
    ]
    thinning = Thinning(recipe.queries_whole, recipe.dropped, recipe.shortest_thinned)
    return Mixture(
        [(source, share) for source, share in sources if share and len(source)], lesson.batch, thinning, None
    )


def _asked(materials: Materials, *, recipe: ContextualRecipe, negatives: NDArray[np.int32] | None) -> AskedPairs:
    asked = materials.asked
    return AskedPairs(
        (asked.questions, asked.in_nynorsk, asked.misspelt),
        (1 - recipe.nynorsk - recipe.misspelt, recipe.nynorsk, recipe.misspelt),
        asked.passages,
        asked.questions_of,
        np.full((len(asked.questions), 1), -1, np.int32) if negatives is None else negatives,
        0 if negatives is None else recipe.negatives_each,
    )


def batches(
    draw: Callable[[np.random.Generator], Batch], *, recipe: ContextualRecipe, steps: int, seed: int, workers: int
) -> Iterator[PaddedBatch]:
    """`steps` batches in order; batch i depends on (seed, i) alone, however many `workers` make them ahead."""
    drawn = _Drawn(draw, recipe, seed)
    ahead = _AHEAD if workers else None
    loader: DataLoader[PaddedBatch] = DataLoader(
        drawn, batch_size=None, sampler=range(steps), num_workers=workers, prefetch_factor=ahead
    )
    yield from loader


@dataclass(frozen=True, slots=True)
class _Drawn(Dataset[PaddedBatch]):
    draw: Callable[[np.random.Generator], Batch]
    recipe: ContextualRecipe
    seed: int

    def __getitem__(self, step: int) -> PaddedBatch:
        batch = self.draw(np.random.default_rng((self.seed, step)))
        passages = [text[: self.recipe.passage_tokens] for text in (*batch.passages, *batch.negatives)]
        queries = [text[: self.recipe.query_tokens] for text in batch.queries]
        contents: dict[bytes, int] = {}
        numbers = [contents.setdefault(text.tobytes(), len(contents)) for text in passages]
        return PaddedBatch(
            grouped(queries, groups=_QUERY_GROUPS, longest=self.recipe.query_tokens),
            grouped(passages, groups=_PASSAGE_GROUPS, longest=self.recipe.passage_tokens),
            np.array(numbers, np.int64),
            len(queries),
        )


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
