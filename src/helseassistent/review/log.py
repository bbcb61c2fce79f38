"""The log of what is answered: it listens to the chat, and no fault of a disk or a database costs a person the answer.

What is heard waits in a bounded queue for one thread that writes it. Who was given a reply waits a moment for that, so
that on a sound disk a reply that a person has is a reply that is kept.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError, StatementError

from helseassistent.errors import ReviewError
from helseassistent.faults import fault
from helseassistent.reply import reply_record
from helseassistent.review.cases import Entry, NewExchange, NewFeedback, UrgentSeen
from helseassistent.review.exchanges import write
from helseassistent.review.retention import ClockJump, forget
from helseassistent.review.store import Store, told
from helseassistent.types import Abstention, Answer, Exchange, Urgent

HELD = 5_000  # entries that wait for a disk that does not take them; the next one is lost
_BATCH = 200
_PAUSE = 1.0  # seconds between two tries
_TICK = 60.0  # seconds after which an idle writer looks whether a new day has come
_TRIES = 3  # for feedback on a reply that another machine may be about to log
_LOG = logging.getLogger(__name__)


class _Feedback(Protocol):
    @property
    def reply(self) -> str: ...
    @property
    def helpful(self) -> bool: ...
    @property
    def reason(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class LogOptions:
    """How the log is kept, and what it must ask others for."""

    text: Callable[[Exchange], str]  # what the person reads
    threshold: Callable[[], float | None] = lambda: None  # answered at this confidence and above
    today: Callable[[], date] = date.today
    keep_days: int = 90
    patience: float = 0.2  # seconds that a reply waits to be kept


@dataclass(frozen=True, slots=True)
class LogState:
    """What became of everything that was heard since the start."""

    written: int
    waiting: int
    lost: int
    failures: int  # tries to write that failed
    fault: str | None  # of the last try, in the words of the system; None when it went well
    jump: ClockJump | None = None  # nothing is deleted until a person has said that the clock is right


@dataclass(slots=True, eq=False)
class _Item:
    entry: Entry
    kept: threading.Event = field(default_factory=threading.Event)
    tries: int = 0


class ExchangeLog:
    """A listener of the chat's that keeps what was answered in the store that `opening` gives; it never raises."""

    def __init__(self, opening: Callable[[], Store], options: LogOptions) -> None:
        self._opening = opening
        self._options = options
        self._store: Store | None = None
        self._queue: deque[_Item] = deque()
        self._early: list[_Item] = []
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._state = LogState(0, 0, 0, 0, None)
        self._slow = False
        self._cleaned: date | None = None
        self._began = False
        self._kept_too_long = False  # by a fault of the program in deleting
        self._clean_at = 0.0  # on the monotonic clock; at once, and later when that failed
        self._writer = threading.Thread(target=self._work, name="logg", daemon=True)
        self._writer.start()

    def replied(self, reply: str, exchange: Exchange) -> None:
        """Keep the exchange; of one about danger only that there was one."""
        try:
            entry = self._entry(reply, exchange)
        except Exception as error:  # noqa: BLE001 - the person's answer is ready, whatever is wrong with its record
            _LOG.error("a reply could not be made into a record, and is not logged: %s", fault(error))
            self._note(lost=1)
        else:
            self._put(entry)

    def hear(self, feedback: _Feedback) -> None:
        """Keep what somebody said of a reply that is in the log."""
        self._put(NewFeedback(feedback.reply, feedback.helpful, feedback.reason, self._options.today()))

    def state(self) -> LogState:
        """The counters now."""
        with self._changed:
            return self._state_with(waiting=len(self._queue))

    def problem(self) -> str | None:
        """What staff should know; None when all is well."""
        state = self.state()
        if state.fault:
            return f"Loggen kan ikke skrives: {state.waiting} venter, {state.lost} er tapt. Se etter plass på disken."
        if self._kept_too_long:
            return "Det som er for gammelt i loggen, er ikke slettet. Kjør: helseassistent review forget"
        if state.jump:
            return "Loggen er ikke ryddet, for klokken har hoppet. Sjekk den, og kjør: helseassistent review forget"
        return f"Loggen mangler {state.lost} svar siden oppstart." if state.lost else None

    def stop(self, *, within: float = 5.0) -> None:
        """Write what waits, in so many seconds at most, and close."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        self._writer.join(within)

    def _entry(self, reply: str, exchange: Exchange) -> Entry:
        day = self._options.today()
        said = exchange.reply
        if isinstance(said, Urgent):
            return UrgentSeen(day, said.urgency)
        record = reply_record(exchange, self._options.text(exchange))
        return NewExchange(
            id=reply,
            day=day,
            question=exchange.question,
            language=exchange.language,
            kind="answer" if isinstance(said, Answer) else "abstention",
            reason=said.reason if isinstance(said, Abstention) else None,
            notice=said.notice if isinstance(said, Abstention) else None,
            confidence=said.confidence,
            threshold=self._options.threshold(),
            generation=exchange.generation,
            engine=record["engine"],
            turn=exchange.turn,
            reply=record,
        )

    def _put(self, entry: Entry) -> None:
        item = _Item(entry)
        with self._changed:
            if len(self._queue) >= HELD:
                self._note(lost=1)
                return
            self._queue.append(item)
            self._changed.notify_all()
        if not self._slow and not item.kept.wait(self._options.patience):
            self._slow = True  # nobody else waits until the queue is empty again

    def _work(self) -> None:
        while batch := self._next():
            if batch is not _NOTHING:
                self._take_in(batch)
            self._clean()
        if self._store:
            self._store.close()

    def _next(self) -> Sequence[_Item] | None:
        """The oldest that wait, `_NOTHING` when it is time to look at the day, None when there is no more to do."""
        with self._changed:
            if not self._queue and self._began and not self._stopping.is_set():
                self._slow = False
                self._changed.wait(_PAUSE if self._early else _TICK)
                if not self._queue:
                    self._queue.extend(self._early)
                    self._early.clear()
            if self._queue:
                return [self._queue[place] for place in range(min(_BATCH, len(self._queue)))]
            return None if self._stopping.is_set() else _NOTHING

    def _take_in(self, batch: Sequence[_Item]) -> None:
        try:
            unknown = write(self._open(), [item.entry for item in batch])
        except Exception as error:  # noqa: BLE001 - whatever failed, the writer goes on
            if not _is_of_the_entry(error):
                self._failed(error, gives_up=self._stopping.is_set())
            elif len(batch) > 1:
                for item in batch:
                    self._take_in([item])
            else:
                _LOG.error("the database refuses an entry: %s", fault(error))
                self._done(batch, lost=1)
            return
        self._done(batch, written=len(batch) - len(unknown))
        early = [item for item in batch if any(item.entry is entry for entry in unknown)]
        for item in early:
            item.tries += 1
        self._early += [item for item in early if item.tries < _TRIES]

    def _open(self) -> Store:
        if self._store and not self._store.is_there():
            self._store.close()
            self._store = None
        self._store = self._store or self._opening()
        return self._store

    def _done(self, batch: Sequence[_Item], *, written: int = 0, lost: int = 0) -> None:
        with self._changed:
            for item in batch:
                if self._queue and self._queue[0] is item:
                    self._queue.popleft()
                else:
                    self._queue.remove(item)
                item.kept.set()
        self._note(written=written, lost=lost)

    def _failed(self, error: Exception, *, gives_up: bool) -> None:
        if not self._state.fault:
            _LOG.warning("the log cannot be written: %s", told(error))
        with self._changed:
            lost = len(self._queue) if gives_up else 0
            if gives_up:
                self._queue.clear()
        self._note(failures=1, lost=lost, fault=told(error))
        if self._store:
            self._store.close()
            self._store = None
        self._stopping.wait(_PAUSE)

    def _clean(self) -> None:
        """Delete what is too old, once a day."""
        today = self._options.today()
        self._began = True
        if self._cleaned == today or time.monotonic() < self._clean_at or self._stopping.is_set():
            return
        try:
            jump = forget(self._open(), today=today, keep_days=self._options.keep_days)
        except Exception as error:  # noqa: BLE001 - whatever failed, the writer goes on
            self._clean_at = time.monotonic() + _TICK
            if _is_of_the_entry(error):  # of the program; what is written is written all the same
                _LOG.error("what is too old could not be deleted: %s", fault(error))
                self._kept_too_long = True
                self._note(failures=1)
            else:
                self._failed(error, gives_up=False)
            return
        self._cleaned, self._kept_too_long = today, False
        self._note(jump=jump if isinstance(jump, ClockJump) else None, cleaned=True)

    def _note(
        self,
        *,
        written: int = 0,
        lost: int = 0,
        failures: int = 0,
        fault: str | None = None,
        jump: ClockJump | None = None,
        cleaned: bool = False,
    ) -> None:
        with self._changed:
            now = self._state
            went_well = written or cleaned
            self._state = LogState(
                now.written + written,
                0,
                now.lost + lost,
                now.failures + failures,
                fault or (None if went_well else now.fault),
                jump if cleaned else now.jump,
            )

    def _state_with(self, *, waiting: int) -> LogState:
        now = self._state
        return LogState(now.written, waiting, now.lost, now.failures, now.fault, now.jump)


_NOTHING: Sequence[_Item] = (_Item(UrgentSeen(date.min, "life")),)


def _is_of_the_entry(error: Exception) -> bool:
    """Whether another entry might be taken: it is no fault of the disk, of the server or of the settings."""
    if isinstance(error, DataError | IntegrityError):
        return True
    cause = error.orig if isinstance(error, StatementError) and error.orig else error
    return isinstance(cause, UnicodeError | TypeError | ValueError) or not isinstance(
        error, SQLAlchemyError | OSError | ReviewError
    )
