"""The read path in order. Read this first."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from helseassistent.answer.confidence import ConfidenceModel
from helseassistent.answer.danger import Danger, glance
from helseassistent.answer.next_questions import NextQuestions, next_after
from helseassistent.answer.reading import WordVectors, says_every_word
from helseassistent.answer.respond import Phrasing, Rewriting, respond
from helseassistent.answer.safety import Safety
from helseassistent.answer.scope import Scope, in_which_language
from helseassistent.answer.sections import more_after
from helseassistent.index.passages import embedded_text
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.understand import Understood, understand
from helseassistent.text.heard import Heard, hear, mask, notice_of
from helseassistent.types import (
    Abstention,
    Answer,
    Encoder,
    Exchange,
    Language,
    Page,
    Reply,
    Scored,
    Urgent,
    Watcher,
    unwatched,
)

EVIDENCE = 10  # passages kept with every reply
READ_FROM = 1 / 2  # of the threshold: from here on a model may find what the rules are almost sure of


class CheckedAnswers(Protocol):
    """Gives the answer that a person has approved to the same question, made of words that stand in `pages`."""

    def answer(self, question: str, *, pages: Mapping[str, Page]) -> Answer | None: ...


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
    rewriting: Rewriting | None = None
    checked: CheckedAnswers | None = None

    def ask(self, turns: Sequence[str], language: Language | None = None, *, watch: Watcher = unwatched) -> Exchange:
        """Answer the last of `turns`, the person's messages in order; `language` None follows the question."""
        begun = time.perf_counter()
        heard = hear(turns, public=self.public, language=language)
        danger = Danger(heard, self.safety)
        return self._exchange(heard, self._found(heard, danger, watch), danger=danger, begun=begun)

    def danger(self, turns: Sequence[str], language: Language | None = None) -> Exchange | None:
        """The fixed reply when the last of `turns` is about danger, without any search; `ask` would give the same."""
        begun = time.perf_counter()
        heard = hear(turns, public=self.public, language=language)
        danger = Danger(heard, self.safety)
        if danger.urgent is None or danger.may_wait:
            return None
        return self._exchange(heard, _Found(danger.urgent), danger=danger, begun=begun)

    def glance(self, turns: Sequence[str]) -> float:
        """How far the last of `turns` makes one fear danger, in [0, 1]: whom `danger` should see first."""
        return glance(mask(turns[-1], public=self.public).bare, self.safety)

    def _found(self, heard: Heard, danger: Danger, watch: Watcher) -> _Found:
        urgent = danger.urgent
        if urgent and not danger.may_wait:
            return _Found(urgent)
        if notice := notice_of(heard.question):
            return _Found(urgent or Abstention("out_of_scope", notice=notice))
        watch("searching")
        read = understand([*heard.asked, heard.question], retriever=self.retriever, top_k=EVIDENCE)
        if not read.evidence:
            return _Found(urgent or Abstention("no_evidence"))
        approved = None if urgent else self._approved(read)
        reply = approved or self._from_evidence(read, watch)
        if urgent and isinstance(reply, Abstention):
            return _Found(urgent)
        left = 1.0
        with_model = not (urgent or danger.caution)  # a model says nothing where one may fear danger
        if self.rewriting and with_model and isinstance(reply, Abstention) and reply.notice is None:
            read, reply = self._asked_anew(read, reply, rewriting=self.rewriting, heard=heard, watch=watch)
            left -= self.rewriting.share
        if self.phrasing and with_model and not approved and self._may_be_phrased(reply):
            reply = self._phrased(reply, read, phrasing=self.phrasing, heard=heard, share=left, watch=watch)
        understood = read.question if read.leans else None
        also = self.retriever.searched_also(read.question)
        return _Found(in_which_language(reply, message=heard.question), read.evidence, understood, also)

    def _from_evidence(self, read: Understood, watch: Watcher) -> Answer | Abstention:
        return respond(
            read.question,
            evidence=read.evidence,
            pages=self.retriever.generation.pages,
            encoder=self.encoder,
            vectors=self.vectors,
            scope=self.scope,
            confidence=self.confidence,
            watch=watch,
        )

    def _asked_anew(
        self, read: Understood, reply: Abstention, *, rewriting: Rewriting, heard: Heard, watch: Watcher
    ) -> tuple[Understood, Answer | Abstention]:
        """The same, or what the question finds in a model's words, if that is an answer; the person is shown it."""
        messages = [*heard.asked, heard.question]
        question = rewriting.question(messages, asked=read.question, language=heard.language)
        if question is None:
            return read, reply
        anew = Understood(question, True, self.retriever.search(question, top_k=EVIDENCE))
        written = [embedded_text(scored.passage) for scored in anew.evidence]
        if not says_every_word(question, [*messages, *written]):  # the person is shown no word of the model's own
            return read, reply
        found = self._from_evidence(anew, watch)
        return (anew, found) if isinstance(found, Answer) else (read, reply)

    def _approved(self, read: Understood) -> Answer | None:
        pages = self.retriever.generation.pages
        return self.checked.answer(read.question, pages=pages) if self.checked else None

    def _may_be_phrased(self, reply: Answer | Abstention) -> bool:
        """Whether a model that reads the passages itself is heard: where there is an answer, or almost one."""
        if isinstance(reply, Answer):
            return True
        return reply.notice is None and reply.confidence >= READ_FROM * self.confidence.threshold

    def _phrased(
        self,
        reply: Answer | Abstention,
        read: Understood,
        *,
        phrasing: Phrasing,
        heard: Heard,
        share: float,
        watch: Watcher,
    ) -> Answer | Abstention:
        """What of a model's words holds, else the reply as it is."""
        watch("phrasing")
        phrased = phrasing.answer(
            read.question,
            turns=heard.meant,
            evidence=read.evidence,
            pages=self.retriever.generation.pages,
            language=heard.language,
            confidence=reply.confidence,
            share=share,
            watch=watch,
        )
        return phrased or reply

    def _exchange(self, heard: Heard, found: _Found, *, danger: Danger, begun: float) -> Exchange:
        generation, reply = self.retriever.generation, found.reply
        exchange = Exchange(
            question=heard.last.text,
            language=heard.language,
            reply=reply,
            evidence=tuple(found.evidence),
            generation=generation.manifest.generation,
            seconds=time.perf_counter() - begun,
            understood=found.understood,
            caution=None if isinstance(reply, Urgent) else danger.caution,
            searched_also=found.searched_also,
            removed=heard.last.removed,
            turn=len(heard.meant),
        )
        return self._with_more(exchange, reply, heard) if isinstance(reply, Answer) else exchange

    def _with_more(self, exchange: Exchange, answer: Answer, heard: Heard) -> Exchange:
        follow = next_after(
            answer,
            evidence=exchange.evidence,
            questions=self.questions(),
            language=exchange.language,
            asked=heard.meant,
        )
        more = more_after(answer, pages=self.retriever.generation.pages)
        return replace(exchange, more=more, next_questions=follow)


@dataclass(frozen=True, slots=True)
class _Found:
    reply: Reply
    evidence: Sequence[Scored] = ()
    understood: str | None = None
    searched_also: tuple[str, ...] = ()
