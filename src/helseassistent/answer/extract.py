"""Choose the sentences that answer a question, and draft them verbatim."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helseassistent.answer.reading import Reading, WordVectors, asks_about_title
from helseassistent.answer.sentences import features_by_passage, sentence_scores, shipped_weights
from helseassistent.answer.verify import Draft, DraftClaim, DraftQuote
from helseassistent.types import Passage, Scored, Sentence

PASSAGES = 6  # only the best passages may speak
MOST_SENTENCES = 4
SURE = 0.9  # sentences are added until one of them is the right one this surely
SHORT = 5  # words; a shorter line that ends in a full stop does not end a list
DEFINES = 6.0  # what is gained by the first sentence of a page that is about the very thing the question asks what is
MOST_WORDS = 70  # of one quote, about three sentences
_BULLETS = ("-", "*", "+", "•")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-zæøå])[.)]\s")
_ANAPHORA = re.compile(
    r"(?:Dette|Denne|Disse|Desse|Her|Der|Slik|Slike|Han|Hun|Ho|I tillegg|Tilbudet|Tilbodet|Ordningen|Ordninga|Likevel"
    r"|Ellers|Elles|Tilsvarende|Tilsvarande|Det samme|Det same|Dersom (?:dette|det ikke|det ikkje)"
    r"|(?:De|Dei|Det|Den) (?:er|har|kan|skal|må|får|gjelder|gjeld))\b"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence that may be quoted: which passage of the evidence, which sentence, and how probable it is."""

    passage: int
    sentence: int
    probability: float


def choose(reading: Reading, *, evidence: Sequence[Scored], vectors: WordVectors) -> tuple[Choice, ...]:
    """The sentences of the best passages, the most probable first: a softmax over passage and sentence scores added."""
    speaking = [(place, scored) for place, scored in enumerate(evidence[:PASSAGES]) if scored.sentences]
    told = [(context_of(scored.passage), scored.sentences) for _, scored in speaking]
    places, scores = [], []
    for (place, scored), features in zip(speaking, features_by_passage(reading, told, vectors=vectors), strict=True):
        opens = _opens_its_page(scored, evidence) and asks_about_title(reading, scored.passage.title)
        weights = shipped_weights(read=scored.sentences[0].read is not None)
        found = scored.score + sentence_scores(features, weights=weights)
        found[0] += DEFINES if opens else 0.0
        scores += found.tolist()
        places += [(place, index) for index in range(len(scored.sentences))]
    choices = [Choice(*place, share) for place, share in zip(places, _softmax(scores), strict=True)]
    return tuple(sorted(choices, key=lambda choice: (-choice.probability, choice.passage, choice.sentence)))


def _opens_its_page(scored: Scored, evidence: Sequence[Scored]) -> bool:
    """Whether no other passage found stands before this one on its page."""
    places = [other.passage.start for other in evidence if other.passage.file == scored.passage.file]
    return scored.passage.start == min(places)


def context_of(passage: Passage) -> str:
    """What a reader of the passage has seen before it: the title and the headings over it."""
    return " ".join((passage.title, *passage.headings))


