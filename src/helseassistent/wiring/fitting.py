"""Fit everything that stands between the shipped encoder and an answer, and write it where the program reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from helseassistent.answer.confidence import ConfidenceModel, model_json
from helseassistent.answer.reading import WordVectors
from helseassistent.answer.scope import Scope
from helseassistent.answer.sentences import shipped_weights
from helseassistent.errors import HelseassistentError
from helseassistent.evaluate.calibrate import Calibration, Sample, calibrate
from helseassistent.train.answering import (
    RememberingEncoder,
    confidence_samples,
    fit_sentences,
    try_episodes,
)
from helseassistent.train.data import questioned
from helseassistent.train.episodes import read_material
from helseassistent.train.labels import counting_groups, read_labels
from helseassistent.train.ranking import fit_ranking, practice_sets
from helseassistent.train.scope import fit_scope
from helseassistent.types import Encoder

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
    remembering = RememberingEncoder(encoder)
    rows = questioned(texts, extra=sorted(questions.glob("train-*.jsonl")))
    weights = fit_ranking(practice_sets(texts, rows), encoder=remembering)
    _write("retrieve/rank.json", weights.by_name())
    announce(f"Rangering: {weights}")
    labels = questions / "sentence-labels.jsonl"
    material = read_material(rows, questions=questions)
    tried = list(try_episodes(material, labels=labels, encoder=remembering, weights=weights, count=EPISODES))
    vectors = WordVectors(remembering)
    counting = list(counting_groups(rows, read_labels(labels), encoder=remembering, vectors=vectors))
    sentences = fit_sentences(tried, counting=counting, vectors=vectors)
    _write("answer/sentence.json", {"weights": sentences})
    shipped_weights.cache_clear()
    announce(f"Setninger: {sentences}")
    scope_file = fit_scope(rows, messages=questions / "out-of-scope-2.jsonl", encoder=encoder)
    (_PACKAGE / "answer" / "scope.json").write_text(scope_file, encoding="utf-8")
    scope = Scope.shipped(encoder=encoder)
    samples = confidence_samples(tried, encoder=encoder, vectors=vectors, scope=scope)
    calibration = calibrate(
        [Sample(seen, right) for seen, right in samples],
        error_budget=1.0,
        encoder=encoder.fingerprint,
        date=date.today().isoformat(),
    )
    fitted = _at_threshold(calibration)
    (_PACKAGE / "answer" / "confidence.json").write_text(model_json(fitted), encoding="utf-8")
    announce(
        f"Sikkerhet: {fitted.n} spørsmål, terskel {fitted.threshold:.3f}, {fitted.coverage:.1%} besvart,"
        f" {fitted.risk:.1%} av svarene gale, ECE {fitted.ece:.3f}, Brier {fitted.brier:.3f}"
    )


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
