"""`helseassistent train`: the stages in order, each kept on disk so that a run that was stopped goes on where it was.

Tokenizer, token arrays, members (start, text, questions), their merging, hard negatives, last training, model folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from helseassistent.train.card import card_text, write_model
from helseassistent.train.cooccurrence import random_vectors, start_vectors, turned, window_vectors
from helseassistent.train.fit import fit
from helseassistent.train.late import LateTable, first_table, fit_late, mean_of
from helseassistent.train.materials import Materials, read_materials
from helseassistent.train.measure import Figures, measure
from helseassistent.train.merge import merge
from helseassistent.train.mine import hard_negatives, means
from helseassistent.train.pairs import AskedPairs, Mixture, Source, Surroundings
from helseassistent.train.prepare import Asked
from helseassistent.train.recipe import BASE_SHARES, FINE_SHARES, Member, Recipe, Shares
from helseassistent.train.stages import Arrays, Stages

_HEADING_FILES = (("law_heading", 0.6), ("section_heading", 0.35), ("law_title", 0.05))


@dataclass(frozen=True, slots=True)
class TrainReport:
    """Where the model lies, how good it is on held-out documents, and what was taken over from an earlier run."""

    folder: Path
    figures: Figures
    seconds: float
    resumed: tuple[str, ...]


def train(
    texts: Path,
    out: Path,
    *,
    recipe: Recipe | None = None,
    questions: Sequence[Path] = (),
    barred: Path | None = None,
    work: Path | None = None,
) -> TrainReport:
    """Make a sentence encoder from the folder `texts` and write it to the folder `out`.

    `questions` are files of further questions; passages of the sets below `barred` (the folder `bench` beside `texts`
    if it is there) stay out of every labelled pair; `work` keeps the stages (beside `out` by default).

    Raises:
        HelseassistentError: if there is nothing to train on, or a line cannot be read.
    """
    begun, recipe = time.monotonic(), recipe or Recipe()
    stages = Stages(work or out.with_name(f"{out.name}-steg"), key=recipe.digest)
    materials = read_materials(
        texts, questions=questions, barred=barred, vocabulary=recipe.vocabulary, seed=recipe.seed, stages=stages
    )
    asked, tokenizer = materials.asked, materials.tokenizer
    table = _table(materials, recipe=recipe, stages=stages, vocabulary=tokenizer.get_vocab_size())
    late = _late(table, materials, recipe=recipe, stages=stages)
    figures = _figures(table, asked=asked)
    card = card_text(recipe, figures=figures, rows=materials.rows)
    write_model(out, table=table, late=late, tokenizer=tokenizer, card=card)
    return TrainReport(out, figures, time.monotonic() - begun, stages.resumed)


def _table(materials: Materials, *, recipe: Recipe, stages: Stages, vocabulary: int) -> torch.Tensor:
    """The finished token vectors: members, merged, then taught with the mistakes they still make."""

    def merged() -> torch.Tensor:
        tables = [
            _member(member, materials, recipe=recipe, stages=stages, vocabulary=vocabulary) for member in recipe.members
        ]
        weights = [member.weight for member in recipe.members]
        return merge(tables, weights=weights, texts=materials.asked.passages, dimensions=recipe.dimensions)

    def last() -> torch.Tensor:
        table = _kept(stages, "merged", merged)
        questions = _questions(materials.asked, recipe=recipe, negatives=_negatives(table, materials, recipe, stages))
        tables = []
        for run in recipe.last:
            draw = Mixture(_sources(materials, shares=run.shares, questions=questions), size=recipe.batch)
            tables.append(fit(table, draw, plan=run.plan, seed=run.seed, name="Lærer av feil"))
        return torch.stack(tables).mean(dim=0)

    return _kept(stages, "last", last)


def _late(table: torch.Tensor, materials: Materials, *, recipe: Recipe, stages: Stages) -> LateTable:
    """The table for reading word by word, learned from the finished encoder on."""

    def make() -> Arrays:
        negatives = _negatives(table, materials, recipe, stages)
        questions = _questions(materials.asked, recipe=recipe, negatives=negatives)
        start = first_table(table, passages=materials.asked.passages, dimensions=recipe.late.dimensions)
        seeds = range(recipe.seed, recipe.seed + recipe.late.runs)
        found = mean_of([fit_late(start, questions, plan=recipe.late, seed=seed) for seed in seeds])
        return {"vectors": found.vectors.numpy(), "weights": found.weights.numpy()}

    arrays = stages.arrays("late", make)
    return LateTable(torch.from_numpy(arrays["vectors"]), torch.from_numpy(arrays["weights"]))


def _member(member: Member, materials: Materials, *, recipe: Recipe, stages: Stages, vocabulary: int) -> torch.Tensor:
    """One member from its start to the end of its training on questions."""
    name, size = f"member-{member.seed}", recipe.batch

    def base() -> torch.Tensor:
        table = _start(member, materials, recipe=recipe, stages=stages, vocabulary=vocabulary)
        if member.base is None:
            return table
        draw = Mixture(_sources(materials, shares=BASE_SHARES), size=size)
        return fit(table, draw, plan=member.base, seed=member.seed, name=f"Lærer av tekst, {name}")

    def fine() -> torch.Tensor:
        questions = _questions(materials.asked, recipe=member)
        draw = Mixture(_sources(materials, shares=FINE_SHARES, questions=questions), size=size)
        table = _kept(stages, f"{name}-base", base)
        return fit(table, draw, plan=member.fine, seed=member.seed, name=f"Lærer av spørsmål, {name}")

    return _kept(stages, name, fine)


def _start(member: Member, materials: Materials, *, recipe: Recipe, stages: Stages, vocabulary: int) -> torch.Tensor:
    """What a member knows before it has seen a pair."""
    sizes = {"vocabulary": vocabulary, "dimensions": member.dimensions, "seed": member.seed}
    if member.start == "random":
        return random_vectors(**sizes)
    if member.start == "windows":
        return window_vectors(materials.sentences, **sizes)

    def neighbours() -> torch.Tensor:
        shared = {"vocabulary": vocabulary, "dimensions": recipe.start_dimensions, "seed": recipe.seed}
        return start_vectors(materials.sentences, **shared)

    table = _kept(stages, "neighbours", neighbours)
    if member.dimensions == table.shape[1]:
        return table
    return turned(table, dimensions=member.dimensions, seed=member.seed)


def _kept(stages: Stages, name: str, make: Callable[[], torch.Tensor]) -> torch.Tensor:
    return torch.from_numpy(stages.arrays(name, lambda: {"table": make().numpy()})["table"])


def _negatives(table: torch.Tensor, materials: Materials, recipe: Recipe, stages: Stages) -> NDArray[np.int32]:
    asked = materials.asked

    def mine() -> Arrays:
        found = hard_negatives(
            means(table, asked.questions),
            means(table, asked.passages),
            questions=asked.questions,
            passages=asked.passages,
            right=asked.right,
            allowed=asked.trainable,
            by_model=recipe.negatives_by_model,
            by_words=recipe.negatives_by_words,
        )
        return {"negatives": found}

    return stages.arrays("negatives", mine)["negatives"].astype(np.int32)


def _questions(asked: Asked, *, recipe: Recipe | Member, negatives: NDArray[np.int32] | None = None) -> AskedPairs:
    return AskedPairs(
        (asked.questions, asked.in_nynorsk, asked.misspelt),
        (1 - recipe.nynorsk - recipe.misspelt, recipe.nynorsk, recipe.misspelt),
        asked.passages,
        asked.questions_of,
        np.full((len(asked.questions), 1), -1, np.int32) if negatives is None else negatives,
        recipe.negatives_each if isinstance(recipe, Recipe) else 0,
    )


def _sources(
    materials: Materials, *, shares: Shares, questions: AskedPairs | None = None
) -> list[tuple[Source, float]]:
    matched = materials.matched
    sources: list[tuple[Source, float]] = [
        (Surroundings(materials.sentences, materials.sentences.usable), shares.surroundings),
        (matched["nob_nno"], shares.nynorsk),
        (matched["question_passage"], shares.answers),
        (matched["words"], shares.words),
        (matched["norec_title"], shares.reviews),
        *((matched[name], part * shares.headings) for name, part in _HEADING_FILES),
        (materials.grouped, shares.thesaurus),
    ]
    if questions is not None:
        sources.append((questions, shares.questions))
    return [(source, share) for source, share in sources if share and len(source)]


def _figures(table: torch.Tensor, *, asked: Asked) -> Figures:
    questions, right = asked.held_out_questions()
    return measure(table, questions=questions, passages=asked.passages, right=right)
