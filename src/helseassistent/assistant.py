"""The read path in order. Read this first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from helseassistent.answer.confidence import ConfidenceModel, probability
from helseassistent.answer.extract import draft
from helseassistent.answer.safety import Safety
from helseassistent.answer.scope import abstain
from helseassistent.answer.support import features
from helseassistent.answer.verify import verify
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.text.characters import clean_message
from helseassistent.text.followup import stand_alone
from helseassistent.text.smalltalk import notice_for
from helseassistent.text.words import language_of
from helseassistent.types import Abstention, Answer, Encoder, Exchange, Language, Notice, Reply, Scored

QUESTION_LIMIT = 1000  # characters of one message
EVIDENCE = 10  # passages kept with every reply


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers questions from one generation; safe to share between threads, since nothing in it changes."""

    safety: Safety
    retriever: HybridRetriever
    encoder: Encoder
    confidence: ConfidenceModel

    def ask(self, turns: Sequence[str], language: Language | None = None) -> Exchange:
        """Answer the last of `turns`, the person's messages in order; `language` None follows the question."""
        begun = time.perf_counter()
        messages = [clean_message(turn) for turn in turns] or [""]
        spoken = language or language_of(messages[-1])
        reply, evidence = self._reply(messages, language=spoken)
        generation = self.retriever.generation.manifest.generation
        return Exchange(messages[-1], spoken, reply, tuple(evidence), generation, time.perf_counter() - begun)

    def _reply(self, messages: Sequence[str], *, language: Language) -> tuple[Reply, Sequence[Scored]]:
        if urgent := self.safety.check(messages[-1], language=language):
            return urgent, ()
        if notice := _notice(messages[-1]):
            return Abstention("out_of_scope", notice=notice), ()
        question = stand_alone(messages)
        evidence = self.retriever.search(question, top_k=EVIDENCE)
        if not evidence:
            return Abstention("no_evidence"), ()
        return self._from_evidence(question, evidence), evidence

    def _from_evidence(self, question: str, evidence: Sequence[Scored]) -> Answer | Abstention:
        pages = self.retriever.generation.pages
        seen = features(question, evidence=evidence, pages=pages, encoder=self.encoder)
        certainty = probability(seen, self.confidence)
        if certainty < self.confidence.threshold:
            return abstain(seen, evidence=evidence, pages=pages, confidence=certainty)
        drafted = draft(question, evidence=evidence, confidence=certainty)
        return verify(drafted, passages={found.passage.id: found.passage for found in evidence}, pages=pages)


def _notice(message: str) -> Notice | None:
    if not message:
        return "empty"
    return "too_long" if len(message) > QUESTION_LIMIT else notice_for(message)
