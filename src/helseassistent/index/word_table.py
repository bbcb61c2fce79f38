"""Which content words every passage has, by number, so that no text is cut into words when a question is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helseassistent.index.word_tokens import Tokens


@dataclass(frozen=True, slots=True, eq=False)
class WordTable:
    """The distinct content words of title, headings and text of each passage, as numbers of `words`."""

    words: Sequence[str]
    stems: NDArray[np.int32]  # of each word, as the number that its stem has in the index of words
    tokens: Tokens  # of each word, for an encoder that reads like late interaction
    passages: Tokens

    def bytes_of_words(self) -> bytes:
        """The words as a file, one a line."""
        return "\n".join(self.words).encode()


def words_of(content: bytes) -> list[str]:
    """The words of such a file."""
    return content.decode().split("\n") if content else []
