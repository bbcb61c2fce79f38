"""How well the evidence supports an answer: the features that the confidence is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from helseassistent.answer.extract import Choice, context_of, quoted
from helseassistent.answer.reading import Reading, Shares, WordVectors, asks_about_title, nearness, unsaid
from helseassistent.text.asked import Asked, amounts, counted, holds
from helseassistent.text.places import foreign_places, home_of
from helseassistent.text.terms import word_terms
from helseassistent.types import Page, Scored

_KINDS: tuple[Asked, ...] = ("price", "phone", "hours", "address", "person", "date", "duration", "count")


def features(
    reading: Reading,
    *,
    evidence: Sequence[Scored],
    choices: Sequence[Choice],
    pages: Mapping[str, Page],
    vectors: WordVectors,
    off_topic: float,
) -> dict[str, float]:
    """Named features of one question, its evidence and the sentences to be quoted; neither may be empty.

    `off_topic` is what `scope.Scope.off_topic` says of the question.
    """
    shown = quoted(choices)
    best = evidence[shown[0].passage]
    quote = " ".join(evidence[choice.passage].sentences[choice.sentence].text for choice in shown)
    around = " ".join((best.passage.title, *best.passage.headings, best.passage.text))
    signals = best.signals
    said_around = nearness(reading, around, vectors=vectors)
    said = nearness(reading, quote, vectors=vectors)
    left = unsaid(reading, context_of(best.passage), vectors=vectors)
    return {
        "dense": signals.dense,
        "context": signals.context,
        "sentence": signals.sentence,
        "words": signals.words,
        "grams": signals.grams,
        "headings": signals.headings,
        "contextual": signals.contextual,
        "said": signals.said,
        "late": signals.late,
        "in_context": signals.in_context,
        "covered": float(reading.importance @ said_around),
        "gap": _gap(reading.importance, said_around),
        "new_covered": float(left @ said_around),
        "new_gap": _gap(left, said_around),
        "quote_covered": float(reading.importance @ said),
        "quote_new_covered": float(left @ said),
        "quote_new_gap": _gap(left, said),
        "quote_similarity": max(evidence[c.passage].sentences[c.sentence].similarity for c in shown),
        "quote_late": max(evidence[c.passage].sentences[c.sentence].late for c in shown),
        "quote_read": max(evidence[c.passage].sentences[c.sentence].read or 0.0 for c in shown),
        "read": _read(evidence),
        "passage_share": sum(choice.probability for choice in choices if choice.passage == shown[0].passage),
        "quote_share": sum(choice.probability for choice in shown),
        "page_margin": _page_margin(evidence),
        "known_words": _share(reading.terms, around),
        "length": float(np.log1p(len(reading.words))),
        "pages": float(np.log(len(pages))),
        "foreign_place": float(bool(foreign_places(reading.question, home=_home(pages[best.passage.file])))),
        "defines": float(asks_about_title(reading, best.passage.title)),
        "off_topic": off_topic,
        "asked": float(bool(reading.asked)),
        **{f"no_{kind}": float(kind in reading.asked and not holds(around, kind)) for kind in _KINDS},
        "count_gap": _count_gap(reading, quote, vectors=vectors),
        "quote_lacks": float(bool(reading.asked) and not any(holds(quote, kind) for kind in reading.asked)),
    }


def _read(evidence: Sequence[Scored]) -> float:
    """Log-odds that any sentence answers, by the reader: what "none of them" is weighed against."""
    odds = [sentence.read for scored in evidence for sentence in scored.sentences if sentence.read is not None]
    return float(np.logaddexp.reduce(odds)) if odds else 0.0


def _page_margin(evidence: Sequence[Scored]) -> float:
    """How far the best passage is ahead of the best one of another page, on the scale of the ranking."""
    others = [scored.score for scored in evidence if scored.passage.file != evidence[0].passage.file]
    return evidence[0].score - max(others) if others else 0.0


def _home(page: Page) -> frozenset[str]:
    return home_of(header=f"{page.title} {page.publisher} {page.url}", body=page.body)


def _share(terms: frozenset[str], text: str) -> float:
    """Share of the question's stems that the text has."""
    return len(terms & frozenset(word_terms(text))) / len(terms) if terms else 0.0


def _count_gap(reading: Reading, quote: str, *, vectors: WordVectors) -> float:
    """How far what the quote has numbers of is from what the question counts; 0 if it counts nothing."""
    noun = counted(reading.question)
    if noun is None or noun not in reading.words:
        return 0.0
    named = " ".join(amounts(quote))
    return 1.0 - float(nearness(reading, named, vectors=vectors)[reading.words.index(noun)]) if named else 1.0


def _gap(importance: Shares, said: Shares) -> float:
    """The most that one word of the question goes unsaid, weighted by its importance."""
    return float((importance * (1.0 - said)).max())
