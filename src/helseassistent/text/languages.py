"""Whether a message is written in another language than Norwegian; by its script and its commonest words."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from helseassistent.text.lists import word_list
from helseassistent.text.words import FUNCTION_WORDS, tokens

Foreign: TypeAlias = Literal["english", "foreign"]

_ENGLISH = word_list("english")
_OTHERS = word_list("other_languages")
_LATIN = re.compile(r"[a-z\u00c0-\u024f]", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_LEAST = 2  # words of the other language, for one such word may be a name
_WORDS_READ = 60  # of a message; more would not change the verdict


def is_foreign_script(text: str) -> bool:
    """Whether most letters of `text` are of another alphabet than the Latin one."""
    letters = _LETTER.findall(text)
    return bool(letters) and sum(bool(_LATIN.match(letter)) for letter in letters) < len(letters) / 2


def foreign_language(text: str) -> Foreign | None:
    """The language of `text` if it is surely not Norwegian; None for Norwegian, and for too few words to tell."""
    if is_foreign_script(text):
        return "foreign"
    found = tokens(text)[:_WORDS_READ]
    norwegian = sum(token in FUNCTION_WORDS for token in found)
    english = sum(token in _ENGLISH for token in found)
    other = sum(token in _OTHERS for token in found)
    if max(english, other) < _LEAST or max(english, other) <= norwegian:
        return None
    return "english" if english >= other else "foreign"
