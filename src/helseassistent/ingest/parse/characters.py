"""Owns the characters of stored text: NFC, nothing invisible, no-break spaces kept (RELIABILITY.md row B16)."""

from __future__ import annotations

import re
import unicodedata

# Format characters carry no words and can hide some. The soft hyphen is one of them: it says where a word may be
# broken and would break it for whoever searches for it.
_REMOVED = frozenset({"Cf", "Cs", "Co", "Cn"})
_SELECTORS = re.compile("[\ufe00-\ufe0f\u180b-\u180f\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\U000e0100-\U000e01ef]")
_PLAIN = re.compile(r"[\x20-\x7e\n\xa0-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e]*")
_SPACES = re.compile(r"[\u2028\u2029\u0085]")
_THIN = re.compile("[\u1680\u2000-\u200a\u205f\u3000]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BLANK = re.compile(r"\n{3,}")


def clean_text(text: str) -> str:
    """`text` in NFC without control, invisible, unassigned and private characters; line breaks are kept."""
    text = unicodedata.normalize("NFC", text)
    if not _PLAIN.fullmatch(text):
        text = _THIN.sub(" ", _SPACES.sub("\n", _SELECTORS.sub("", text))).translate(_LIGATURES)
        text = "".join(kept for character in text if (kept := _kept(character)))
    return _BLANK.sub("\n\n", text)


def clean_line(text: str) -> str:
    """`text` cleaned, on one line, with single spaces."""
    return " ".join(clean_text(text).split())


def _kept(character: str) -> str:
    if character in "\n\t":
        return character
    category = unicodedata.category(character)
    return " " if category == "Cc" else "" if category in _REMOVED else character
