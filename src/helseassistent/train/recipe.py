"""Every number that decides the model, in one place; the defaults make the model that is shipped."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import Literal

_WARM_UP = 50  # steps
_KEEP_EVERY = 20  # steps


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to learn."""

    steps: int
    rate: float
    last_rate: float = 0.0  # share of `rate` that is left at the end, after a linear fall
    averaged: float = 0.0  # share of the steps, at the end, whose tables are averaged; 0 keeps the last one

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        fall = 1 - (1 - self.last_rate) * step / self.steps
        return self.rate * fall * min(1.0, (step + 1) / _WARM_UP)

    def is_kept(self, step: int) -> bool:
        """True if the table after this step counts in the average."""
        left = self.steps - 1 - step
        return left == 0 or (left <= self.averaged * self.steps and left % _KEEP_EVERY == 0)


@dataclass(frozen=True, slots=True)
class LatePlan:
    """How the table for late interaction is learned: one pass over the questions, once a seed."""

    dimensions: int = 96
    batch: int = 64  # questions
    against: int = 11  # wrong passages a question
    rate: float = 0.002
    warm_up: int = _WARM_UP
    dropped: float = 0.1  # of a question's tokens
    runs: int = 2  # from the same start, with other seeds; their mean is the table


@dataclass(frozen=True, slots=True)
class Shares:
    """How often each kind of pair is drawn; they need not add up to 1."""

    surroundings: float
    headings: float
    nynorsk: float
    answers: float
    words: float
    reviews: float = 0.0
    questions: float = 0.0
    thesaurus: float = 0.0


BASE_SHARES = Shares(surroundings=50, headings=20, nynorsk=8, answers=8, words=5, reviews=4)
FINE_SHARES = Shares(surroundings=17, headings=8, nynorsk=4, answers=3, words=3, questions=45, thesaurus=20)
LAST_SHARES = Shares(surroundings=14, headings=14, nynorsk=4, answers=4, words=2, questions=52, thesaurus=10)
HEADING_SHARES = Shares(surroundings=20, headings=26, nynorsk=4, answers=6, words=2, questions=36, thesaurus=6)


@dataclass(frozen=True, slots=True)
class LastRun:
    """One of the last trainings of the merged table; their mean is the model."""

    seed: int
    shares: Shares = LAST_SHARES
    plan: Plan = Plan(250, 0.002)


LAST_RUNS = (
    LastRun(1),
    LastRun(2),
    LastRun(1, HEADING_SHARES, Plan(400, 0.003)),
    LastRun(2, HEADING_SHARES, Plan(400, 0.003)),
)


@dataclass(frozen=True, slots=True)
class Member:
    """One of the tables that are merged: the more they differ, the more the merging gives."""

    seed: int
    start: Literal["neighbours", "windows", "random"] = "neighbours"
    dimensions: int = 256  # fewer than the start has are chosen at random
    weight: float = 1.0  # how much of its similarity counts in the merged table, as a factor of its rows
    base: Plan | None = None
    fine: Plan = dataclasses.field(default_factory=lambda: Plan(600, 0.005))
    nynorsk: float = 0.2  # of the questions are taken in nynorsk
    misspelt: float = 0.1  # of the questions are taken misspelt


MEMBERS = (
    Member(seed=1, dimensions=512, fine=Plan(600, 0.004)),
    Member(seed=5, fine=Plan(600, 0.006)),
    Member(seed=11, base=Plan(300, 0.01, last_rate=0.4), fine=Plan(700, 0.005)),
    Member(seed=3, start="windows"),
    Member(seed=33, start="random", weight=1.6, base=Plan(1800, 0.02, last_rate=0.2), fine=Plan(600, 0.005)),
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Sizes, members and the last training of the merged table with hard negatives."""

    seed: int = 1
    vocabulary: int = 64_000
    start_dimensions: int = 512
    dimensions: int = 256
    batch: int = 1024
    members: tuple[Member, ...] = MEMBERS
    last: tuple[LastRun, ...] = LAST_RUNS
    nynorsk: float = 0.2
    misspelt: float = 0.1
    negatives_by_model: int = 20  # candidates
    negatives_by_words: int = 10  # candidates
    negatives_each: int = 1  # drawn with a question
    late: LatePlan = dataclasses.field(default_factory=LatePlan)

    @property
    def digest(self) -> str:
        """What a resumed run must share with the one it resumes."""
        values = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(values.encode()).hexdigest()[:12]
