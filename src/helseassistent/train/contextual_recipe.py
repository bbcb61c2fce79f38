"""Every number that decides the transformer; the defaults are those of the script that made the shipped one."""

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
class ReaderSize:
    """Sizes of what stands on the encoder: a vector a word piece, and the reader of a question and a passage."""

    dimensions: int = 64  # of a word piece's vector
    question_words: int = 32  # word pieces that count; later ones have the last one's place
    passage_words: int = 112
    sentences: int = 16  # of a passage that are learned from; later ones are told apart no more
    layers: int = 2
    width: int = 128
    heads: int = 4

    @property
    def layer(self) -> Architecture:
        """Sizes of one layer."""
        return Architecture(width=self.width, heads=self.heads, inner=2 * self.width)


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
JOINT_SHARES = ContextualShares(36, 26, 18, 1, 6, 0, 4, 0, 9)


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
class JointPlan:
    """The last training: a text's vector, its word pieces' vectors and the reader at once."""

    steps: int = 1508
    rate: float = 2.2e-4
    heads_rate: float = 4.0  # what the rate of everything but the encoder is multiplied with
    warm_up: float = 0.05  # share of the steps
    averaged: float = 0.28  # share of the steps, at the end, of whose weights the mean is kept
    keep_every: int = 10  # steps
    dropout: float = 0.1
    labelled: int = 115  # questions of a batch with a sentence that is known to answer
    quizzes: int = 25  # questions of NorQuAD
    loose: int = 180  # questions whose passage alone is known
    near_misses: int = 56
    pairs: int = 192  # of texts that nobody asked about, which the reader does not read
    shares: ContextualShares = JOINT_SHARES  # of those pairs
    nynorsk: float = 0.17  # of the questions are taken in nynorsk
    misspelt: float = 0.09  # of the questions are taken misspelt
    against: int = 2  # hard negatives that the reader reads beside the right passage
    common: int = 60  # word pieces, the most frequent ones, that do not count in passages
    scale: float = 23.0  # inverse temperature of the softmax over the batch, for texts' vectors
    first_late_scale: float = 3.0  # logarithm of that of late interaction, which is learned
    backwards: float = 0.5  # weight of passages that look for their query by texts' vectors
    late_backwards: float = 0.3  # the same by late interaction
    near_weight: float = 0.25  # of near misses in the reader's loss

    def rate_at(self, step: int) -> float:
        """The encoder's learning rate of a step, counted from 0."""
        return self.rate * rising_and_falling(step, steps=self.steps, warm_up=self.warm_up)

    def is_kept(self, step: int) -> bool:
        """True if the weights after this step count in the mean."""
        left = self.steps - 1 - step
        return left % self.keep_every == 0 and left <= self.averaged * self.steps

    @property
    def questions(self) -> int:
        """Questions of a batch that the reader reads passages for."""
        return self.labelled + self.quizzes + self.loose + self.near_misses


@dataclass(frozen=True, slots=True)
class ContextualRecipe:
    """Hidden words, pairs, questions, hidden words again, then all uses at once with hard negatives."""

    seed: int = 1
    architecture: Architecture = Architecture()
    start: StartPlan = StartPlan()
    masked: MaskedPlan = MaskedPlan()
    base: Lesson = Lesson(730, 4e-4, TEXT_SHARES, dropout=0.0)
    fine: Lesson = Lesson(579, 2.5e-4, QUESTION_SHARES)
    masked_again: MaskedPlan = MaskedPlan(steps=5211, rate=7e-4)
    joint: JointPlan = JointPlan()
    reader: ReaderSize = ReaderSize()
    nynorsk: float = 0.18  # of the questions are taken in nynorsk
    misspelt: float = 0.10  # of the questions are taken misspelt
    query_tokens: int = 48  # that are learned from
    passage_tokens: int = 192  # that are learned from
    surroundings_window: int = 140  # tokens before and after a sentence
    sentence_kept: float = 0.15  # how often the sentence stays in its surroundings
    queries_whole: float = 0.7  # share of the queries that lose no token
    dropped: float = 0.25  # share of the tokens that the others lose
    shortest_thinned: int = 5  # tokens
    negatives_by_model: int = 16  # candidates
    negatives_by_words: int = 8  # candidates

    @property
    def digest(self) -> str:
        """What a resumed run must share with the one it resumes."""
        values = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(values.encode()).hexdigest()[:12]

    @property
    def operations(self) -> float:
        """About how many additions and multiplications the encoder takes, with pairs half as long as they can be."""
        size, joint = self.architecture, self.joint
        tokens = [plan.steps * plan.batch * size.window for plan in (self.masked, self.masked_again)]
        plans = zip(tokens, (self.masked, self.masked_again), strict=True)
        guesses = sum(count * plan.guessed for count, plan in plans) * size.width * size.vocabulary
        queries = passages = sum(lesson.steps * lesson.batch for lesson in (self.base, self.fine))
        queries += joint.steps * (joint.questions + joint.pairs)
        passages += joint.steps * (joint.questions * (1 + joint.against) + joint.pairs)
        read = sum(tokens) + (passages * self.passage_tokens + queries * self.query_tokens) // 2
        return 6.0 * (read * size.weights + guesses)


def rising_and_falling(step: int, *, steps: int, warm_up: float = _WARM_UP) -> float:
    """Share of the full rate: from 0 up within the first steps, then down in a straight line to a hundredth."""
    done = step / steps
    return max(_LEAST, min(1.0, done / warm_up) * (1 - max(0.0, done - warm_up) / (1 - warm_up)))
