"""Fit everything that stands between the shipped encoder and an answer, and write it where the program reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from helseassistent.answer.confidence import ConfidenceModel, model_json
from helseassistent.answer.reading import WordVectors
from helseassistent.answer.scope import Scope
from helseassistent.answer.sentences import shipped_weights
from helseassistent.errors import HelseassistentError
from helseassistent.evaluate.calibrate import Calibration, Sample, calibrate
from helseassistent.index.contextual import PairedEncoder, contextual_of, words_of
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
# A true quote that does not answer costs a reader seconds; an answer held back costs a phone call. Weighed three to
# two, an answer is given from a probability of 2/5 on. An operator who weighs otherwise runs `evaluate --calibrate`.
THRESHOLD = 2 / 5
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
    # The sentences are chosen by what the encoder of words says, so that one set of weights serves with and without
    # the second encoder; it is fitted to the evidence that is found with it.
    for one in (both, both.words) if isinstance(both, PairedEncoder) else (both,):
        weights = fit_ranking(practice, encoder=one)
        contextual = contextual_of(one) is not None
        _write(f"retrieve/{rank_file(contextual=contextual)}", weights.by_name())
        announce(f"Rangering: {weights}")
        tried = list(try_episodes(material, labels=labels, encoder=one, weights=weights, count=EPISODES))
        vectors = WordVectors(one)
        if one is both:
            counting = list(counting_groups(rows, read_labels(labels), encoder=one, vectors=vectors))
            sentences = fit_sentences(tried, counting=counting, vectors=vectors)
            _write("answer/sentence.json", {"weights": sentences})
            shipped_weights.cache_clear()
            announce(f"Setninger: {sentences}")
        fitted = _confidence(tried, encoder=one, vectors=vectors)
        (_PACKAGE / "answer" / CONFIDENCE[contextual]).write_text(model_json(fitted), encoding="utf-8")
        announce(
            f"Sikkerhet: {fitted.n} spørsmål, terskel {fitted.threshold:.3f}, {fitted.coverage:.1%} besvart,"
            f" {fitted.risk:.1%} av svarene gale, ECE {fitted.ece:.3f}, Brier {fitted.brier:.3f}"
        )


def _confidence(tried: Sequence[Tried], *, encoder: Encoder, vectors: WordVectors) -> ConfidenceModel:
    samples = confidence_samples(
        tried, encoder=encoder, vectors=vectors, scope=Scope.shipped(encoder=words_of(encoder))
    )
    calibration = calibrate(
        [Sample(seen, right) for seen, right in samples],
        error_budget=1.0,
        encoder=encoder.fingerprint,
        date=date.today().isoformat(),
    )
    return _at_threshold(calibration)


def _at_threshold(calibration: Calibration) -> ConfidenceModel:
    """The model with THRESHOLD, and what cross-validation says of it."""
    point = min(calibration.curve, key=lambda point: abs(point.threshold - THRESHOLD))
    return replace(
        calibration.model,
        threshold=THRESHOLD,
        error_budget=point.risk,
        risk=point.risk,
        coverage=point.coverage,
    )


def _write(name: str, content: object) -> None:
    (_PACKAGE / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
