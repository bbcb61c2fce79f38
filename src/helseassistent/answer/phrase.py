"""A language model drafts, the sources decide: claims are checked as they come, those that hold become the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from helseassistent.answer.backing import Backing
from helseassistent.answer.commands import commands
from helseassistent.answer.draft import drafted_claims
from helseassistent.answer.llm import LanguageModel, ModelError
from helseassistent.answer.prompt import SCHEMA, VERSION, prompt
from helseassistent.answer.verify import Draft, DraftClaim, checked, verify
from helseassistent.types import Abstention, Answer, Claim, Language, Page, Passage, Scored, Watcher, unwatched

PASSAGES = 6  # of the evidence that the model is given
NEAR = 0.5  # how near the question a quoted sentence must be, as a share of the nearest one found


def unheard(_: Claim | str, /) -> None:
    """Hears nothing."""


def speaks_to_a_program(passage: Passage) -> bool:
    """Whether anything in it speaks to a program; then the model is not shown it at all."""
    return any(commands(said) for said in (passage.title, *passage.headings, passage.text))


def is_about_the_question(claim: Claim, evidence: Sequence[Scored]) -> bool:
    """Whether every sentence that it quotes is near the question: what a page says to the model instead is not."""
    sentences = [(scored.passage.file, sentence) for scored in evidence for sentence in scored.sentences]
    least = NEAR * max((sentence.late for _, sentence in sentences), default=0.0)
    return all(
        sentence.late >= least
        for citation in claim.citations
        for file, sentence in sentences
        if file == citation.file and sentence.start < citation.end and citation.start < sentence.end
    )


@dataclass(frozen=True, slots=True)
class Phrasing:
    """Puts verified answers into a model's words, when they are as true as the source's own."""

    model: LanguageModel
    backing: Backing
    heard: Callable[[Claim | str], None] = unheard  # every drafted claim, or what was wrong with it

    @property
    def engine(self) -> str:
        """What a reply names as its maker: the model and the version of the prompt."""
        return f"{self.model.server.model} (ledetekst {VERSION})"

    def answer(
        self,
        question: str,
        *,
        turns: Sequence[str],
        evidence: Sequence[Scored],
        pages: Mapping[str, Page],
        language: Language,
        confidence: float,
        share: float = 1.0,
        watch: Watcher = unwatched,
    ) -> Answer | None:
        """The claims of the model's draft that hold, or None when there are none.

        `share` is how much is left of the time that the model has for one question.
        """
        given = [scored.passage for scored in evidence[:PASSAGES] if not speaks_to_a_program(scored.passage)]
        if not given:
            return None
        passages = {passage.id: passage for passage in given}
        asked = prompt(question, turns=turns, passages=given, language=language)
        held: list[DraftClaim] = []
        with closing(self.model.stream(asked.messages, schema=SCHEMA, share=share)) as pieces:
            try:
                for drafted in drafted_claims(pieces, passages=asked.passages):
                    found = checked(drafted, passages=passages, pages=pages, backing=self.backing)
                    if isinstance(found, Claim) and not is_about_the_question(found, evidence[:PASSAGES]):
                        found = "unrelated"
                    if isinstance(found, Claim) and drafted not in held:
                        held.append(drafted)
                        watch(found)
                    self.heard(found)
            except ModelError as error:  # what was checked before it broke still holds
                self.heard(error.trouble)
        draft = Draft(tuple(held), confidence, self.engine)
        reply = verify(draft, passages=passages, pages=pages, backing=self.backing)
        return None if isinstance(reply, Abstention) else reply
