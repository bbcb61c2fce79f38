"""Every number that decides the transformer; the defaults are those that the shipped one was made with."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass

_WARM_UP = 0.06  # share of the steps
_LEAST = 0.01  # share of the rate that is left at the end


@dataclass(frozen=True, slots=True)
class Architecture:
    """Sizes of the encoder; `vocabulary` has room for the mask and for round numbers of rows."""

    layers: int = 6
    width: int = 384
    heads: int = 6
    inner: int = 1536
    pieces: int = 32_000
    window: int = 224  # tokens; what a passage has beyond it is not read
    longest_question: int = 64  # tokens

    @property
    def vocabulary(self) -> int:
        """Rows of the token table."""
        return self.pieces + 64

    @property
    def mask(self) -> int:
        """The token that stands for a hidden one."""
        return self.pieces

    @property
    def weights(self) -> int:
        """Numbers that every token is multiplied with, once each."""
        return self.layers * self.width * (4 * self.width + 2 * self.inner)


@dataclass(frozen=True, slots=True)
class StartPlan:
    """How the rows of the token table begin: neighbours' mutual information, rare tokens longer."""

    distance: int = 6  # tokens, all counting alike
    spectrum_exponent: float = 0.25
    rarity: float = 1e-4
    shortest: float = 0.3  # what the longest row of a token is multiplied with at the least
    size: float = 0.04  # of a number in the longest row


@dataclass(frozen=True, slots=True)
class MaskedPlan:
    """Learning to guess hidden words of running text."""

    steps: int = 9083
    batch: int = 288  # windows
    rate: float = 1e-3
    hidden: float = 0.30  # of the words, whole ones
    guessed: float = 0.27  # of the tokens; the number that is learned from in every step
    masked: float = 0.85  # of those guessed
    replaced: float = 0.08  # of those guessed, by any other token; the rest stays

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        return self.rate * rising_and_falling(step, steps=self.steps)


@dataclass(frozen=True, slots=True)
class ContextualShares:
    """How often each source is drawn from; they need not add up to 1."""

    surroundings: float
    law_heading: float
    section_heading: float
    law_title: float
    nob_nno: float
    question_passage: float
    words: float
    questions: float
    thesaurus: float


PAIR_FILES = ("law_heading", "section_heading", "law_title", "nob_nno", "question_passage", "words")
TEXT_SHARES = ContextualShares(40, 16, 12, 1, 8, 8, 5, 8, 2)
QUESTION_SHARES = ContextualShares(12, 8, 6, 0.5, 4, 5, 2, 54, 8)
HEADING_SHARES = ContextualShares(14, 18, 12, 1, 4, 9, 2, 34, 5)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One contrastive training."""

    steps: int
    rate: float
    shares: ContextualShares
    scale: float = 20.0  # inverse temperature of the softmax over the batch
    dropout: float = 0.1
    batch: int = 1024  # pairs

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        return self.rate * rising_and_falling(step, steps=self.steps)


@dataclass(frozen=True, slots=True)
class ContextualRecipe:
    """Hidden words, pairs, questions, then last lessons with hard negatives from one start; their mean is the model."""

    seed: int = 1
    architecture: Architecture = Architecture()
    start: StartPlan = StartPlan()
    masked: MaskedPlan = MaskedPlan()
    base: Lesson = Lesson(730, 4e-4, TEXT_SHARES, dropout=0.0)
    fine: Lesson = Lesson(579, 2.5e-4, QUESTION_SHARES)
    last: tuple[Lesson, ...] = (
        Lesson(709, 1.5e-4, QUESTION_SHARES, scale=25.0),
        Lesson(1301, 1.5e-4, HEADING_SHARES, scale=22.0),
    )
    nynorsk: float = 0.18  # of the questions are taken in nynorsk
    misspelt: float = 0.10  # of the questions are taken misspelt
    query_tokens: int = 48  # that are learned from
    passage_tokens: int = 192  # that are learned from
    surroundings_window: int = 140  # tokens before and after a sentence
    sentence_kept: float = 0.15  # how often the sentence stays in its surroundings
    queries_whole: float = 0.7  # share of the queries that lose no token
    dropped: float = 0.25  # share of the tokens that the others lose
    shortest_thinned: int = 5  # tokens
    negatives_by_model: int = 20  # candidates
    negatives_by_words: int = 10  # candidates
    negatives_each: int = 1  # drawn with a question

    @property
    def digest(self) -> str:
        """What a resumed run must share with the one it resumes."""
        values = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(values.encode()).hexdigest()[:12]

    @property
    def operations(self) -> float:
        """About how many additions and multiplications the training takes, with pairs half as long as they can be."""
        size, hidden = self.architecture, self.masked
        tokens = hidden.steps * hidden.batch * size.window
        guesses = tokens * hidden.guessed * size.width * size.vocabulary
        pairs = sum(lesson.steps * lesson.batch for lesson in (self.base, self.fine, *self.last))
        tokens += pairs * (self.passage_tokens + self.query_tokens) // 2
        return 6.0 * (tokens * size.weights + guesses)


def rising_and_falling(step: int, *, steps: int) -> float:
    """Share of the full rate: from 0 up within the first steps, then down in a straight line to a hundredth."""
    done = step / steps
    return max(_LEAST, min(1.0, done / _WARM_UP) * (1 - max(0.0, done - _WARM_UP) / (1 - _WARM_UP)))
