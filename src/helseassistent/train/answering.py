"""Fits what makes an answer of what was found: choice of sentences, scope, confidence.

All of it is fitted on the held-out documents of the training folder and on questions written for the project, never
on an evaluation set; so the evaluation sets can judge the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from helseassistent.answer.extract import PASSAGES, choose, context_of, draft
from helseassistent.answer.reading import Reading, WordVectors, read_question
from helseassistent.answer.scope import Scope, lacks_the_fact, scope_text
from helseassistent.answer.sentences import NAMES as SENTENCE_NAMES
from helseassistent.answer.sentences import sentence_features
from helseassistent.answer.support import features
from helseassistent.index.build import build
from helseassistent.index.contextual import PairedEncoder
from helseassistent.index.generation import open_generation
from helseassistent.index.in_context import ContextReader, WordsInContext
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import RankWeights
from helseassistent.train.episodes import Asked, Episode, Material, episodes
from helseassistent.train.labels import read_labels, sentences_of
from helseassistent.train.practice import practice_corpus, tasks
from helseassistent.train.ranker import Group, fit_listwise
from helseassistent.types import Encoder, Page, Scored, Vectors

_SEED = 11


@dataclass(frozen=True, slots=True)
class Tried:
    """One question of an episode with what was found, and where its answer stands; no spans if it has none."""

    asked: Asked
    reading: Reading
    evidence: tuple[Scored, ...]
    pages: Mapping[str, Page]
    spans: tuple[tuple[str, int, int], ...]  # file, start, end
    labelled: bool  # the spans are sentences that a reader pointed out, not the whole passage


class RememberingEncoder:
    """An encoder that encodes no passage twice: the same passages come back in many episodes."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}
        self.fingerprint = encoder.fingerprint
        self.dimensions = encoder.dimensions

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """As the encoder does."""
        return self._encoder.encode_questions(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """As the encoder does, from memory where it can."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            self._known.update(zip(missing, self._encoder.encode_passages(missing), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32).reshape(len(texts), self.dimensions)


@dataclass(frozen=True)
class RememberingReader(ContextReader):
    """A reader that reads no passage twice."""

    known: dict[str, tuple[NDArray[np.float32], WordsInContext]] = field(default_factory=dict)

    def passages(
        self, texts: Sequence[str], *, sentence_ends: Sequence[Sequence[int]]
    ) -> tuple[Vectors, WordsInContext]:
        """As the reader does, from memory where it can; the sentences of a text are always the same."""
        missing = {text: ends for text, ends in zip(texts, sentence_ends, strict=True) if text not in self.known}
        vectors, words = super().passages(list(missing), sentence_ends=list(missing.values()))
        for row, text in enumerate(missing):
            self.known[text] = vectors[row], words.take(np.array([row]))
        found = [self.known[text] for text in texts]
        rows = np.array([vector for vector, _ in found], np.float32).reshape(len(texts), self.dimensions)
        return rows, WordsInContext.joined([part for _, part in found], dimensions=self.of_words)


def remembering(encoder: Encoder) -> Encoder:
    """The encoder, or both of a pair, each remembering."""
    if not isinstance(encoder, PairedEncoder):
        return RememberingEncoder(encoder)
    second = encoder.contextual
    if isinstance(second, ContextReader):
        second = RememberingReader(second.encoder, second.reader, second.counts)
    else:
        second = RememberingEncoder(second)
    return PairedEncoder(RememberingEncoder(encoder.words), second)


def try_episodes(
    material: Material, *, labels: Path, encoder: Encoder, weights: RankWeights, count: int
) -> Iterator[Tried]:
    """Search for every question of `count` episodes, each with an index of its own."""
    answers = read_labels(labels)
    for episode in tqdm(episodes(material, count=count, seed=_SEED), desc="Øvelser", total=count):
        yield from _try(episode, answers=answers, encoder=encoder, weights=weights)


def fit_sentences(tried: Sequence[Tried], *, counting: Sequence[Group], vectors: WordVectors) -> Mapping[str, float]:
    """Weights of the choice of sentences, on labelled questions, against all sentences that could have been quoted.

    `counting` are more groups, of single passages, for the signals that few questions have.
    """
    names = ("passage", *SENTENCE_NAMES)
    groups = [sentence_group(case, vectors=vectors) for case in tried if case.labelled]
    groups += [Group(np.hstack([np.zeros((len(g.right), 1)), g.features]), g.right) for g in counting]
    found = dict(fit_listwise(groups, names=names))
    scale = found.pop("passage")  # the ranking's scores are added as they are, so the rest is put on their scale
    return {name: round(weight / scale, 4) for name, weight in found.items()}


def confidence_samples(
    tried: Sequence[Tried], *, encoder: Encoder, vectors: WordVectors, scope: Scope
) -> list[tuple[dict[str, float], bool]]:
    """Features of each question that would be answered at all, and whether the quoted words hold the answer."""
    samples = []
    for case in tried:
        choices = choose(case.reading, evidence=case.evidence, vectors=vectors)
        if not choices:
            continue
        topic = encoder.encode_questions([scope_text(case.asked.question)])[0]
        seen = features(
            case.reading,
            evidence=case.evidence,
            choices=choices,
            pages=case.pages,
            vectors=vectors,
            off_topic=scope.off_topic(topic),
        )
        if lacks_the_fact(seen):
            continue
        passages = {scored.passage.id: scored.passage.file for scored in case.evidence}
        quotes = [
            (passages[quote.passage_id], quote.start or 0, (quote.start or 0) + len(quote.quote))
            for claim in draft(choices, evidence=case.evidence, confidence=0.0).claims
            for quote in claim.quotes
        ]
        samples.append((seen, any(_overlap(quote, span) for quote in quotes for span in case.spans)))
    return samples


def _try(
    episode: Episode, *, answers: Mapping[str, list[list[int]]], encoder: Encoder, weights: RankWeights
) -> Iterator[Tried]:
    corpus = practice_corpus(episode.rows)
    places = {task.source.id: (task.file, task.start, task.end) for task in tasks(episode.rows, corpus)}
    with TemporaryDirectory() as folder:
        build(corpus, Path(folder), encoder=encoder)
        generation = open_generation(Path(folder))
        retriever = HybridRetriever(generation, encoder=encoder, weights=weights)
        for asked in episode.questions:
            evidence = tuple(retriever.search(asked.question))
            spans, labelled = _answer_spans(asked, places=places, answers=answers)
            reading = read_question(asked.question, encoder=encoder)
            yield Tried(asked, reading, evidence, dict(generation.pages), spans, labelled)


def _answer_spans(
    asked: Asked, *, places: Mapping[str, tuple[str, int, int]], answers: Mapping[str, list[list[int]]]
) -> tuple[tuple[tuple[str, int, int], ...], bool]:
    if asked.row is None:
        return (), False
    file, start, end = places[asked.row.id]
    numbers = answers.get(asked.row.id, [])
    if asked.number >= len(numbers) or not numbers[asked.number]:
        return ((file, start, end),), False
    text = asked.row.text
    cut = sentences_of(text)
    return tuple((file, start + cut[n - 1][0], start + cut[n - 1][1]) for n in numbers[asked.number]), True


def sentence_group(case: Tried, *, vectors: WordVectors) -> Group:
    """All sentences that could have been quoted for one question, with the score of their passage in front."""
    rows, right = [], []
    for scored in case.evidence[:PASSAGES]:
        if scored.sentences:
            context = context_of(scored.passage)
            found = sentence_features(case.reading, scored.sentences, context=context, vectors=vectors)
            rows.append(np.hstack([np.full((len(found), 1), scored.score), found]))
            places = [(scored.passage.file, sentence.start, sentence.end) for sentence in scored.sentences]
            right += [any(_overlap(place, span) for span in case.spans) for place in places]
    table = np.vstack(rows)
    table[:, 0] -= table[:, 0].max()
    return Group(table, np.array(right))


def _overlap(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and one[2] > other[1]
