"""From evidence to a reply: a verified answer where one is likely enough to be right, else why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from helseassistent.answer.confidence import ConfidenceModel, probability
from helseassistent.answer.extract import choose, draft
from helseassistent.answer.reading import WordVectors, read_question
from helseassistent.answer.scope import Scope, abstain, lacks_the_fact, scope_text
from helseassistent.answer.support import features
from helseassistent.answer.verify import verify
from helseassistent.types import Abstention, Answer, Encoder, Language, Page, Scored, Watcher


class Phrasing(Protocol):
    """Says what was found in other words, each of them checked against the source; None if no word of it holds."""

    def answer(
        self,
        question: str,
        *,
        turns: Sequence[str],
        evidence: Sequence[Scored],
        pages: Mapping[str, Page],
        language: Language,
        confidence: float,
        share: float,
        watch: Watcher,
    ) -> Answer | None: ...


class Rewriting(Protocol):
    """Asks anew what the rules found no answer to; None where it cannot, or where it might be another question."""

    @property
    def share(self) -> float: ...  # of the time that the model has for one question

    def question(self, messages: Sequence[str], *, asked: str, language: Language) -> str | None: ...


def respond(
    question: str,
    *,
    evidence: Sequence[Scored],
    pages: Mapping[str, Page],
    encoder: Encoder,
    vectors: WordVectors,
    scope: Scope,
    confidence: ConfidenceModel,
    watch: Watcher,
) -> Answer | Abstention:
    """The reply to a question that stands alone, from `evidence` that is best first and not empty."""
    watch("reading")
    reading = read_question(question, encoder=encoder)
    topic = encoder.encode_questions([scope_text(question)])[0]
    choices = choose(reading, evidence=evidence, vectors=vectors)
    off_topic = scope.off_topic(topic)
    seen = features(reading, evidence=evidence, choices=choices, pages=pages, vectors=vectors, off_topic=off_topic)
    certainty = probability(seen, confidence)
    if seen["defines"]:
        # A page about the very thing says what it is; one word gives the model too little to be sure by.
        certainty = max(certainty, confidence.threshold)
    if scope.is_advice(topic):
        return Abstention("out_of_scope", confidence=certainty, notice="advice")
    if lacks_the_fact(seen) or certainty < confidence.threshold:
        advice = scope.may_be_advice(topic)
        return abstain(seen, evidence=evidence, pages=pages, confidence=certainty, advice=advice)
    watch("checking")
    drafted = draft(choices, evidence=evidence, confidence=certainty)
    return verify(drafted, passages={found.passage.id: found.passage for found in evidence}, pages=pages)
