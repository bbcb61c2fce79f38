"""The nouns of the reports and of a replay. Frozen values; a count that is None stands for a group not shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from helseassistent.reply import ReplyRecord
from helseassistent.review.cases import Change, LoggedExchange
from helseassistent.types import Reason

Count: TypeAlias = int | None  # None: one to four


@dataclass(frozen=True, slots=True)
class Period:
    """Whole weeks, Monday to Sunday, both days included; empty when `last` is before `first`."""

    first: date
    last: date

    @property
    def mondays(self) -> tuple[date, ...]:
        """The first day of every week, in order."""
        weeks = ((self.last - self.first).days + 1) // 7
        return tuple(self.first + timedelta(weeks=number) for number in range(weeks))


@dataclass(frozen=True, slots=True)
class Volume:
    """What was asked in a week, or in all weeks of a report whose counts are shown."""

    monday: date | None  # None for the sum
    asked: Count  # the sum of the next three, as far as they are shown
    answered: Count
    declined: Count  # asked about what the pages are about, and not answered
    outside: Count  # greetings, other subjects, other languages
    urgent: Count  # about danger: only counted, never logged

    @property
    def answer_rate(self) -> float | None:
        """The share answered of what was not outside, in [0, 1]; None when a count is hidden or nothing was asked."""
        if self.answered is None or self.declined is None or not self.answered + self.declined:
            return None
        return self.answered / (self.answered + self.declined)


@dataclass(frozen=True, slots=True)
class Volumes:
    """Week by week; `total` sums what is shown, so that nothing hidden can be found by difference."""

    weeks: tuple[Volume, ...]
    total: Volume


@dataclass(frozen=True, slots=True)
class SourceUse:
    """A page that replies quoted, and how often, in whole fives."""

    file: str
    title: str
    publisher: str
    page_url: str
    last_updated: date | None  # as the current generation has it, else as it was last quoted
    answers: Count
    unhelpful: Count  # of those answers
    gone: bool  # no longer in the current generation


@dataclass(frozen=True, slots=True)
class SourceUses:
    """Pages of the current generation that were quoted, oldest first and most used first; bounded lists."""

    oldest: tuple[SourceUse, ...]
    most_used: tuple[SourceUse, ...]
    undated: tuple[SourceUse, ...]  # say no date, most used first


@dataclass(frozen=True, slots=True)
class Complaint:
    """How many said that for this reason a reply did not help."""

    reason: str | None  # of `chat.feedback.REASONS`; None when they did not say why
    times: Count


@dataclass(frozen=True, slots=True)
class Complaints:
    """What people said of replies."""

    helpful: Count
    unhelpful: Count  # the sum of the reasons that are shown
    reasons: tuple[Complaint, ...]  # most frequent first, hidden ones last
    pages: tuple[SourceUse, ...]  # whose answers at least five people called unhelpful, worst first


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that mean much the same and that no page answered; five at least."""

    questions: int  # in whole fives
    examples: tuple[str, ...]  # masked; at most five, the nearest to the middle first
    nearest: NearPage | None  # the page that was nearest to an answer, for most of them
    reason: Reason  # the most frequent
    message: str  # a draft to the page's owner


@dataclass(frozen=True, slots=True)
class NearPage:
    """A page that was about the subject and did not say it."""

    file: str
    title: str
    publisher: str
    page_url: str


@dataclass(frozen=True, slots=True)
class Gaps:
    """Largest first; `bounded` when only the latest of the questions could be looked through."""

    gaps: tuple[Gap, ...]
    bounded: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a page with the number that is in question: `body[start:end] == sentence`."""

    file: str
    title: str
    publisher: str
    page_url: str
    last_updated: date | None
    sentence: str
    start: int
    end: int
    value: str  # as written, with its unit


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two pages that give different numbers for what looks like the same thing; the newer page first."""

    unit: str
    one: Said
    other: Said


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that staff are shown of a period."""

    period: Period
    generation: str
    volumes: Volumes
    sources: SourceUses
    complaints: Complaints
    gaps: Gaps
    contradictions: tuple[Contradiction, ...]


# What became of a logged reply under the current generation.
Outcome: TypeAlias = Literal[
    "same",  # the same quotes
    "reworded",  # from the same pages, in other words
    "other",  # from other pages
    "declined",  # was answered, would not be now
    "answered",  # was declined, would be answered now
    "urgent",  # would be met with the fixed text about danger
]
ChangeKind: TypeAlias = Literal[
    "words",
    "place",
    "gone",
    "page",
    "title",
    "address",
    "date",
    "threshold",
    "confidence",
    "engine",
    "checked",
    "rules",
]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was; `before` and `now` are words, dates or numbers as people write them."""

    kind: ChangeKind
    file: str  # the page it is about; empty when it is about none
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Replay:
    """The story of one reply: as it was given, as its own generation gives it again, and as it would be now."""

    exchange: LoggedExchange
    given: ReplyRecord
    again: ReplyRecord | None  # None when its generation is not in the index folder any more
    now: ReplyRecord
    now_threshold: float
    outcome: Outcome
    differences: tuple[Difference, ...]
    quotes: tuple[Change, ...]  # every quote as it was, and the words that stand there now
