"""Vectors and tokens of passages and their sentences; what has not changed keeps the vectors that it had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from helseassistent.index.contextual import contextual_of, reader_of, words_of
from helseassistent.index.encode import StaticEncoder
from helseassistent.index.generation import Generation, SentenceTable
from helseassistent.index.in_context import ContextReader, WordsInContext
from helseassistent.index.late import shipped_late
from helseassistent.index.passage_tokens import PassageTokens, joined, passage_tokens
from helseassistent.index.passages import context_of, embedded_text
from helseassistent.text.sentences import blocks, sentence_spans
from helseassistent.types import Encoder, Page, Passage, Vectors

_BATCH = 512


@dataclass(frozen=True, slots=True)
class Table:
    """Everything of a generation that is an array, and how many passages were embedded for it."""

    vectors: Vectors
    context_vectors: Vectors
    sentences: SentenceTable
    sentence_vectors: NDArray[np.float16]
    contextual_vectors: NDArray[np.float16] | None  # by the second encoder, if there is one
    in_context: WordsInContext | None  # its word pieces, if it gives them
    tokens: PassageTokens
    embedded: int


def embed(
    passages: Sequence[Passage],
    *,
    pages: Mapping[str, Page],
    encoder: Encoder,
    previous: Generation | None,
    progress: bool,
) -> Table:
    """Read `passages` of `pages`; `previous` was made by the same encoder."""
    spans = [sentence_spans_of(pages[passage.file].body, passage) for passage in passages]
    counts = np.fromiter(map(len, spans), np.int64, len(spans))
    bounds = np.concatenate(([0], np.cumsum(counts)))
    offsets = np.array([span for found in spans for span in found], dtype=np.int64).reshape(-1, 2)
    table = np.column_stack([np.repeat(np.arange(len(passages)), counts), offsets])
    size = encoder.dimensions
    vectors = np.zeros((len(passages), size), dtype=np.float32)
    contexts = np.zeros((len(passages), size), dtype=np.float32)
    sentence_vectors = np.zeros((len(table), size), dtype=np.float16)
    second, words = contextual_of(encoder), words_of(encoder)
    contextual = np.zeros((len(passages), second.dimensions), dtype=np.float16) if second else None
    reader = reader_of(encoder)
    in_context: dict[int, WordsInContext] = {}
    known = {passage.id: row for row, passage in enumerate(previous.passages)} if previous else {}
    for row, passage in enumerate(passages if known else ()):
        if previous and (old := known.get(passage.id)) is not None:
            vectors[row] = previous.vectors[old]
            contexts[row] = previous.context_vectors[old]
            if contextual is not None and previous.contextual_vectors is not None:
                contextual[row] = previous.contextual_vectors[old]
            if previous.in_context is not None:
                in_context[row] = previous.in_context.take(np.array([old]))
            first, last = previous.sentence_bounds[old], previous.sentence_bounds[old + 1]
            sentence_vectors[bounds[row] : bounds[row + 1]] = previous.sentence_vectors[first:last]
    late, read, embedded = shipped_late(), [], 0
    for begin in tqdm(range(0, len(passages), _BATCH), desc="Leser inn", unit="bolk", disable=not progress):
        here = passages[begin : begin + _BATCH]
        read.append(passage_tokens(here, spans=spans[begin : begin + _BATCH], words=late.words))
        fresh = np.flatnonzero([passage.id not in known for passage in here])
        if not len(fresh):
            continue
        rows, embedded = begin + fresh, embedded + len(fresh)
        inner = np.concatenate([np.arange(bounds[row], bounds[row + 1]) for row in rows.tolist()])
        contexts[rows] = _encode_once([context_of(passages[row]) for row in rows.tolist()], encoder=encoder)
        if contextual is not None and reader:
            chosen = rows.tolist()
            contextual[rows], pieces = _read([passages[row] for row in chosen], [spans[row] for row in chosen], reader)
            in_context.update((row, pieces.take(np.array([at]))) for at, row in enumerate(rows.tolist()))
        elif contextual is not None and second:
            contextual[rows] = second.encode_passages([embedded_text(passages[row]) for row in rows.tolist()])
        if isinstance(words, StaticEncoder) and words.reads_like(late.reader):
            vectors[rows] = words.encode_tokens(read[-1].passages.take(fresh))
            sentence_vectors[inner] = words.encode_tokens(read[-1].of_sentences(inner - bounds[begin]))
            continue
        vectors[rows] = encoder.encode_passages([embedded_text(passages[row]) for row in rows.tolist()])
        texts = [pages[passages[row].file].body[start:end] for row in rows.tolist() for start, end in spans[row]]
        if texts:
            sentence_vectors[inner] = encoder.encode_passages(texts)
    pieces_of_all = (
        WordsInContext.joined([in_context[row] for row in range(len(passages))], dimensions=reader.of_words)
        if reader
        else None
    )
    return Table(vectors, contexts, table, sentence_vectors, contextual, pieces_of_all, joined(read), embedded)


def _read(
    passages: Sequence[Passage], spans: Sequence[Sequence[tuple[int, int]]], reader: ContextReader
) -> tuple[Vectors, WordsInContext]:
    texts = [embedded_text(passage) for passage in passages]
    before = [len(text) - len(passage.text) for text, passage in zip(texts, passages, strict=True)]
    ends = [
        [offset, *(offset + end - passage.start for _, end in own)]
        for offset, passage, own in zip(before, passages, spans, strict=True)
    ]
    return reader.passages(texts, sentence_ends=ends)


def _encode_once(texts: Sequence[str], *, encoder: Encoder) -> Vectors:
    """The vector of each text; the same text, as the passages of a section share their headings, is encoded once."""
    rows: dict[str, int] = {}
    row_of = [rows.setdefault(text, len(rows)) for text in texts]
    return encoder.encode_passages(list(rows))[row_of]


def sentence_spans_of(body: str, passage: Passage) -> list[tuple[int, int]]:
    """Offsets in `body` of the sentences of `passage`; a list item or line without a full stop counts as one."""
    return [
        (passage.start + start, passage.start + end)
        for block in blocks(passage.text)
        for start, end in sentence_spans(passage.text, start=block.start, end=block.end)
    ]
