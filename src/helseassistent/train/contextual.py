"""`helseassistent train --contextual`: the transformer's stages in order, each kept on disk.

Tokenizer, token arrays, hidden words, pairs, questions, hard negatives, last lessons from there, their mean, folder.
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

from helseassistent.train.contextual_batches import batches, mixture
from helseassistent.train.contextual_export import contextual_card, write_contextual
from helseassistent.train.contextual_fit import fit_lesson, vectors
from helseassistent.train.contextual_masked import fit_masked
from helseassistent.train.contextual_model import ContextualEncoder, Weights, encoder_from, mean_weights, weights_of
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

    `questions`, `barred` and `work` are those of `pipeline.train`; `announce` is told how long it takes without a GPU.

    Raises:
        HelseassistentError: if there is too little to train on, or a line cannot be read.
    """
    begun, recipe = time.monotonic(), recipe or ContextualRecipe()
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
    run = _Run(materials, recipe, stages, _device(recipe, announce=announce))
    return TrainReport(out, run.write(out), time.monotonic() - begun, stages.resumed)


@dataclass(frozen=True, slots=True)
class _Run:
    """The stages of one recipe: each takes what the ones before it have left, and is made once."""

    materials: Materials
    recipe: ContextualRecipe
    stages: Stages
    device: torch.device

    def write(self, folder: Path) -> Figures:
        """Make the model and its folder; how well held-out questions find their passages."""
        recipe, materials = self.recipe, self.materials
        encoder = encoder_from(self._mean(), size=recipe.architecture, device=self.device)
        questions, right = materials.asked.held_out_questions()
        figures = measure_vectors(*self._vectors(encoder, questions), right=right)
        card = contextual_card(recipe, figures=figures, rows=materials.rows)
        write_contextual(folder, encoder, tokenizer=materials.tokenizer, card=card)
        return figures

    def _mean(self) -> Weights:
        """The finished weights."""
        masked = self.stages.arrays("masked", self._masked)
        base = self._after(masked, self.recipe.base, name="base")
        fine = self._after(base, self.recipe.fine, name="fine")
        negatives = self.stages.arrays("negatives", lambda: self._mined(fine))["negatives"].astype(np.int32)
        lessons = enumerate(self.recipe.last, 1)
        return mean_weights(
            [self._after(fine, lesson, name=f"last-{number}", negatives=negatives) for number, lesson in lessons]
        )

    def _masked(self) -> Arrays:
        recipe, tokenizer, sentences = self.recipe, self.materials.tokenizer, self.materials.sentences
        size, known = recipe.architecture, tokenizer.get_vocab_size()
        encoder = first_encoder(sentences, size=size, plan=recipe.start, known=known, seed=recipe.seed)
        encoder = encoder.to(self.device)
        fit_masked(encoder, sentences.flat, tokenizer=tokenizer, plan=recipe.masked, seed=recipe.seed)
        return weights_of(encoder)

    def _after(
        self, start: Weights, lesson: Lesson, *, name: str, negatives: NDArray[np.int32] | None = None
    ) -> Weights:
        """The weights after a lesson that begins with `start`."""

        def taught() -> Arrays:
            recipe = self.recipe
            encoder = encoder_from(start, size=recipe.architecture, device=self.device)
            seed = recipe.seed + zlib.crc32(name.encode())  # no two lessons draw the same
            draw = mixture(self.materials, recipe=recipe, lesson=lesson, negatives=negatives)
            made = batches(draw, recipe=recipe, steps=lesson.steps, seed=seed, workers=_workers(self.device))
            fit_lesson(encoder, made, lesson=lesson, seed=seed, name=f"Lærer av par, {name}")
            return weights_of(encoder)

        return self.stages.arrays(name, taught)

    def _mined(self, weights: Weights) -> Arrays:
        asked, recipe = self.materials.asked, self.recipe
        encoder = encoder_from(weights, size=recipe.architecture, device=self.device)
        found = hard_negatives(
            *self._vectors(encoder, asked.questions),
            questions=asked.questions,
            passages=asked.passages,
            right=asked.right,
            allowed=asked.trainable,
            by_model=recipe.negatives_by_model,
            by_words=recipe.negatives_by_words,
        )
        return {"negatives": found}

    def _vectors(self, encoder: ContextualEncoder, questions: Tokens) -> tuple[torch.Tensor, torch.Tensor]:
        """Of `questions`, and of all passages that have some."""
        size = self.recipe.architecture
        asked = vectors(encoder, questions, longest=min(size.longest_question, size.window), name="Leser spørsmål")
        return asked, vectors(encoder, self.materials.asked.passages, longest=size.window, name="Leser avsnitt")


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
