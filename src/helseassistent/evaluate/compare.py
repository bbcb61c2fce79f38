"""Owns the comparison of two runs: which cases flipped, by name, and whether each mean moved beyond its noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helseassistent.evaluate.bootstrap import Estimate, paired
from helseassistent.evaluate.measures import MEASURES
from helseassistent.evaluate.run import Case
from helseassistent.evaluate.scoring import Outcome


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that is right in one run and not in the other."""

    id: str
    question: str
    before: Outcome
    after: Outcome
    approved: bool

    @property
    def is_loss(self) -> bool:
        return self.before == "right"


@dataclass(frozen=True, slots=True)
class Comparison:
    """This run against a baseline, over the questions that are the same in both."""

    baseline: str
    n: int
    flips: tuple[Flip, ...]
    changes: Mapping[str, Estimate]  # measure -> this run minus the baseline, paired by question
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    rewritten: tuple[str, ...]  # same id, but another question or key: not compared

    @property
    def losses(self) -> tuple[Flip, ...]:
        return tuple(flip for flip in self.flips if flip.is_loss)

    @property
    def wins(self) -> tuple[Flip, ...]:
        return tuple(flip for flip in self.flips if not flip.is_loss)


def _flips(pairs: Sequence[tuple[Case, Case]]) -> tuple[Flip, ...]:
    return tuple(
        Flip(after.question.id, after.question.question, before.outcome, after.outcome, after.question.approved)
        for before, after in pairs
        if (before.outcome == "right") != (after.outcome == "right")
    )


def _change(pairs: Sequence[tuple[Case, Case]], measure: str) -> Estimate | None:
    """Over the questions for which both runs have the measure."""
    both = [
        (before.score.measures[measure], after.score.measures[measure])
        for before, after in pairs
        if before.score and after.score and measure in before.score.measures and measure in after.score.measures
    ]
    return paired([after for _, after in both], [before for before, _ in both])


def _same(before: Case, after: Case) -> bool:
    a, b = before.question, after.question
    return (a.question, a.kind, a.relevant, a.facts) == (b.question, b.kind, b.relevant, b.facts)


def compare(after: Sequence[Case], before: Sequence[Case], *, baseline: str) -> Comparison:
    """What changed from `before` to `after`; `baseline` is what the earlier run is called."""
    earlier = {case.question.id: case for case in before}
    later = {case.question.id: case for case in after}
    shared = [(earlier[name], later[name]) for name in later if name in earlier]
    pairs = [(old, new) for old, new in shared if _same(old, new)]
    changes = {name: _change(pairs, name) for name in MEASURES}
    return Comparison(
        baseline=baseline,
        n=len(pairs),
        flips=_flips(pairs),
        changes={name: value for name, value in changes.items() if value is not None},
        only_before=tuple(name for name in earlier if name not in later),
        only_after=tuple(name for name in later if name not in earlier),
        rewritten=tuple(new.question.id for old, new in shared if not _same(old, new)),
    )
