"""Batches: which pairs are drawn, from which source and how often, and what is done to them on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from helseassistent.train.tokens import Ids, Sentences, Tokens

LONGEST_PASSAGE = 250  # tokens
_LONGEST_SENTENCE = 64
_WINDOW = 120  # tokens before and after a sentence, together
_MISSPELT_SHARE = 0.15
_SAMPLED = 64  # tokens of a passage

Example: TypeAlias = tuple[Ids, Ids, tuple[Ids, ...]]  # query, passage, hard negatives


@dataclass(frozen=True, slots=True)
class Batch:
    """Passage i answers query i; every other passage and all negatives count as wrong for it."""

    queries: Sequence[Ids]
    passages: Sequence[Ids]
    negatives: Sequence[Ids]


class Source(Protocol):
    """Something pairs are drawn from; gives at most `count`, none if it is empty."""

    def __len__(self) -> int: ...

    def draw(self, generator: np.random.Generator, *, count: int) -> list[Example]: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A sentence against the rest of its window, as the inverse cloze task has it (Lee et al. 2019)."""

    sentences: Sentences
    usable: NDArray[np.int64]
    window: int = _WINDOW
    kept: float = 0.0  # how often the sentence stays in its window, so that the same words count as well

    def __len__(self) -> int:
        return len(self.usable)

    def draw(self, generator: np.random.Generator, *, count: int) -> list[Example]:
        chosen = generator.choice(self.usable, count)
        before = generator.integers(15, 90, count)
        kept = generator.random(count) < self.kept if self.kept else np.zeros(count, bool)
        drawn = zip(chosen, before, kept, strict=True)
        return [self._example(int(number), before=int(left), kept=bool(stays)) for number, left, stays in drawn]

    def _example(self, number: int, *, before: int, kept: bool) -> Example:
        texts, flat = self.sentences, self.sentences.flat
        start, end = texts.starts[number], texts.ends[number]
        first = max(texts.document_starts[number], start - before)
        last = min(texts.document_ends[number], end + self.window - before)
        passage = flat[first:last] if kept else np.concatenate([flat[first:start], flat[end:last]])
        return flat[start:end][:_LONGEST_SENTENCE], passage, ()


@dataclass(frozen=True, slots=True)
class Matched:
    """Pairs as they are; drawn in either direction if both texts are of one kind."""

    queries: Tokens
    passages: Tokens
    either_way: bool = False

    def __len__(self) -> int:
        return len(self.queries)

    def draw(self, generator: np.random.Generator, *, count: int) -> list[Example]:
        chosen = generator.integers(0, len(self.queries), count)
        turned = self.either_way & (generator.random(count) < 0.5)
        found: list[Example] = []
        for number, turn in zip(chosen, turned, strict=True):
            query, passage = self.queries[number], self.passages[number][:LONGEST_PASSAGE]
            found.append((passage, query, ()) if turn else (query, passage, ()))
        return found


@dataclass(frozen=True, slots=True)
class AskedPairs:
    """A question of a passage, as written, in nynorsk or misspelt; never two questions of one passage."""

    versions: Sequence[Tokens]  # the same questions in the same order, differently spelt
    shares: Sequence[float]  # how often each version is taken
    passages: Tokens
    questions_of: Mapping[int, Sequence[int]]  # question numbers by passage number
    negatives: NDArray[np.int32]  # (questions, candidates), passage numbers, -1 where there is none
    negatives_each: int

    def __len__(self) -> int:
        return len(self.questions_of)

    def draw(self, generator: np.random.Generator, *, count: int) -> list[Example]:
        numbers = np.fromiter(self.questions_of, np.int64)
        chosen = generator.choice(numbers, min(count, len(numbers)), replace=False)
        version = generator.choice(len(self.versions), len(chosen), p=self.shares)
        return [
            self._example(int(p), version=int(v), generator=generator) for p, v in zip(chosen, version, strict=True)
        ]

    def _example(self, passage: int, *, version: int, generator: np.random.Generator) -> Example:
        question = int(generator.choice(self.questions_of[passage]))
        candidates = self.negatives[question]
        candidates = candidates[candidates >= 0]
        wrong = generator.permutation(candidates)[: self.negatives_each]
        texts = tuple(self.passages[int(number)][:LONGEST_PASSAGE] for number in wrong)
        return self.versions[version][question], self.passages[passage][:LONGEST_PASSAGE], texts


@dataclass(frozen=True, slots=True)
class Group:
    """One thesaurus group: its official words, and the ways others say or misspell them."""

    official: Sequence[Ids]
    spoken: Sequence[Ids]
    misspelt: Sequence[Ids]


@dataclass(frozen=True, slots=True)
class Grouped:
    """What people say against what officials write, one pair a group."""

    groups: Sequence[Group]

    def __len__(self) -> int:
        return len(self.groups)

    def draw(self, generator: np.random.Generator, *, count: int) -> list[Example]:
        chosen = generator.choice(len(self.groups), min(count, len(self.groups)), replace=False)
        return [self._example(self.groups[number], generator=generator) for number in chosen]

    @staticmethod
    def _example(group: Group, *, generator: np.random.Generator) -> Example:
        misspelt = group.misspelt and (not group.spoken or generator.random() < _MISSPELT_SHARE)
        words = group.misspelt if misspelt else group.spoken
        return (
            words[int(generator.integers(len(words)))],
            group.official[int(generator.integers(len(group.official)))],
            (),
        )


@dataclass(frozen=True, slots=True)
class Thinning:
    """How queries lose tokens, so that no single word carries the meaning."""

    whole: float = 0.5  # share of the queries that lose none
    dropped: float = 0.3  # share of the tokens of the others
    shortest: int = 4  # tokens of a query that may lose some


@dataclass(frozen=True, slots=True)
class Mixture:
    """Batches drawn from several sources in given shares, some words of the queries left out.

    About `sampled` tokens of a long passage are kept; None keeps it whole and in order.
    """

    sources: Sequence[tuple[Source, float]]
    size: int
    thinning: Thinning = Thinning()
    sampled: int | None = _SAMPLED
    shares: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        shares = np.array([share for _, share in self.sources], np.float64)
        object.__setattr__(self, "shares", shares / shares.sum())

    def __call__(self, generator: np.random.Generator) -> Batch:
        counts = generator.multinomial(self.size, self.shares)
        examples = [
            example
            for (source, _), count in zip(self.sources, counts, strict=True)
            for example in source.draw(generator, count=int(count))
            if len(example[0]) and len(example[1])
        ]
        queries = [_thinned(query, how=self.thinning, generator=generator) for query, _, _ in examples]
        passages = [self._passage(passage, generator=generator) for _, passage, _ in examples]
        negatives = [
            self._passage(text, generator=generator) for _, _, texts in examples for text in texts if len(text)
        ]
        return Batch(queries, passages, negatives)

    def _passage(self, passage: Ids, *, generator: np.random.Generator) -> Ids:
        """A long mean is near that of a part, and a step takes half the time."""
        if self.sampled is None or len(passage) <= self.sampled:
            return passage
        kept = passage[generator.random(len(passage)) < self.sampled / len(passage)]
        return kept if len(kept) else passage


def _thinned(query: Ids, *, how: Thinning, generator: np.random.Generator) -> Ids:
    if len(query) < how.shortest or generator.random() < how.whole:
        return query
    kept = query[generator.random(len(query)) > how.dropped]
    return kept if len(kept) else query
