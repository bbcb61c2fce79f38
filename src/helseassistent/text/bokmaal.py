"""A question in nynorsk, worded in bokmål word by word; the search asks both, since most pages are in bokmål."""

from __future__ import annotations

import re

from helseassistent.text.lists import word_rows
from helseassistent.text.words import tokens, written_form

_WORD = re.compile(r"[^\W\d_]+")
_ROWS = word_rows("nynorsk_words")
_ONLY_NYNORSK = {nynorsk: bokmaal for nynorsk, bokmaal, *both in _ROWS if not both}
_EVERY = {nynorsk: bokmaal for nynorsk, bokmaal, *_ in _ROWS}
_SURE = 2  # words that only nynorsk has, for a text without the commonest ones


def in_bokmaal(text: str) -> str:
    """`text` with every listed nynorsk word replaced; one that bokmål has too only in a text that is surely nynorsk."""
    words = _EVERY if _is_nynorsk(text) else _ONLY_NYNORSK

    def replaced(found: re.Match[str]) -> str:
        word = found.group()
        bokmaal = words.get(word.lower(), word)
        return bokmaal.capitalize() if word.istitle() and bokmaal != word else bokmaal

    return _WORD.sub(replaced, text)


def _is_nynorsk(text: str) -> bool:
    form = written_form(text)
    return form == "nn" or (form is None and sum(token in _ONLY_NYNORSK for token in tokens(text)) >= _SURE)
