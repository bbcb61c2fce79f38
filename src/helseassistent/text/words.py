"""Words: tokens, content words, and the language form they are written in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helseassistent.text.lists import word_list

if TYPE_CHECKING:  # types brings numpy, which the process that parses pages can start without
    from helseassistent.types import Language

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")

FUNCTION_WORDS = word_list("function_words")
_NYNORSK = word_list("nynorsk")
_BOKMAAL = word_list("bokmaal")
_NYNORSK_ENDING = re.compile(
    r"(?:leg|lege|heit|heita|ane|ast|inga)$|(?<!v)(?<!kl)(?<!u)(?<!min)(?<!ment)[a-zæøå]{4,}ar$"
)
_LONGEST = 40  # letters; endings are looked for in so many, since the time grows with the square of their number


def tokens(text: str) -> list[str]:
    """Words and numbers in reading order, lower case; `3,5` and `08.30` stay whole."""
    return _TOKEN.findall(text.lower())


def content_words(text: str) -> list[str]:
    """The tokens that carry a subject: no function words, no single letters."""
    return [token for token in tokens(text) if token not in FUNCTION_WORDS and (len(token) > 1 or token.isdigit())]


def language_of(text: str) -> Language:
    """`nn` if the words that only nynorsk has outweigh those that only bokmål has, else `nb`."""
    return written_form(text) or "nb"


def written_form(text: str) -> Language | None:
    """The form that `text` shows; None where no word tells."""
    found = [token[-_LONGEST:] for token in tokens(text)]
    nynorsk = sum(token in _NYNORSK for token in found) + 0.5 * sum(bool(_NYNORSK_ENDING.search(t)) for t in found)
    bokmaal = sum(token in _BOKMAAL for token in found)
    if nynorsk > bokmaal and nynorsk >= 1:
        return "nn"
    return "nb" if bokmaal else None
