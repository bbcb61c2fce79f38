"""Choose the sentences that answer a question, and draft them verbatim."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helseassistent.answer.verify import Draft, DraftClaim, DraftQuote
from helseassistent.text.asked import Asked, asked_for, holds
from helseassistent.text.terms import word_terms
from helseassistent.types import Scored, Sentence

PASSAGES = 3  # only the best passages may speak
MOST_WORDS = 70  # of one quote, about three sentences
# Fitted on the development sets; each has its row in docs/decisions/0005-sentence-choice.md.
_SIMILARITY = 6.0  # a cosine, on the scale of the passage scores
_OVERLAP = 1.0
_ASKED = 0.6
_ANAPHORA = re.compile(
    r"(?:Dette|Det|Denne|Disse|Desse|Her|Der|Slik|Slike|Han|Hun|Ho|De|Dei|I tillegg|Tilbudet|Tilbodet|Ordningen|Ordninga|Dersom dette"
    r"|Det samme|Det same|Likevel|Da|Då|Ellers|Elles|Tilsvarende|Tilsvarande|Også|Òg|Første punktum|Fristen|Retten)\b"
)


@dataclass(frozen=True, slots=True)
class _Choice:
    passage: Scored
    index: int
    value: float


def draft(question: str, *, evidence: Sequence[Scored], confidence: float) -> Draft:
    """The best sentence of the best passages, with what it needs around it to be understood; empty without evidence."""
    asked = asked_for(question)
    terms = frozenset(word_terms(question))
    choices = [choice for scored in evidence[:PASSAGES] for choice in _choices(scored, asked=asked, terms=terms)]
    if not choices:
        return Draft((), confidence)
    best = max(choices, key=lambda choice: choice.value)
    spans = _quoted_spans(best.passage.sentences, best.index)
    quotes = tuple(_quote(best.passage, span) for span in spans)
    text = " ".join(" ".join(quote.quote.split()) for quote in quotes)
    return Draft((DraftClaim(text, quotes),), confidence)


def _choices(scored: Scored, *, asked: frozenset[Asked], terms: frozenset[str]) -> Iterator[_Choice]:
    for index, sentence in enumerate(scored.sentences):
        value = scored.score + _SIMILARITY * sentence.similarity + _OVERLAP * _overlap(sentence, terms)
        value += _ASKED * any(holds(sentence.text, kind) for kind in asked)
        yield _Choice(scored, index, value)


def _overlap(sentence: Sentence, terms: frozenset[str]) -> float:
    """Share of the question's terms that the sentence has."""
    return len(terms & frozenset(word_terms(sentence.text))) / len(terms) if terms else 0.0


def _quote(scored: Scored, span: tuple[int, int]) -> DraftQuote:
    start, end = span
    offset = scored.passage.start
    return DraftQuote(scored.passage.id, scored.passage.text[start - offset : end - offset], start)


def _quoted_spans(sentences: Sequence[Sentence], chosen: int) -> list[tuple[int, int]]:
    """Where to quote: the chosen sentence; a list's lead-in with it; the sentence before one that points back."""
    first = last = chosen
    lead = _lead_in(sentences, chosen)
    if lead is not None and lead < chosen:
        if _words(sentences[lead : chosen + 1]) > MOST_WORDS:
            return [_span(sentences, lead, lead), _span(sentences, chosen, chosen)]
        first = lead
    elif _ANAPHORA.match(sentences[chosen].text) and chosen > 0:
        first = chosen - 1
    if sentences[last].text.endswith(":"):
        last = _end_of_list(sentences, last)
    while last + 1 < len(sentences) and lead is None and _ANAPHORA.match(sentences[last + 1].text):
        if _words(sentences[first : last + 2]) > MOST_WORDS:
            break
        last += 1
    return [_span(sentences, first, last)]


def _lead_in(sentences: Sequence[Sentence], chosen: int) -> int | None:
    """Index of the line ending in a colon that opens the list which `chosen` is in, if it is in one."""
    for index in range(chosen, -1, -1):
        text = sentences[index].text
        if text.endswith(":"):
            return index
        if index < chosen and text.endswith((".", "!", "?", "»")) and text[0].isupper():
            return None
    return None


def _end_of_list(sentences: Sequence[Sentence], lead: int) -> int:
    last = lead
    while last + 1 < len(sentences) and _words(sentences[lead : last + 2]) <= 2 * MOST_WORDS:
        last += 1
        if sentences[last].text.endswith("."):
            break
    return last


def _span(sentences: Sequence[Sentence], first: int, last: int) -> tuple[int, int]:
    return sentences[first].start, sentences[last].end


def _words(sentences: Sequence[Sentence]) -> int:
    return sum(len(sentence.text.split()) for sentence in sentences)
