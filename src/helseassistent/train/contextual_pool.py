"""The questions that the last training draws from, with the sentences that answer them, and near misses beside them.

Asked passages as ever, and NorQuAD's long ones in windows; near misses are questions that their passage leaves open.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from helseassistent.train.contextual_heads import NO_SENTENCE
from helseassistent.train.data import is_held_out, lines, pairs, questioned
from helseassistent.train.labels import read_labels, sentences_of
from helseassistent.train.prepare import Asked, barred_passages, only_words, trainable
from helseassistent.train.spelling import in_nynorsk, misspelt, nynorsk_words
from helseassistent.train.tokens import Tokens, tokenise

_WINDOW, _STRIDE = 110, 90  # words of a window of NorQuAD, and between the starts of two
SHARED = 13  # words in a row that two copies of one text share
_MOST_SENTENCES = 3  # that one answer stands in
_LABELS, _READER, _NEAR = "sentence-labels.jsonl", "reader.jsonl", "near-miss-service.jsonl"
_INSIDE = "##"  # begins a piece that goes on with a word
_WORD = re.compile(r"\S+")


class Kind(IntEnum):
    """What a question is to its passage."""

    ASKED = 0
    NEAR_MISS = 1  # of its subject, and not answered by it
    QUIZ = 2  # of NorQuAD


@dataclass(frozen=True, slots=True)
class Pool:
    """Questions and passages as tokens, with the number of the sentence that each token of `asked.passages` is in."""

    asked: Asked
    sentences: NDArray[np.uint8]  # as long as `asked.passages.flat`; NO_SENTENCE before the first
    answers: Sequence[frozenset[int]]  # by question, sentence numbers from 0; empty where they are not known
    kinds: NDArray[np.uint8]  # of every question

    def numbers(self, kind: Kind, *, labelled: bool | None = None) -> NDArray[np.int64]:
        """The questions of a kind that may be learned from; with `labelled`, those whose answer is known, or is not."""
        known = np.array([bool(answer) for answer in self.answers], bool)
        chosen = self.asked.trainable[self.asked.right] & (self.kinds == kind)
        return np.flatnonzero(chosen if labelled is None else chosen & (known == labelled))

    @property
    def rows(self) -> dict[str, int]:
        """How much there is that other training has not, for the card."""
        return {
            "spørsmål med merket setning": len(self.numbers(Kind.ASKED, labelled=True)),
            "spørsmål til utsnitt av NorQuAD": len(self.numbers(Kind.QUIZ)),
            "spørsmål som avsnittet ikke svarer på": len(self.numbers(Kind.NEAR_MISS)),
        }


def read_pool(texts: Path, *, questions: Sequence[Path], barred: Path | None, tokenizer: Tokenizer, seed: int) -> Pool:
    """The questions of the folder `texts` and of the files `questions`, beside whose first one the labels lie."""
    collected, labels = _Collected(), questions[0].parent if questions else None
    out = barred_passages(barred)
    _add_asked(collected, texts, questions=questions, labels=labels, barred=out)
    if labels:
        _add_near_misses(collected, labels / _NEAR)
        _add_read(collected, labels / _READER)
    _add_quizzes(collected, texts, barred=out)
    return collected.pool(tokenizer, texts=texts, seed=seed)


def counting_pieces(tokenizer: Tokenizer, passages: Tokens, *, vocabulary: int, common: int) -> NDArray[np.uint8]:
    """By word piece: 0 counts nowhere, 1 in questions, 2 in passages too, which the `common` most frequent do not."""
    counts = np.zeros(vocabulary, np.uint8)
    for piece, number in tokenizer.get_vocab().items():
        if not piece.startswith("[") and any(sign.isalnum() for sign in piece.removeprefix(_INSIDE)):
            counts[number] = 2
    frequency = np.where(counts > 0, np.bincount(passages.flat, minlength=vocabulary), 0)
    frequent = np.argsort(-frequency, kind="stable")[:common]
    counts[frequent] = np.minimum(counts[frequent], 1)
    return counts


@dataclass(slots=True)
class _Collected:
    """Passages and questions as text while the files are read."""

    passages: list[tuple[str, str]] = field(default_factory=list)  # what stands in front, and the text
    spans: list[list[tuple[int, int]]] = field(default_factory=list)  # sentences of the text
    held_out: list[bool] = field(default_factory=list)
    trainable: list[bool] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # passage numbers by id
    titles: dict[str, int] = field(default_factory=dict)  # a title's first passage
    questions: list[tuple[str, int, frozenset[int], Kind]] = field(default_factory=list)

    def passage(self, text: str, *, before: str = "", held_out: bool = False, trainable: bool = True) -> int:
        self.passages.append((before, text))
        self.spans.append(sentences_of(text))
        self.held_out.append(held_out)
        self.trainable.append(trainable)
        return len(self.passages) - 1

    def ask(self, question: str, passage: int, *, kind: Kind, sentences: Sequence[int] = ()) -> None:
        """`sentences` count from 1."""
        known = frozenset(number - 1 for number in sentences if 1 <= number <= len(self.spans[passage]))
        self.questions.append((question, passage, known, kind))

    def pool(self, tokenizer: Tokenizer, *, texts: Path, seed: int) -> Pool:
        nynorsk, generator = nynorsk_words(pairs(texts, name="nob_nno")), random.Random(seed)
        written = [question for question, *_ in self.questions]
        encodings = tokenizer.encode_batch([b + t for b, t in self.passages], add_special_tokens=False)
        offsets = np.cumsum([0, *(len(encoding.ids) for encoding in encodings)], dtype=np.int64)
        flat = np.array([number for encoding in encodings for number in encoding.ids], np.int32)
        read = zip(encodings, self.passages, self.spans, strict=True)
        sentences = [_numbered(e.offsets, start=len(before), spans=spans) for e, (before, _), spans in read]
        asked = Asked(
            tokenise(written, tokenizer=tokenizer),
            tokenise([in_nynorsk(text, words=nynorsk) for text in written], tokenizer=tokenizer),
            tokenise([misspelt(text, generator=generator) for text in written], tokenizer=tokenizer),
            Tokens(flat, offsets),
            np.array([passage for _, passage, _, _ in self.questions], np.int64),
            np.array(self.held_out, bool),
            np.array(self.trainable, bool),
        )
        answers = [known for _, _, known, _ in self.questions]
        kinds = np.array([kind for *_, kind in self.questions], np.uint8)
        return Pool(asked, np.concatenate([np.zeros(0, np.uint8), *sentences]), answers, kinds)


def _numbered(offsets: Sequence[tuple[int, int]], *, start: int, spans: Sequence[tuple[int, int]]) -> NDArray[np.uint8]:
    """The sentence each token is in; what stands between two belongs to the next, what stands last to the last."""
    begins = np.array([begin for begin, _ in offsets], np.int64) - start
    found = np.searchsorted([end for _, end in spans], begins, side="right")
    found = np.clip(found, 0, min(max(0, len(spans) - 1), NO_SENTENCE - 1))
    return np.where(begins < 0, NO_SENTENCE, found).astype(np.uint8)


def _add_asked(
    collected: _Collected, texts: Path, *, questions: Sequence[Path], labels: Path | None, barred: frozenset[str]
) -> None:
    rows = questioned(texts, extra=questions)
    known = read_labels(labels / _LABELS) if labels and (labels / _LABELS).is_file() else {}
    for row, learned in zip(rows, trainable(rows, barred=barred), strict=True):
        before = row.passage.removesuffix(row.text)
        number = collected.passage(row.text, before=before, held_out=row.held_out, trainable=bool(learned))
        collected.places[row.id] = number
        collected.titles.setdefault(_title(row.title or row.id), number)
        numbers = [*known.get(row.id, []), *([[]] * len(row.questions))]
        for question, sentences in zip(row.questions, numbers, strict=False):
            collected.ask(question, number, kind=Kind.ASKED, sentences=sentences)


def _add_near_misses(collected: _Collected, path: Path) -> None:
    for row in _rows(path):
        passage = collected.places.get(str(row.get("id")), collected.titles.get(_title(row["title"])))
        if passage is not None:
            collected.ask(row["question"], passage, kind=Kind.NEAR_MISS)


def _add_read(collected: _Collected, path: Path) -> None:
    """Questions written for the reader, each with the sentences that answer it or with none."""
    for row in _rows(path):
        passage = collected.places.get(row["id"])
        if passage is None:
            continue
        for answered in row["answered"]:
            if any(1 <= number <= len(collected.spans[passage]) for number in answered["sentences"]):
                collected.ask(answered["question"], passage, kind=Kind.ASKED, sentences=answered["sentences"])
        for question in row["near_miss"]:
            collected.ask(question, passage, kind=Kind.NEAR_MISS)


def _add_quizzes(collected: _Collected, texts: Path, *, barred: frozenset[str]) -> None:
    """NorQuAD in windows, without those that share a run of words with a passage of an evaluation set."""
    asked: dict[str, list[Mapping[str, Any]]] = {}
    for path in sorted((texts / "pairs").glob("question_passage.jsonl*")):
        for row in _rows(path):
            asked.setdefault(row["b"], []).append(row)
    seen = {run for text in (barred if asked else ()) for run in _runs(text)}
    for text, rows in asked.items():
        if is_held_out({"id": text}):
            continue
        free = [span for span in _windows(text) if seen.isdisjoint(_runs(only_words(text[slice(*span)])))]
        windows = [(start, end, collected.passage(text[start:end])) for start, end in free]
        for row in rows:
            _add_quiz(collected, row, windows=windows)


def _add_quiz(collected: _Collected, row: Mapping[str, Any], *, windows: Sequence[tuple[int, int, int]]) -> None:
    """The question of `row` to the one window that holds its answer, and the sentences that the answer is in."""
    if "answer_start" not in row:
        return
    first, last = row["answer_start"], row["answer_start"] + len(row["answer"])
    holding = [(start, passage) for start, end, passage in windows if start <= first and last <= end]
    if len(holding) == 1:
        ((start, passage),) = holding
        spans = enumerate(collected.spans[passage], 1)
        right = [number for number, (begin, end) in spans if begin < last - start and end > first - start]
        collected.ask(row["a"], passage, kind=Kind.QUIZ, sentences=right[:_MOST_SENTENCES])


def _windows(text: str) -> Iterator[tuple[int, int]]:
    words = [found.span() for found in _WORD.finditer(text)]
    for first in range(0, max(1, len(words) - (_WINDOW - _STRIDE)), _STRIDE):
        yield words[first][0], words[min(len(words), first + _WINDOW) - 1][1]


def _runs(text: str) -> Iterator[str]:
    words = text.split()
    return (" ".join(words[first : first + SHARED]) for first in range(max(1, len(words) - SHARED + 1)))


def _title(title: str) -> str:
    return title.strip().lower()


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.is_file():
        yield from (json.loads(line) for line in lines(path) if line)
