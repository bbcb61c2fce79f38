"""Fit everything that stands between the shipped encoder and an answer, and write it where the program reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from helseassistent.answer.confidence import ConfidenceModel, model_json
from helseassistent.answer.reading import WordVectors
from helseassistent.answer.scope import Scope
from helseassistent.answer.sentences import sentence_file, shipped_weights
from helseassistent.errors import HelseassistentError
from helseassistent.evaluate.calibrate import Calibration, Sample, calibrate, choose_threshold
from helseassistent.evaluate.metrics import risk_coverage
from helseassistent.index.contextual import PairedEncoder, contextual_of, reader_of, words_of
from helseassistent.retrieve.rank import rank_file
from helseassistent.train.answering import (
    Tried,
    confidence_samples,
    fit_sentences,
    remembering,
    try_episodes,
)
from helseassistent.train.data import questioned
from helseassistent.train.episodes import read_material
from helseassistent.train.labels import counting_groups, read_labels
from helseassistent.train.ranking import fit_ranking, practice_sets
from helseassistent.train.scope import fit_scope
from helseassistent.types import Encoder
from helseassistent.wiring import CONFIDENCE

EPISODES = 160
ERROR_BUDGET = 0.15  # of the answers given to practice questions
# Pages from which a threshold holds, and its budget: the more pages, the more of them are near a question that none
# answers, and the same certainty is wrong more often. Where a handful of pages has one on each subject, an answer held
# back is a phone call for want of nothing; docs/decisions/0005-when-not-to-answer.md has the shares and what it costs.
SIZES = {1: 0.185, 10: ERROR_BUDGET, 30: ERROR_BUDGET}
_PACKAGE = Path(__file__).parents[1]


def fit_answering(texts: Path, *, questions: Path, encoder: Encoder, announce: Callable[[str], None]) -> None:
    """Ranking, choice of sentences, scope and confidence, in this order, since each needs the ones before it.

    Raises:
        HelseassistentError: if `texts` holds no questions; then nothing is written.
    """
    if not questioned(texts):
        raise HelseassistentError(
            "Fant ingen spørsmål å tilpasse til. Oppgi mappa med treningsdata: --texts MAPPE, med citizen_questions i."
        )
    rows = questioned(texts, extra=sorted(questions.glob("train-*.jsonl")))
    practice = practice_sets(texts, rows)
    material = read_material(rows, questions=questions)
    (_PACKAGE / "answer" / "scope.json").write_text(
        fit_scope(rows, messages=questions / "out-of-scope-2.jsonl", encoder=words_of(encoder)), encoding="utf-8"
    )
    both = remembering(encoder)
    labels = questions / "sentence-labels.jsonl"
    for one in (both, both.words) if isinstance(both, PairedEncoder) else (both,):
        weights = fit_ranking(practice, encoder=one)
        contextual = contextual_of(one) is not None
        _write(f"retrieve/{rank_file(contextual=contextual)}", weights.by_name())
        announce(f"Rangering: {weights}")
        tried = list(try_episodes(material, labels=labels, encoder=one, weights=weights, count=EPISODES))
        vectors = WordVectors(one)
        counting = list(counting_groups(rows, read_labels(labels), encoder=one, vectors=vectors))
        sentences = fit_sentences(tried, counting=counting, vectors=vectors)
        _write(f"answer/{sentence_file(read=reader_of(one) is not None)}", {"weights": sentences})
        shipped_weights.cache_clear()
        announce(f"Setninger: {sentences}")
        fitted = _confidence(tried, encoder=one, vectors=vectors)
        (_PACKAGE / "answer" / CONFIDENCE[contextual]).write_text(model_json(fitted), encoding="utf-8")
        announce(
            f"Sikkerhet: {fitted.n} spørsmål, terskler {fitted.by_pages}, {fitted.coverage:.1%} besvart,"
            f" {fitted.risk:.1%} av svarene gale, ECE {fitted.ece:.3f}, Brier {fitted.brier:.3f}"
        )


def _confidence(tried: Sequence[Tried], *, encoder: Encoder, vectors: WordVectors) -> ConfidenceModel:
    found = confidence_samples(tried, encoder=encoder, vectors=vectors, scope=Scope.shipped(encoder=words_of(encoder)))
    samples = [Sample(seen, right) for seen, right in found]
    calibration = calibrate(
        samples,
        error_budget=ERROR_BUDGET,
        encoder=encoder.fingerprint,
        date=date.today().isoformat(),
    )
    return within_budget(calibration, samples=samples)


def within_budget(calibration: Calibration, *, samples: Sequence[Sample]) -> ConfidenceModel:
    """The model with a threshold for each of SIZES, and what cross-validation says of them together."""
    pages = np.rint(np.exp([sample.features["pages"] for sample in samples]))
    stated, right = np.array(calibration.held_out), np.array([sample.right for sample in samples])
    by_pages, met, given = [], [], np.zeros(len(samples), dtype=np.bool_)
    for first, after in pairwise((*SIZES, np.inf)):
        here = (pages >= first) & (pages < after)
        curve = risk_coverage(tuple(stated[here].tolist()), right[here].tolist())
        point, within = choose_threshold(curve, error_budget=SIZES[int(first)])
        threshold = round(point.threshold, 3)
        by_pages.append((int(first), threshold))
        met.append(within)
        given |= here & (stated >= threshold)
    risk = float(1 - right[given].mean())
    return replace(
        calibration.model,
        threshold=by_pages[-1][1],
        by_pages=tuple(by_pages),
        error_budget=ERROR_BUDGET,
        budget_met=all(met),
        risk=risk,
        coverage=float(given.mean()),
    )


def _write(name: str, content: object) -> None:
    (_PACKAGE / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