def quoted(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The choices to quote: as few as are surely enough, at most MOST_SENTENCES."""
    total = 0.0
    for count, choice in enumerate(choices[:MOST_SENTENCES], start=1):
        total += choice.probability
        if total >= SURE:
            return tuple(choices[:count])
    return tuple(choices[:MOST_SENTENCES])


def draft(choices: Sequence[Choice], *, evidence: Sequence[Scored], confidence: float) -> Draft:
    """The chosen sentences with what each needs around it to be understood, as claims, the most probable first."""
    chosen = quoted(choices)
    spans: dict[int, set[tuple[int, int]]] = {}
    for choice in chosen:
        around = _quoted_spans(evidence[choice.passage], choice.sentence)
        spans.setdefault(choice.passage, set()).update(around)
    claims = []
    for place, found in spans.items():
        for group in _joined(sorted(found), evidence[place]):
            inside = [c.probability for c in chosen if c.passage == place and _holds(group, c.sentence)]
            quotes = tuple(_quote(evidence[place], span) for span in group)
            text = " ".join(" ".join(quote.quote.split()) for quote in quotes)
            claims.append((max(inside), DraftClaim(text, quotes)))
    claims.sort(key=lambda claim: -claim[0])
    return Draft(tuple(claim for _, claim in claims), confidence)


def _holds(group: Sequence[tuple[int, int]], sentence: int) -> bool:
    return any(first <= sentence <= last for first, last in group)


def _softmax(scores: Sequence[float]) -> list[float]:
    if not scores:
        return []
    powers = np.exp(np.array(scores) - max(scores))
    return [float(power) for power in powers / powers.sum()]


def _quoted_spans(scored: Scored, chosen: int) -> list[tuple[int, int]]:
    """First and last sentence of what to quote: the chosen one; a list's lead-in; what a pointing word points at."""
    sentences = scored.sentences
    lead = _lead_in(scored, chosen)
    if lead is not None and lead < chosen:
        whole = _words(sentences[lead : chosen + 1]) <= MOST_WORDS
        return [(lead, chosen)] if whole else [(lead, lead), (chosen, chosen)]
    if sentences[chosen].text.endswith(":"):
        return [(chosen, _end_of_list(sentences, chosen))]
    first = chosen - 1 if chosen > 0 and _ANAPHORA.match(sentences[chosen].text) else chosen
    return [(first if _words(sentences[first : chosen + 1]) <= MOST_WORDS else chosen, chosen)]


def _joined(spans: Sequence[tuple[int, int]], scored: Scored) -> list[list[tuple[int, int]]]:
    """Spans that overlap or follow in one paragraph made one; a lead-in and an item far below it stay one claim."""
    groups: list[list[tuple[int, int]]] = []
    for first, last in spans:
        begun = groups[-1][-1] if groups else None
        if begun and (first <= begun[1] or (first == begun[1] + 1 and _same_paragraph(scored, begun[1]))):
            groups[-1][-1] = (begun[0], max(begun[1], last))
        elif begun and scored.sentences[begun[1]].text.endswith(":"):
            groups[-1].append((first, last))
        else:
            groups.append([(first, last)])
    return groups


def _same_paragraph(scored: Scored, sentence: int) -> bool:
    """Whether no line ends between a sentence and the next one."""
    start = scored.sentences[sentence].end - scored.passage.start
    end = scored.sentences[sentence + 1].start - scored.passage.start
    return "\n" not in scored.passage.text[start:end]


def _lead_in(scored: Scored, chosen: int) -> int | None:
    """Index of the line ending in a colon that opens the list which `chosen` is in, if it is in one."""
    for index in range(chosen, -1, -1):
        text = scored.sentences[index].text
        if text.endswith(":"):
            return index
        if index < chosen and text.endswith((".", "!", "?", "»")) and text[0].isupper():
            return None
        if index and _leaves_list(scored, index):
            return None
    return None


def _leaves_list(scored: Scored, index: int) -> bool:
    """Whether a sentence begins a paragraph of its own: after a blank line, without a bullet or a number in front."""
    before, sentence = scored.sentences[index - 1], scored.sentences[index]
    offset = scored.passage.start
    between = scored.passage.text[before.end - offset : sentence.start - offset]
    marked = between.rstrip(" \t").endswith(_BULLETS) or _NUMBERED.match(sentence.text)
    return not marked and between.count("\n") > 1 and not before.text.endswith(":")


def _end_of_list(sentences: Sequence[Sentence], lead: int) -> int:
    last = lead
    while last + 1 < len(sentences) and _words(sentences[lead : last + 2]) <= 2 * MOST_WORDS:
        last += 1
        if sentences[last].text.endswith(".") and len(sentences[last].text.split()) > SHORT:
            break
    return last


def _quote(scored: Scored, span: tuple[int, int]) -> DraftQuote:
    start, end = scored.sentences[span[0]].start, scored.sentences[span[1]].end
    offset = scored.passage.start
    return DraftQuote(scored.passage.id, scored.passage.text[start - offset : end - offset], start)


def _words(sentences: Sequence[Sentence]) -> int:
    return sum(len(sentence.text.split()) for sentence in sentences)
