"""The read path in order. Read this first."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from helseassistent.answer.confidence import ConfidenceModel, probability
from helseassistent.answer.extract import choose, draft
from helseassistent.answer.next_questions import NextQuestions, next_after
from helseassistent.answer.reading import WordVectors, read_question
from helseassistent.answer.safety import Safety
from helseassistent.answer.scope import Scope, abstain, lacks_the_fact, scope_text
from helseassistent.answer.sections import more_after
from helseassistent.answer.support import features
from helseassistent.answer.verify import verify
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.understand import Understood, understand
from helseassistent.text.asked import asks_for_service
from helseassistent.text.characters import clean_message
from helseassistent.text.languages import foreign_language, is_foreign_script
from helseassistent.text.letters import with_letters
from helseassistent.text.redact import Redacted, redact
from helseassistent.text.smalltalk import notice_for
from helseassistent.text.words import written_form
from helseassistent.types import (
    Abstention,
    Answer,
    Encoder,
    Exchange,
    Language,
    Notice,
    Page,
    Reply,
    Scored,
    Urgent,
    Watcher,
    unwatched,
)

QUESTION_LIMIT = 1000  # characters of one message
EVIDENCE = 10  # passages kept with every reply

_LOG = logging.getLogger(__name__)


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
    ) -> Answer | None: ...


class _Look(Protocol):
    def __call__(self, message: str, *, language: Language) -> Urgent | None: ...


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers questions from one generation; threads may share it, since only its memory of word vectors changes."""

    safety: Safety
    retriever: HybridRetriever
    encoder: Encoder
    vectors: WordVectors
    scope: Scope
    confidence: ConfidenceModel
    public: frozenset[str] = frozenset()  # numbers and addresses that are never masked
    questions: Callable[[], NextQuestions] = dict  # what can be asked next, by page
    phrasing: Phrasing | None = None

    def ask(self, turns: Sequence[str], language: Language | None = None, *, watch: Watcher = unwatched) -> Exchange:
        """Answer the last of `turns`, the person's messages in order; `language` None follows the question."""
        begun = time.perf_counter()
        masked = self._masked(turns)
        messages = [message.bare for message in masked]
        spoken = language or _spoken(messages)
        found = self._reply(messages, language=spoken, watch=watch)
        exchange = self._exchange(masked[-1], spoken, found, begun=begun)
        return replace(exchange, next_questions=self._next(exchange, messages), turn=len(masked))

    def _next(self, exchange: Exchange, messages: Sequence[str]) -> tuple[str, ...]:
        if not isinstance(exchange.reply, Answer):
            return ()
        return next_after(
            exchange.reply,
            evidence=exchange.evidence,
            questions=self.questions(),
            language=exchange.language,
            asked=messages,
        )

    def danger(self, turns: Sequence[str], language: Language | None = None) -> Exchange | None:
        """The fixed reply when the last of `turns` is about danger, without any search; `ask` would give the same."""
        begun = time.perf_counter()
        masked = self._masked(turns)
        messages = [message.bare for message in masked]
        spoken = language or _spoken(messages)
        urgent = self._urgent(messages[-1], language=spoken)
        if urgent is None or _is_about_service(with_letters(messages[-1]), urgent):
            return None
        return self._exchange(masked[-1], spoken, _Found(urgent), begun=begun)

    def glance(self, turns: Sequence[str]) -> float:
        """How far the last of `turns` makes one fear danger, in [0, 1]; cheaper than `danger`, and no verdict."""
        try:
            return self.safety.glance(self._masked(turns[-1:])[0].bare)
        except Exception:  # noqa: BLE001 - whatever failed, `danger` must come next
            return 1.0

    def _masked(self, turns: Sequence[str]) -> list[Redacted]:
        """The messages without personal data: nothing else ever sees what was typed."""
        return [redact(clean_message(turn), public=self.public) for turn in turns or [""]]

    def _exchange(self, message: Redacted, language: Language, found: _Found, *, begun: float) -> Exchange:
        generation = self.retriever.generation
        return Exchange(
            message.text,
            language,
            found.reply,
            tuple(found.evidence),
            generation.manifest.generation,
            time.perf_counter() - begun,
            found.understood,
            more_after(found.reply, pages=generation.pages) if isinstance(found.reply, Answer) else (),
            None if isinstance(found.reply, Urgent) else self._caution(message.bare, language=language),
            found.searched_also,
            message.removed,
        )

    def _reply(self, messages: Sequence[str], *, language: Language, watch: Watcher) -> _Found:
        urgent = self._urgent(messages[-1], language=language)
        messages = [with_letters(message) for message in messages]
        if urgent and not _is_about_service(messages[-1], urgent):
            return _Found(urgent)
        if notice := _notice(messages[-1]):
            return _Found(urgent or Abstention("out_of_scope", notice=notice))
        watch("searching")
        asked = [message for message in messages[:-1] if not _notice(message)]
        read = understand([*asked, messages[-1]], retriever=self.retriever, top_k=EVIDENCE)
        if not read.evidence:
            return _Found(urgent or Abstention("no_evidence"))
        reply = self._from_evidence(read.question, read.evidence, watch=watch)
        if urgent and isinstance(reply, Abstention):
            return _Found(urgent)
        if self.phrasing and not urgent and isinstance(reply, Answer):
            reply = self._phrased(reply, read, turns=messages, language=language)
        understood = read.question if read.leans else None
        also = self.retriever.searched_also(read.question)
        return _Found(_told(reply, message=messages[-1]), read.evidence, understood, also)

    def _phrased(self, reply: Answer, read: Understood, *, turns: Sequence[str], language: Language) -> Answer:
        """The same answer in a model's words, unless none of them holds or the message makes one fear danger."""
        if self.phrasing is None or self._caution(turns[-1], language=language):
            return reply
        phrased = self.phrasing.answer(
            read.question,
            turns=turns,
            evidence=read.evidence,
            pages=self.retriever.generation.pages,
            language=language,
            confidence=reply.confidence,
        )
        return phrased or reply

    def _urgent(self, message: str, *, language: Language) -> Urgent | None:
        """Danger in the message as it was meant or, if that shows none, as it was typed."""
        spellings = dict.fromkeys((with_letters(message), message))
        looks = (self._looked_at(self.safety.check, spelling, language=language) for spelling in spellings)
        return next((urgent for urgent in looks if urgent), None)

    def _caution(self, message: str, *, language: Language) -> Urgent | None:
        return self._looked_at(self.safety.caution, with_letters(message), language=language)

    def _looked_at(self, look: _Look, message: str, *, language: Language) -> Urgent | None:
        try:
            return look(message, language=language)
        except Exception:  # noqa: BLE001 - whatever failed, the numbers must be shown
            _LOG.exception("the safety layer failed; its numbers were shown")
            return self.safety.last_resort(language)

    def _from_evidence(self, question: str, evidence: Sequence[Scored], *, watch: Watcher) -> Answer | Abstention:
        watch("reading")
        pages = self.retriever.generation.pages
        reading = read_question(question, encoder=self.encoder)
        topic = self.encoder.encode_questions([scope_text(question)])[0]
        choices = choose(reading, evidence=evidence, vectors=self.vectors)
        off_topic = self.scope.off_topic(topic)
        seen = features(
            reading, evidence=evidence, choices=choices, pages=pages, vectors=self.vectors, off_topic=off_topic
        )
        certainty = probability(seen, self.confidence)
        if seen["defines"]:
            # A page about the very thing says what it is; one word gives the model too little to be sure by.
            certainty = max(certainty, self.confidence.threshold)
        if self.scope.is_advice(topic):
            return Abstention("out_of_scope", confidence=certainty, notice="advice")
        if lacks_the_fact(seen) or certainty < self.confidence.threshold:
            advice = self.scope.may_be_advice(topic)
            return abstain(seen, evidence=evidence, pages=pages, confidence=certainty, advice=advice)
        watch("checking")
        drafted = draft(choices, evidence=evidence, confidence=certainty)
        return verify(drafted, passages={found.passage.id: found.passage for found in evidence}, pages=pages)


def _is_about_service(message: str, urgent: Urgent) -> bool:
    # A sprain calls for the legevakt; whoever asks what the legevakt does with one is told so, if a page says it.
    return urgent.urgency == "doctor" and asks_for_service(message)


@dataclass(frozen=True, slots=True)
class _Found:
    reply: Reply
    evidence: Sequence[Scored] = ()
    understood: str | None = None
    searched_also: tuple[str, ...] = ()


def _spoken(messages: Sequence[str]) -> Language:
    """The form of Norwegian of the last message that shows one: "og på søndag?" shows none."""
    forms = (written_form(with_letters(message)) for message in reversed(messages))
    return next((form for form in forms if form), "nb")


def _notice(message: str) -> Notice | None:
    if not message:
        return "empty"
    if len(message) > QUESTION_LIMIT:
        return "too_long"
    return "foreign" if is_foreign_script(message) else notice_for(message)


def _told(reply: Answer | Abstention, *, message: str) -> Answer | Abstention:
    """An abstention that says which languages the pages are in, when the question is in another one."""
    if isinstance(reply, Answer) or reply.notice == "elsewhere":
        return reply
    notice = foreign_language(message)
    return replace(reply, notice=notice) if notice else reply
