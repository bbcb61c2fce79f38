"""`helseassistent train --contextual`: the transformer's stages in order, each kept on disk.

Tokenizer, token arrays, hidden words, pairs, questions, hard negatives, hidden words again, all uses at once, folder.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from helseassistent.train.contextual_batches import batches, in_order, mixture
from helseassistent.train.contextual_export import contextual_card, write_contextual
from helseassistent.train.contextual_fit import fit_lesson, vectors
from helseassistent.train.contextual_heads import JointModel
from helseassistent.train.contextual_joint import fit_joint
from helseassistent.train.contextual_joint_batches import joint_draw
from helseassistent.train.contextual_masked import fit_masked
from helseassistent.train.contextual_model import ContextualEncoder, Weights, encoder_from, load_weights, weights_of
from helseassistent.train.contextual_pool import Pool, counting_pieces, read_pool
from helseassistent.train.contextual_recipe import PAIR_FILES, ContextualRecipe, Lesson
from helseassistent.train.contextual_start import first_encoder
from helseassistent.train.materials import Materials, read_materials
from helseassistent.train.measure import Figures, measure_vectors
from helseassistent.train.mine import hard_negatives
from helseassistent.train.pipeline import TrainReport
from helseassistent.train.stages import Arrays, Stages
from helseassistent.train.tokens import Tokens

_MOST_WORKERS = 8  # make batches as fast as an H100 learns from them
_TRIAL = 512  # rows of a matrix
_TRIALS = 8
_UNITS = ((86_400.0, "døgn"), (3600.0, "timer"), (60.0, "minutter"))


def train_contextual(
    texts: Path,
    out: Path,
    *,
    announce: Callable[[str], None],
    recipe: ContextualRecipe | None = None,
    questions: Sequence[Path] = (),
    barred: Path | None = None,
    work: Path | None = None,
) -> TrainReport:
    """Make a transformer from the folder `texts` and write it to the folder `out`, on a GPU if there is one.

    `questions`, `barred` and `work` are those of `pipeline.train`; beside the first of `questions` lie the labels of
    sentences and the near misses, if there are any. `announce` is told how long it takes without a GPU.

    Raises:
        HelseassistentError: if there is too little to train on, or a line cannot be read.
    """
    begun, recipe = time.monotonic(), recipe or ContextualRecipe()
    barred = barred or texts.resolve().parent / "bench"
    stages = Stages(work or out.with_name(f"{out.name}-steg"), key=recipe.digest)
    materials = read_materials(
        texts,
        questions=questions,
        barred=barred,
        vocabulary=recipe.architecture.pieces,
        seed=recipe.seed,
        stages=stages,
        files=PAIR_FILES,
        halved=True,
    )
    pool = read_pool(texts, questions=questions, barred=barred, tokenizer=materials.tokenizer, seed=recipe.seed)
    run = _Run(materials, pool, recipe, stages, _device(recipe, announce=announce))
    return TrainReport(out, run.write(out), time.monotonic() - begun, stages.resumed)


@dataclass(frozen=True, slots=True)
class _Run:
    """The stages of one recipe: each takes what the ones before it have left, and is made once."""

    materials: Materials
    pool: Pool
    recipe: ContextualRecipe
    stages: Stages
    device: torch.device

    def write(self, folder: Path) -> Figures:
        """Make the model and its folder; how well held-out questions find their passages."""
        recipe, materials = self.recipe, self.materials
        masked = self.stages.arrays("masked", self._masked)
        base = self._after(masked, recipe.base, name="base")
        fine = self._after(base, recipe.fine, name="fine")
        negatives = self.stages.arrays("negatives", lambda: self._mined(fine))["negatives"].astype(np.int32)
        again = self.stages.arrays("masked-again", lambda: self._masked_again(fine))
        joint = self.stages.arrays("joint", lambda: self._joint(again, negatives))
        model = JointModel(ContextualEncoder(recipe.architecture), recipe)
        load_weights(model, joint)
        questions, right = materials.asked.held_out_questions()
        found = self._vectors(model.encoder.to(self.device), questions, materials.asked.passages)
        figures = measure_vectors(*found, right=right)
        card = contextual_card(recipe, figures=figures, rows=materials.rows | self.pool.rows)
        write_contextual(folder, model, counts=self._counts(), tokenizer=materials.tokenizer, card=card)
        return figures

    def _masked(self) -> Arrays:
        recipe, tokenizer, sentences = self.recipe, self.materials.tokenizer, self.materials.sentences
        size, known = recipe.architecture, tokenizer.get_vocab_size()
        encoder = first_encoder(sentences, size=size, plan=recipe.start, known=known, seed=recipe.seed)
        encoder = encoder.to(self.device)
        fit_masked(encoder, sentences.flat, tokenizer=tokenizer, plan=recipe.masked, seed=recipe.seed)
        return weights_of(encoder)

    def _after(self, start: Weights, lesson: Lesson, *, name: str) -> Weights:
        """The weights after a lesson that begins with `start`."""

        def taught() -> Arrays:
            recipe, seed = self.recipe, self._seed(name)
            encoder = encoder_from(start, size=recipe.architecture, device=self.device)
            draw = mixture(self.materials, recipe=recipe, shares=lesson.shares, size=lesson.batch)
            made = batches(draw, recipe=recipe, steps=lesson.steps, seed=seed, workers=_workers(self.device))
            fit_lesson(encoder, made, lesson=lesson, seed=seed, name=f"Lærer av par, {name}")
            return weights_of(encoder)

        return self.stages.arrays(name, taught)

    def _mined(self, weights: Weights) -> Arrays:
        asked, recipe = self.pool.asked, self.recipe
        encoder = encoder_from(weights, size=recipe.architecture, device=self.device)
        found = hard_negatives(
            *self._vectors(encoder, asked.questions, asked.passages),
            questions=asked.questions,
            passages=asked.passages,
            right=asked.right,
            allowed=asked.trainable,
            by_model=recipe.negatives_by_model,
            by_words=recipe.negatives_by_words,
        )
        return {"negatives": found}

    def _masked_again(self, start: Weights) -> Arrays:
        recipe, materials = self.recipe, self.materials
        encoder, seed = encoder_from(start, size=recipe.architecture, device=self.device), self._seed("masked-again")
        plan, flat = recipe.masked_again, materials.sentences.flat
        fit_masked(encoder, flat, tokenizer=materials.tokenizer, plan=plan, seed=seed)
        return weights_of(encoder)

    def _joint(self, start: Weights, negatives: NDArray[np.int32]) -> Arrays:
        recipe, seed, plan = self.recipe, self._seed("joint"), self.recipe.joint
        encoder = encoder_from(start, size=recipe.architecture, device=torch.device("cpu"))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = JointModel(encoder, recipe).to(self.device)
        pairs = mixture(self.materials, recipe=recipe, shares=plan.shares, size=plan.pairs)
        draw = joint_draw(self.pool, pairs=pairs, negatives=negatives, counts=self._counts(), recipe=recipe)
        made = in_order(draw, steps=plan.steps, seed=seed, workers=_workers(self.device))
        fit_joint(model, made, plan=plan, seed=seed)
        return weights_of(model)

    def _counts(self) -> NDArray[np.uint8]:
        size, common = self.recipe.architecture, self.recipe.joint.common
        passages = self.pool.asked.passages
        return counting_pieces(self.materials.tokenizer, passages, vocabulary=size.vocabulary, common=common)

    def _seed(self, name: str) -> int:
        """No two stages draw the same."""
        return self.recipe.seed + zlib.crc32(name.encode())

    def _vectors(
        self, encoder: ContextualEncoder, questions: Tokens, passages: Tokens
    ) -> tuple[torch.Tensor, torch.Tensor]:
        size = self.recipe.architecture
        asked = vectors(encoder, questions, longest=min(size.longest_question, size.window), name="Leser spørsmål")
        return asked, vectors(encoder, passages, longest=size.window, name="Leser avsnitt")


def _device(recipe: ContextualRecipe, *, announce: Callable[[str], None]) -> torch.device:
    if torch.cuda.is_available():
        torch.set_float32_matmul_precision("high")
        return torch.device("cuda")
    announce(f"Fant ikke noe grafikkort (GPU). På prosessoren tar treningen om lag {_estimate(recipe.operations)}.")
    return torch.device("cpu")


def _estimate(operations: float) -> str:
    """How long they take here, by a trial of the processor; at least a minute is said."""
    matrix = torch.ones(_TRIAL, _TRIAL)
    begun = time.perf_counter()
    for _ in range(_TRIALS):
        matrix @ matrix
    seconds = operations * (time.perf_counter() - begun) / (_TRIALS * 2 * _TRIAL**3)
    length, unit = next((unit for unit in _UNITS if seconds >= unit[0]), _UNITS[-1])
    return f"{max(1, round(seconds / length))} {unit}"


def _workers(device: torch.device) -> int:
    """Processes that make batches; on the processor the training itself takes all the time."""
    return min(_MOST_WORKERS, max(1, (os.cpu_count() or 1) - 1)) if device.type == "cuda" else 0
