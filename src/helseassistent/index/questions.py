"""Owns questions that somebody wrote for passages, in a file beside the page: read, matched, and encoded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import yaml
from numpy.typing import NDArray

from helseassistent.corpus import QUESTIONS, PageProblem
from helseassistent.types import Encoder, Passage, Vectors


@dataclass(frozen=True, slots=True)
class Written:
    """Row i of `rows` is the passage that `texts[i]` was written for; `problems` are entries that match none."""

    rows: tuple[int, ...]
    texts: tuple[str, ...]
    problems: tuple[PageProblem, ...]


@dataclass(frozen=True, slots=True)
class QuestionVectors:
    """Extra vectors of passages: `vectors[i]` is of a question written for passage `rows[i]`."""

    rows: NDArray[np.int64]
    vectors: Vectors

    def best(self, vector: NDArray[np.float32], *, passages: int) -> NDArray[np.float32]:
        """The cosine of each passage's nearest written question to `vector`; 0 for a passage without any."""
        best = np.zeros(passages, dtype=np.float32)
        if len(self.rows):
            np.maximum.at(best, self.rows, self.vectors @ vector)
        return best


def passage_digest(passage: Passage) -> str:
    """What an entry keeps of the passage that its questions were written for."""
    return hashlib.sha256(passage.text.encode()).hexdigest()[:12]


def written_questions(files: Mapping[str, str], *, passages: Sequence[Passage]) -> Written:
    """The questions of every file, by page, that were written for a passage as it is now."""
    rows: list[int] = []
    texts: list[str] = []
    problems: list[PageProblem] = []
    for file, content in files.items():
        own = [(row, passage) for row, passage in enumerate(passages) if passage.file == file]
        for found in _entries(content, file=file.removesuffix(".md") + QUESTIONS, passages=own):
            if isinstance(found, PageProblem):
                problems.append(found)
            else:
                row, questions = found
                rows += [row] * len(questions)
                texts += questions
    return Written(tuple(rows), tuple(texts), tuple(problems))


def encoded(written: Written, *, encoder: Encoder) -> QuestionVectors:
    """The written questions as vectors of the encoder that questions are asked with."""
    vectors = encoder.encode_questions(list(written.texts)) if written.texts else None
    empty = np.zeros((0, encoder.dimensions), dtype=np.float32)
    return QuestionVectors(np.array(written.rows, dtype=np.int64), empty if vectors is None else vectors)


def _entries(
    content: str, *, file: str, passages: Sequence[tuple[int, Passage]]
) -> Iterator[tuple[int, list[str]] | PageProblem]:
    try:
        entries = yaml.safe_load(content) or []
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        yield PageProblem(file, "questions", f"kan ikke leses som YAML: {' '.join(str(error).split())[:120]}")
        return
    if not isinstance(entries, list):
        yield PageProblem(file, "questions", "må være en liste av «begins» og «questions».")
        return
    for number, entry in enumerate(entries, start=1):
        yield _entry(entry, place=f"questions, nr. {number}", file=file, passages=passages)


def _entry(
    entry: object, *, place: str, file: str, passages: Sequence[tuple[int, Passage]]
) -> tuple[int, list[str]] | PageProblem:
    fields = entry if isinstance(entry, dict) else {}
    begins, questions, digest = fields.get("begins"), fields.get("questions"), fields.get("digest")
    if not isinstance(begins, str) or not begins.strip() or not isinstance(questions, list):
        return PageProblem(file, place, "må ha «begins», de første ordene i utdraget, og «questions», en liste.")
    if not questions or not all(isinstance(question, str) and question.strip() for question in questions):
        return PageProblem(file, place, "har et spørsmål som ikke er tekst.")
    found = [(row, passage) for row, passage in passages if _flat(passage.text).startswith(_flat(begins))]
    if len(found) != 1:
        return PageProblem(file, place, f"begynner ikke som nøyaktig ett utdrag på siden: «{begins[:60]}».")
    row, passage = found[0]
    if digest is not None and digest != passage_digest(passage):
        return PageProblem(
            file, place, f"er skrevet for en tidligere tekst: «{begins[:60]}». Les det nye og slett digest."
        )
    return row, [" ".join(question.split()) for question in questions]


def _flat(text: str) -> str:
    return " ".join(text.split())
