"""Fit everything that stands between the shipped encoder and an answer, and write it where the program reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

from helseassistent.answer.confidence import model_json
from helseassistent.answer.reading import WordVectors
from helseassistent.answer.scope import Scope
from helseassistent.answer.sentences import shipped_weights
from helseassistent.evaluate.calibrate import Sample, calibrate
from helseassistent.train.answering import (
    RememberingEncoder,
    confidence_samples,
    fit_ranking,
    fit_sentences,
    try_episodes,
)
from helseassistent.train.data import questioned
from helseassistent.train.episodes import read_material
from helseassistent.train.scope import fit_scope
from helseassistent.types import Encoder

EPISODES = 160
# Of the answers at most this share may be wrong in the practice episodes.
ERROR_BUDGET = 0.30
_PACKAGE = Path(__file__).parents[1]


def fit_answering(texts: Path, *, questions: Path, encoder: Encoder, announce: Callable[[str], None]) -> None:
    """Ranking, choice of sentences, scope and confidence, in this order, since each needs the ones before it."""
    remembering = RememberingEncoder(encoder)
    rows = questioned(texts)
    weights = fit_ranking(rows, encoder=remembering)
    _write("retrieve/rank.json", {"weights": weights.by_name(), "again": weights.again})
    announce(f"Rangering: {weights}")
    labels = questions / "sentence-labels.jsonl"
    material = read_material(rows, questions=questions)
    tried = list(try_episodes(material, labels=labels, encoder=remembering, weights=weights, count=EPISODES))
    vectors = WordVectors(remembering)
    sentences = fit_sentences(tried, vectors=vectors)
    _write("answer/sentence.json", {"weights": sentences})
    shipped_weights.cache_clear()
    announce(f"Setninger: {sentences}")
    scope_file = fit_scope(rows, messages=questions / "out-of-scope-2.jsonl", encoder=encoder)
    (_PACKAGE / "answer" / "scope.json").write_text(scope_file, encoding="utf-8")
    scope = Scope.shipped(encoder=encoder)
    samples = confidence_samples(tried, encoder=encoder, vectors=vectors, scope=scope)
    fitted = calibrate(
        [Sample(seen, right) for seen, right in samples],
        error_budget=ERROR_BUDGET,
        encoder=encoder.fingerprint,
        date=date.today().isoformat(),
    ).model
    (_PACKAGE / "answer" / "confidence.json").write_text(model_json(fitted), encoding="utf-8")
    announce(
        f"Sikkerhet: {fitted.n} spørsmål, terskel {fitted.threshold:.3f}, {fitted.coverage:.1%} besvart,"
        f" {fitted.risk:.1%} av svarene gale, ECE {fitted.ece:.3f}, Brier {fitted.brier:.3f}"
    )


def _write(name: str, content: object) -> None:
    (_PACKAGE / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
