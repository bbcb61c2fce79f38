"""How well the evidence supports an answer: the features that the confidence is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from helseassistent.text.asked import asked_for, holds
from helseassistent.text.places import foreign_places, places_in
from helseassistent.text.terms import stem, word_terms
from helseassistent.text.words import content_words, tokens
from helseassistent.types import Encoder, Page, Scored

_KINDS = ("price", "phone", "hours", "address", "person", "date", "duration", "count")


def features(
    question: str, *, evidence: Sequence[Scored], pages: Mapping[str, Page], encoder: Encoder
) -> dict[str, float]:
    """Named features of one question and its evidence, best passage first; `evidence` must not be empty."""
    best = evidence[0]
    page = pages[best.passage.file]
    signals = best.signals
    covered = _coverage(question, best=best, encoder=encoder)
    return {
        "dense": signals.dense,
        "context": signals.context,
        "sentence": signals.sentence,
        "words": signals.words,
        "grams": signals.grams,
        "headings": signals.headings,
        "score": best.score,
        "margin": best.score - evidence[1].score if len(evidence) > 1 else 0.0,
        "page_margin": _page_margin(evidence),
        "covered_mean": covered[0],
        "covered_worst": covered[1],
        "known_words": _known_words(question, best=best),
        "length": float(np.log1p(len(content_words(question)))),
        "foreign_place": float(bool(foreign_places(question, known=_places_of(page)))),
        **_missing(question, best=best),
    }


def _page_margin(evidence: Sequence[Scored]) -> float:
    best = evidence[0]
    others = [scored.score for scored in evidence if scored.passage.file != best.passage.file]
    return best.score - max(others) if others else 0.0


def _places_of(page: Page) -> frozenset[str]:
    return places_in(f"{page.title} {page.publisher} {page.url} {page.body}")


def _known_words(question: str, *, best: Scored) -> float:
    """Share of the question's stems that the passage, its title or its headings have."""
    terms = set(word_terms(question))
    held = set(word_terms(" ".join((best.passage.title, *best.passage.headings, best.passage.text))))
    return len(terms & held) / len(terms) if terms else 0.0


def _coverage(question: str, *, best: Scored, encoder: Encoder) -> tuple[float, float]:
    """How near the passage's nearest word is to each word of the question: weighted mean, and the worst gap.

    A word weighs what the question's vector turns when it is left out, so that no list of important words is needed.
    """
    words = list(dict.fromkeys(content_words(question)))
    if not words:
        return 0.0, 1.0
    around = " ".join((best.passage.title, *best.passage.headings, best.passage.text))
    held = sorted(set(tokens(around)))
    whole = [question, *(" ".join(other for other in words if other != word) for word in words)]
    turned = encoder.encode_questions(whole)
    weights = np.maximum(1.0 - turned[1:] @ turned[0], 1e-3)
    nearest = (encoder.encode_questions(words) @ encoder.encode_passages(held).T).max(axis=1)
    stems = {stem(word) for word in held}
    nearest = np.array([1.0 if stem(word) in stems else near for word, near in zip(words, nearest, strict=True)])
    share = weights / weights.sum()
    return float(share @ nearest), float((share * (1.0 - nearest)).max())


def _missing(question: str, *, best: Scored) -> dict[str, float]:
    """For each kind of fact: 1 if the question asks for it and the passage holds none."""
    asked = asked_for(question)
    return {f"no_{kind}": float(kind in asked and not holds(best.passage.text, kind)) for kind in _KINDS}
