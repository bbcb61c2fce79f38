"""What somebody wrote, as everything after it sees it: without personal data, and with the letters that were meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from helseassistent.text.characters import clean_message
from helseassistent.text.languages import foreign_language, is_foreign_script
from helseassistent.text.letters import with_letters
from helseassistent.text.redact import Redacted, redact
from helseassistent.text.smalltalk import notice_for
from helseassistent.text.words import written_form
from helseassistent.types import Language, Notice

QUESTION_LIMIT = 1000  # characters of one message


@dataclass(frozen=True, slots=True)
class Heard:
    """A conversation; its last message is the one to answer."""

    last: Redacted
    meant: tuple[str, ...]  # each message in order, spelled as it was meant; never empty
    language: Language

    @property
    def question(self) -> str:
        """The last message as it was meant."""
        return self.meant[-1]

    @property
    def spellings(self) -> tuple[str, ...]:
        """The last message as it was meant and, where that differs, as it was typed."""
        return tuple(dict.fromkeys((self.question, self.last.bare)))

    @property
    def asked(self) -> list[str]:
        """The messages before the last one that ask for something in Norwegian."""
        return [message for message in self.meant[:-1] if not (notice_of(message) or foreign_language(message))]


def hear(turns: Sequence[str], *, public: frozenset[str], language: Language | None = None) -> Heard:
    """The messages `turns` in order; `language` None follows them. `public` numbers and addresses are not masked."""
    masked = [mask(turn, public=public) for turn in turns or [""]]
    meant = tuple(with_letters(message.bare) for message in masked)
    spoken = language or _spoken(reversed(meant))
    return Heard(masked[-1].spoken_in(spoken), meant, spoken)


def mask(message: str, *, public: frozenset[str]) -> Redacted:
    """`message` without personal data: nothing else ever sees what was typed."""
    return redact(clean_message(message), public=public)


def notice_of(message: str) -> Notice | None:
    """Why `message` needs no search; None for one that may be a question."""
    if not message:
        return "empty"
    if len(message) > QUESTION_LIMIT:
        return "too_long"
    return "foreign" if is_foreign_script(message) else notice_for(message)


def _spoken(latest: Iterable[str]) -> Language:
    """The form of Norwegian of the latest message that shows one: "og på søndag?" shows none."""
    return next((form for message in latest if (form := written_form(message))), "nb")
