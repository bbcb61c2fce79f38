"""From settings to the answers that staff have approved, and to what keeps them true to the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from helseassistent.errors import ReviewError
from helseassistent.settings import Settings
from helseassistent.types import Page
from helseassistent.wiring import Parts
from helseassistent.wiring.keeping import MISSING, open_log

if TYPE_CHECKING:
    from helseassistent.review.approved import ApprovedAnswers
    from helseassistent.review.invalidation import Invalidated

_READ_EVERY = 5.0  # seconds until an answer that was approved or withdrawn is noticed


class Approvals:
    """What the served chat needs: approved answers, read anew all the while, and looked after when pages change."""

    def __init__(self, settings: Settings, *, answers: ApprovedAnswers) -> None:
        self._settings = settings
        self._answers = answers
        self._fault: str | None = None

    def given_by(self, parts: Parts) -> Parts:
        """The same parts, which give approved answers."""
        return replace(parts, assistant=replace(parts.assistant, checked=self._answers))

    def look_after(self, parts: Parts) -> None:
        """Flag what no longer rests on the pages of `parts`; a log that fails is a problem and no more."""
        generation = parts.assistant.retriever.generation
        try:
            keep_true(self._settings, pages=generation.pages, generation=generation.manifest.generation)
        except (ReviewError, OSError) as error:
            self._fault = str(error)
        else:
            self._fault = None

    def problem(self) -> str | None:
        """What staff should know; None when all is well."""
        return self._fault or self._answers.problem()

    def watch(self) -> None:
        """Begin to read."""
        self._answers.watch(every=_READ_EVERY)

    def stop(self) -> None:
        """End the reading."""
        self._answers.stop()


def approvals_of(settings: Settings) -> Approvals | None:
    """For the served chat; None without a log, or without the packages that it takes."""
    if not settings.log.strip():
        return None
    try:
        from helseassistent.review.approved import ApprovedAnswers
    except ImportError:  # the log says so
        return None
    answers = ApprovedAnswers(lambda: open_log(settings), by=settings.checked_by.strip())
    return Approvals(settings, answers=answers)


def with_approved(parts: Parts, settings: Settings) -> Parts:
    """The same parts, which give the answers that are approved now; nothing is read or made where no log is yet."""
    try:
        if not has_log(settings):
            return parts
    except ReviewError:  # no reason not to answer
        return parts
    from helseassistent.review.approved import ApprovedAnswers

    opened = ApprovedAnswers(lambda: open_log(settings), by=settings.checked_by.strip())
    opened.refresh()
    opened.stop()
    return replace(parts, assistant=replace(parts.assistant, checked=opened))


def keep_true(settings: Settings, *, pages: Mapping[str, Page], generation: str) -> Invalidated | None:
    """Flag what no longer rests on `pages`, those of `generation`, and write the gold set; None where no log is yet.

    Raises: ReviewError if the log cannot be used.
    """
    if not has_log(settings):
        return None
    from helseassistent.review.invalidation import look_after

    found = look_after(lambda: open_log(settings), pages=pages, generation=generation)
    write_gold_set(settings)
    return found


def write_gold_set(settings: Settings) -> int:
    """Put the gold set where the settings say, if they do and there is one; its version, 0 for none.

    Raises: ReviewError if the log cannot be used.
    """
    if not settings.gold.strip():
        return 0
    store = open_log(settings)
    from helseassistent.review.gold import write_gold

    try:
        return write_gold(store, Path(settings.gold.strip()).expanduser())
    finally:
        store.close()


def mend_gold(settings: Settings, *, run: Path) -> int:
    """Let rejected answers that the evaluation in `run` found right count as right from now on; how many they were.

    Raises: ReviewError if the log cannot be used; QuestionSetError if `run` is no run.
    """
    from helseassistent.evaluate.run import read_records

    right = {case.question.id for case in read_records(run) if case.outcome == "right"}
    store = open_log(settings)
    from helseassistent.review.gold import mend

    try:
        return mend(store, right)
    finally:
        store.close()


def forget_question(settings: Settings, id: str) -> bool:
    """Delete a question of the gold set with all that was kept of it, for good; whether there was one.

    Raises: ReviewError if the log cannot be used, or something still reads what was deleted.
    """
    store = open_log(settings)
    from helseassistent.review.retention import erase, forget_case

    try:
        found = forget_case(store, id)
        if found:
            erase(store)
    finally:
        store.close()
    if found:
        write_gold_set(settings)
    return found


def has_log(settings: Settings) -> bool:
    """Whether there is a log to look into; one on a server is taken to be there.

    Raises: ReviewError if the packages that it takes are not installed.
    """
    if not settings.log.strip():
        return False
    if "://" not in settings.log and not Path(settings.log.strip()).expanduser().is_file():
        return False
    try:
        import helseassistent.review.store  # noqa: F401
    except ImportError as error:
        raise ReviewError(MISSING) from error
    return True
