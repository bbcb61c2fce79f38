"""The nouns every stage shares. Frozen values, compared by value; no behaviour beyond what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Language: TypeAlias = Literal["nb", "nn"]
Reason: TypeAlias = Literal["no_evidence", "near_miss", "out_of_scope", "unverified"]
Urgency: TypeAlias = Literal["life", "doctor", "crisis", "poison", "violence", "child"]
# Why a message was met with a fixed reply; None where the reason alone says it.
Notice: TypeAlias = Literal[
    "empty",
    "too_long",
    "gibberish",
    "greeting",
    "thanks",
    "identity",
    "task",
    "advice",
    "elsewhere",
    "english",
    "foreign",
]

# What points at a person and is masked before anything else sees a message.
Personal: TypeAlias = Literal[
    "national_id", "d_number", "h_number", "phone", "email", "account", "card", "number", "address", "name"
]

# What is being done about a question, in this order; "waiting" only while others are served, "phrasing" only where a
# language model words the answer.
Stage: TypeAlias = Literal["waiting", "searching", "reading", "checking", "phrasing"]

PassageId: TypeAlias = str
# float32, shape (n, dimensions), every row of Euclidean length 1 (or 0 for a text without a known token).
Vectors: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Page:
    """One source page as stored; every offset in the system counts code points of `body`."""

    file: str  # path below the corpus folder, with forward slashes
    title: str
    url: str
    publisher: str
    language: Language
    last_updated: date | None  # the date the page itself states
    fetched_at: datetime | None  # when the page was last seen at its address, changed or not
    body: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one page: `page.body[start:end] == text`."""

    id: PassageId  # digest of file, headings and text; the same text in the same place keeps its id
    file: str
    title: str
    headings: tuple[str, ...]  # from the outermost heading inwards, without the page title
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, in offsets of the page's body, and how near it is to the question."""

    start: int
    end: int
    text: str
    similarity: float  # cosine
    late: float = 0.0  # how surely it says the question, word by word; in [-1, 1]
    read: float | None = None  # log-odds that it answers, by the reader; None where none has read it


@dataclass(frozen=True, slots=True)
class Signals:
    """What the ranking saw of a passage; cosines in [-1, 1], lexical shares in [0, 1]."""

    dense: float = 0.0  # question against title, headings and text
    context: float = 0.0  # question against title and headings
    sentence: float = 0.0  # question against the nearest sentence
    words: float = 0.0  # BM25 over stems and the thesaurus's words, as a share of what the question's terms could give
    grams: float = 0.0  # the same over character 4-grams
    headings: float = 0.0  # the same over stems of title and headings
    contextual: float = 0.0  # question against title, headings and text, by the encoder that reads words in context
    said: float = 0.0  # share of the question's words that the passage says, the rare ones counting more
    late: float = 0.0  # how surely the passage says the question, word by word; in [-1, 1]
    in_context: float = 0.0  # the same with the words of both read in their context; in [0, 1]
    length: float = 0.0  # logarithm of the number of words
    read: float = 0.0  # probability by the reader that this passage answers, of those it has read or none of them


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage with its score; comparable within one query only, higher is better."""

    passage: Passage
    score: float
    signals: Signals = Signals()
    sentences: tuple[Sentence, ...] = ()  # in reading order


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of a stored page: `page.body[start:end] == quote`, checked when it was made."""

    file: str
    page_url: str
    link: str  # page_url with a text fragment that opens the page at the quote
    title: str
    publisher: str
    last_updated: date | None
    quote: str
    start: int
    end: int
    fetched_at: datetime | None = None  # when the page was last seen at its address


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement the citizen reads, with at least one citation that carries it."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A page that may be about the subject; never an answer."""

    page_url: str
    title: str
    section: str
    publisher: str = ""
    covers: tuple[str, ...] = ()  # the page's headings, when they are few enough to say what it is about


@dataclass(frozen=True, slots=True)
class Checked:
    """A person has looked at the answer to this question and approved it."""

    day: date
    by: str = ""  # whom the operator wants named; empty for somebody of the profession


@dataclass(frozen=True, slots=True)
class Answer:
    """Verified claims. Only `answer.verify` makes one."""

    claims: tuple[Claim, ...]
    confidence: float  # in [0, 1]
    engine: str = "extractive"
    checked: Checked | None = None


@dataclass(frozen=True, slots=True)
class Abstention:
    """No certain answer: why, and at most three pages that may be about the subject."""

    reason: Reason
    topics: tuple[Topic, ...] = ()
    confidence: float = 0.0
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """A line of `numbers.toml`, the only place such a number comes from."""

    id: str
    number: str  # as shown, for example "22 59 13 00"
    name: str
    hours: str
    source_url: str
    checked: date


@dataclass(frozen=True, slots=True)
class Urgent:
    """Fixed, approved words about danger; nothing in it was generated or retrieved."""

    urgency: Urgency
    text: str
    numbers: tuple[EmergencyNumber, ...]


Reply: TypeAlias = Answer | Abstention | Urgent


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and everything that came of it."""

    question: str  # as it was used: personal data stands as placeholders
    language: Language
    reply: Reply
    evidence: tuple[Scored, ...]  # at most ten, best first; empty for Urgent
    generation: str
    seconds: float
    understood: str | None = None  # the question that was searched for, when earlier ones were added to it
    more: tuple[Topic, ...] = ()  # other sections of the pages that are quoted, each with a link to its heading
    caution: Urgent | None = None  # a calm note with numbers above a reply that is not urgent itself
    searched_also: tuple[str, ...] = ()  # other words for the question's own that were searched for as well
    removed: tuple[Personal, ...] = ()  # what was masked in the question, each kind once
    next_questions: tuple[str, ...] = ()  # about other parts of the page; the assistant answers each, asked alone
    turn: int = 1  # which of the person's messages in the conversation this answers


class Watcher(Protocol):
    """Hears of each stage as it begins, and while it is phrased of each claim of the answer once that is checked.

    On the thread that works; must neither wait nor raise.
    """

    def __call__(self, news: Stage | Claim, /) -> None: ...


def unwatched(_: Stage | Claim, /) -> None:
    """Hears nothing."""


class Encoder(Protocol):
    """Turns texts into vectors; questions and passages may take different prompts."""

    @property
    def fingerprint(self) -> str:
        """Digest of everything that decides the vectors; two encoders that share it are interchangeable."""
        ...

    @property
    def dimensions(self) -> int: ...

    def encode_questions(self, texts: Sequence[str]) -> Vectors: ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors: ...
