"""Fits what is out of scope: linear classifiers over the vector of a question, on messages written for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helseassistent.answer.scope import scope_text
from helseassistent.train.data import Questioned
from helseassistent.types import Encoder

OUTSIDE = ("advice", "other", "task", "elsewhere")
_STRENGTH = 3.0  # scikit-learn's C; vectors have length 1
_ADVICE_FALSE_ALARMS = 0.002  # of the questions that pages answer, at most this share is taken for a request for advice
_LAW_SUBJECTS = ("helse", "pasient", "omsorg", "trygd", "smitte", "psykisk", "legemid", "personell", "verge", "sosial")


def fit_scope(rows: Sequence[Questioned], *, messages: Path, encoder: Encoder) -> str:
    """The two classifiers as the JSON of `scope.json`."""
    inside = [question for row in rows if _is_health(row) and not row.held_out for question in row.questions]
    outside = [json.loads(line) for line in messages.read_text(encoding="utf-8").splitlines()]
    outside = [fields for fields in outside if fields["label"] in OUTSIDE]
    texts = [scope_text(text) for text in (*inside, *(fields["question"] for fields in outside))]
    vectors = encoder.encode_questions(texts)
    label = np.array([""] * len(inside) + [fields["label"] for fields in outside])
    off_topic, advice = _classifier(vectors, label != ""), _classifier(vectors, label == "advice")
    scores = vectors[: len(inside)] @ np.array(advice["weights"]) + advice["bias"]
    advice["threshold"] = round(float(np.quantile(scores, 1 - _ADVICE_FALSE_ALARMS)), 4)
    return json.dumps({"encoder": encoder.fingerprint, "off_topic": off_topic, "advice": advice}) + "\n"


def _is_health(row: Questioned) -> bool:
    """Service pages have ids that begin with S; of the laws, those that a health service is asked about."""
    return row.id.startswith("S") or any(word in row.title.lower() for word in _LAW_SUBJECTS)


def _classifier(vectors: NDArray[np.float32], outside: NDArray[np.bool_]) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression

    learner = LogisticRegression(C=_STRENGTH, max_iter=3000, class_weight="balanced").fit(vectors, outside)
    return {
        "bias": round(float(learner.intercept_[0]), 4),
        "weights": [round(float(weight), 4) for weight in learner.coef_[0]],
    }
