"""A question made ready for the search: as it was typed, and in bokmål too if it was typed in nynorsk."""

from __future__ import annotations

from dataclasses import dataclass

from helseassistent.index.in_context import AskedInContext
from helseassistent.index.late import Asked as AskedLate
from helseassistent.types import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """One way to word a question, read by every encoder."""

    text: str
    vector: Vectors  # shape (dimensions,), by the encoder of words
    late: AskedLate
    official: tuple[str, ...]  # words that the thesaurus gives for those of the text
    contextual: Vectors | None = None  # by the second encoder, if there is one
    in_context: AskedInContext | None = None  # its words, if that one gives them


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A question; what a passage is worth for it, signal by signal, is the most it is worth for any of its wordings."""

    wordings: tuple[Wording, ...]  # the one that was typed first

    @property
    def vectors(self) -> tuple[Vectors, ...]:
        """Of each wording, by the encoder of words."""
        return tuple(wording.vector for wording in self.wordings)

    @property
    def in_context(self) -> tuple[AskedInContext, ...]:
        """The words of each wording, by the second encoder; empty if it gives none."""
        return tuple(wording.in_context for wording in self.wordings if wording.in_context)
