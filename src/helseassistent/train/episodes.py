"""Practice episodes: small made-up corpora with questions that they answer, half answer or do not answer at all.

The shares follow what is asked of a service: three in five questions have an answer. Of the others half are about a
page that does not say it (written near misses, questions whose passage was taken out) or a page that is not there, and
half are about nothing the assistant is for.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from helseassistent.train.data import Questioned

Kind: TypeAlias = Literal["answerable", "left_out", "near_miss", "other_page", "out_of_scope"]
SMALL_TALK = ("greeting", "thanks", "identity")  # answered by fixed text before any search
_MOST_PAGES = 200
_ANSWERABLE = 14  # questions of an episode that have an answer, where there are so many


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of an episode; `row` and `number` say which practice question it is when it has an answer."""

    question: str
    kind: Kind
    row: Questioned | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Episode:
    """The passages of one practice corpus and what is asked of it."""

    rows: tuple[Questioned, ...]
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """Documents by title, near misses by title, and messages that no page answers."""

    documents: Mapping[str, tuple[Questioned, ...]]
    near_misses: Mapping[str, tuple[str, ...]]
    out_of_scope: tuple[str, ...]


def read_material(rows: Sequence[Questioned], *, questions: Path) -> Material:
    """Group `rows` into documents and read the files of `benchmarks/questions`."""
    documents: dict[str, tuple[Questioned, ...]] = {}
    for row in rows:
        name = (row.title or row.id).strip().lower()
        documents[name] = (*documents.get(name, ()), row)
    near: dict[str, tuple[str, ...]] = {}
    for fields in _lines(questions / "near-miss-service.jsonl"):
        name = fields["title"].strip().lower()
        near[name] = (*near.get(name, ()), fields["question"])
    whose = {row.id: name for name, members in documents.items() for row in members if len(members) == 1}
    for read in _lines(questions / "reader.jsonl"):
        page = whose.get(read["id"])
        if page:  # another passage of a longer document may well answer
            near[page] = (*near.get(page, ()), *read["near_miss"])
    # The other file of such messages trains the scope, which must not have seen the ones the confidence is fitted on.
    outside = _lines(questions / "out-of-scope.jsonl")
    other = tuple(fields["question"] for fields in outside if fields["label"] not in SMALL_TALK)
    return Material(documents, near, other)


def episodes(material: Material, *, count: int, seed: int) -> Iterator[Episode]:
    """`count` episodes of 2 to 200 pages; every question belongs to a held-out document or to none."""
    generator = random.Random(seed)
    held = sorted(name for name, rows in material.documents.items() if rows[0].held_out)
    seen = sorted(name for name, rows in material.documents.items() if not rows[0].held_out)
    for _ in range(count):
        yield _episode(material, held=held, seen=seen, generator=generator)


def _episode(material: Material, *, held: Sequence[str], seen: Sequence[str], generator: random.Random) -> Episode:
    size = round(math.exp(generator.uniform(math.log(2), math.log(_MOST_PAGES))))
    with_misses = [name for name in held if name in material.near_misses]
    asked = generator.sample(with_misses, 2) + generator.sample(held, max(1, min(size // 3, 40)))
    asked = list(dict.fromkeys(asked))[: max(2, size)]
    around = generator.sample(seen, min(len(seen), max(0, size - len(asked))))
    taken_out = {generator.choice(material.documents[name]).id for name in asked if len(material.documents[name]) > 1}
    there = [row for name in (*asked, *around) for row in material.documents[name] if row.id not in taken_out]
    questions = _answerable(there, generator) + _unanswerable(material, asked, held, taken_out, generator)
    return Episode(tuple(there), tuple(questions))


def _answerable(rows: Sequence[Questioned], generator: random.Random) -> list[Asked]:
    found = [
        Asked(question, "answerable", row, number)
        for row in rows
        if row.held_out
        for number, question in enumerate(row.questions)
    ]
    return generator.sample(found, min(_ANSWERABLE, len(found)))


def _unanswerable(
    material: Material, asked: Sequence[str], held: Sequence[str], taken_out: set[str], generator: random.Random
) -> list[Asked]:
    missing = [row for name in asked for row in material.documents[name] if row.id in taken_out]
    left_out = [Asked(generator.choice(row.questions), "left_out") for row in missing]
    near = [Asked(q, "near_miss") for name in asked for q in material.near_misses.get(name, ())]
    elsewhere = [name for name in held if name not in asked]
    others = [Asked(generator.choice(material.documents[name][0].questions), "other_page") for name in elsewhere]
    outside = [Asked(question, "out_of_scope") for question in generator.sample(material.out_of_scope, 4)]
    return [
        *generator.sample(left_out, min(1, len(left_out))),
        *generator.sample(near, min(3, len(near))),
        *generator.sample(others, min(1, len(others))),
        *outside,
    ]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
