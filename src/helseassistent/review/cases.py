"""The nouns of the review: what was logged, what people and reviewers said of it, what was approved. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from helseassistent.reply import ReplyRecord
from helseassistent.types import Language, Notice, Reason, Urgency

ReplyKind: TypeAlias = Literal["answer", "abstention"]
Judgement: TypeAlias = Literal[
    "approved",  # godkjent
    "corrected",  # rettet: the right quote was picked in the source
    "wrong_source",  # feil kilde
    "should_not_answer",  # burde ikke svart
    "should_answer",  # burde svart
    "dangerous",  # farlig
]
Importance: TypeAlias = Literal["low", "normal", "high"]
ApprovedState: TypeAlias = Literal["standing", "flagged", "withdrawn"]
GoldKind: TypeAlias = Literal["answerable", "near_miss", "out_of_scope"]
GoldState: TypeAlias = Literal[
    "active",
    "resting",  # its words have changed or gone, so that it can be right no more; until somebody looks
    "open",  # it should be answered, and nobody has shown with what
]
Role: TypeAlias = Literal["leser", "fagperson", "administrator"]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a stored page as they were when they were quoted; offsets count code points of that page's body."""

    file: str
    start: int
    end: int
    quote: str
    page_url: str = ""
    title: str = ""
    publisher: str = ""
    last_updated: date | None = None
    page_digest: str = ""  # SHA-256 of the page's body in hexadecimal; empty when it was not known
    passage: str = ""  # the passage around it, whose words must stand too; empty when it was not known
    headings: tuple[str, ...] = ()  # over that passage, the page's title first
    claim: int = 0  # quotes of one claim share it; from 0


@dataclass(frozen=True, slots=True)
class NewExchange:
    """An exchange that is about to be logged; never an urgent one."""

    id: str  # the reply id that the person's feedback names
    day: date
    question: str  # masked
    language: Language
    kind: ReplyKind
    reason: Reason | None  # of an abstention
    notice: Notice | None
    confidence: float
    threshold: float | None  # answered at this confidence and above, then; None when it was not known
    generation: str
    engine: str
    turn: int  # which of the conversation's messages, from 1
    reply: ReplyRecord


@dataclass(frozen=True, slots=True)
class NewFeedback:
    """One person's word about a logged reply; a later one takes the place of the earlier."""

    exchange: str
    helpful: bool
    reason: str | None
    day: date


@dataclass(frozen=True, slots=True)
class UrgentSeen:
    """A message about danger: only that there was one."""

    day: date
    urgency: Urgency


Entry: TypeAlias = NewExchange | NewFeedback | UrgentSeen


@dataclass(frozen=True, slots=True)
class LoggedExchange:
    """A logged exchange without its reply, which is long: see `exchanges.reply_of`."""

    seq: int  # the order of logging; days may go backwards, this does not
    id: str
    day: date
    question: str
    asked: str  # the question's words in lower case, the same for all who ask alike
    language: Language
    kind: ReplyKind
    reason: Reason | None
    notice: Notice | None
    confidence: float
    threshold: float | None
    generation: str
    engine: str
    turn: int
    helpful: bool | None = None  # None: nobody said
    feedback_reason: str | None = None


@dataclass(frozen=True, slots=True)
class NewVerdict:
    """What a reviewer says of a case; `right` is the quote that should have been given."""

    exchange: str | None  # None for a question that nobody asked here
    question: str
    reviewer: str  # the user's name
    judgement: Judgement
    day: date
    importance: Importance = "normal"
    category: str = ""
    note: str = ""
    right: tuple[Quote, ...] = ()
    generation: str = ""  # the one whose pages `right` counts in


@dataclass(frozen=True, slots=True)
class Verdict:
    """A kept verdict; the one with the highest version of a case is in force, the earlier ones are its history."""

    id: int
    version: int  # 1 for the first on a case
    said: NewVerdict


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody judged the case after the reviewer opened it; nothing was kept."""

    standing: Verdict


@dataclass(frozen=True, slots=True)
class Approved:
    """An answer that a person has checked; served only while `state` is standing and every quote stands."""

    id: str
    question: str
    language: Language
    quotes: tuple[Quote, ...]
    reviewer: str
    day: date
    generation: str
    state: ApprovedState = "standing"
    changes: tuple[Change, ...] = ()  # why it is flagged
    version: int = 1  # grows with every change of it


@dataclass(frozen=True, slots=True)
class Change:
    """Words that an answer rests on, before and after; `now` is empty when nothing like them is left."""

    file: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class ApprovedConflict:
    """Somebody changed the approved answer after it was opened; nothing was kept."""

    standing: Approved


@dataclass(frozen=True, slots=True)
class GoldCase:
    """What the assistant shall say to a question, by the latest verdict on it; without names of people."""

    id: str
    question: str  # masked, without placeholders
    language: Language
    kind: GoldKind
    right: tuple[Quote, ...]  # that a right answer quotes; empty unless it is answerable
    rejected: tuple[Quote, ...]  # that was quoted and should not have been
    regression: bool  # a rejected answer that is not known to be right since
    judgement: Judgement
    importance: Importance
    category: str
    day: date
    verdict: int  # the number of the latest verdict that counts
    state: GoldState
    changed: int  # the set's version at which the case became as it is


@dataclass(frozen=True, slots=True)
class User:
    """A member of staff; has a password hash or an OIDC subject, or both."""

    id: int
    name: str  # what is typed at login; unique
    display_name: str
    role: Role
    active: bool
    password_hash: str | None = None
    oidc_issuer: str | None = None
    oidc_subject: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody logged in; the cookie's token is kept as a digest only. Times in whole minutes since 1970."""

    digest: str
    user: int
    csrf: str
    began: int
    seen: int


@dataclass(frozen=True, slots=True)
class View:
    """Who saw what of which case on which day, in the order of `seq`."""

    seq: int
    user: str
    exchange: str
    what: str
    day: date


Counts: TypeAlias = Mapping[tuple[date, Urgency], int]
