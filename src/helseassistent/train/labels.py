"""The labels that say which sentence of a practice passage answers a question."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from helseassistent.answer.reading import WordVectors, read_question
from helseassistent.answer.sentences import sentence_features
from helseassistent.index.contextual import reader_of
from helseassistent.text.asked import counted
from helseassistent.text.sentences import blocks, sentence_spans
from helseassistent.train.data import Questioned
from helseassistent.train.ranker import Group
from helseassistent.types import Encoder, Sentence


def read_labels(path: Path) -> dict[str, list[list[int]]]:
    """For each passage id, one list of sentence numbers (from 1, best first) a question."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {fields["id"]: fields["labels"] for fields in lines}


def sentences_of(text: str) -> list[tuple[int, int]]:
    """The sentences that the labels number, as offsets into `text`."""
    return [span for block in blocks(text) for span in sentence_spans(text, start=block.start, end=block.end)]


def counting_groups(
    rows: Sequence[Questioned], labels: Mapping[str, list[list[int]]], *, encoder: Encoder, vectors: WordVectors
) -> Iterator[Group]:
    """Questions of the kind "how many X" with the sentences of their own passage.

    They are few, so those of all documents serve: that a number must be one of the things asked for is nothing that
    an encoder could have learned by heart.
    """
    for row in rows:
        asked = zip(row.questions, labels.get(row.id, []), strict=False)
        for question, right in [pair for pair in asked if pair[1] and counted(pair[0])]:
            spans = sentences_of(row.text)
            texts = [row.text[start:end] for start, end in spans]
            similar = encoder.encode_passages(texts) @ encoder.encode_questions([question])[0]
            read = _read(row, spans, question, encoder=encoder)
            sentences = [
                Sentence(*span, text, float(value), read=odds)
                for span, text, value, odds in zip(spans, texts, similar, read, strict=True)
            ]
            reading = read_question(question, encoder=encoder)
            context = f"{row.title} {row.section}"
            features = sentence_features(reading, sentences, context=context, vectors=vectors)
            yield Group(features, np.isin(np.arange(1, len(spans) + 1), right))


def _read(
    row: Questioned, spans: Sequence[tuple[int, int]], question: str, *, encoder: Encoder
) -> Sequence[float | None]:
    """What the reader, if there is one, says of each sentence."""
    reader = reader_of(encoder)
    if reader is None:
        return [None] * len(spans)
    before = len(row.passage) - len(row.text)
    _, words = reader.passages([row.passage], sentence_ends=[[before, *(before + end for _, end in spans)]])
    (odds,) = reader.read(reader.ask(question), words, sentences=[len(spans)])
    return [float(value) for value in odds]
