"""Characters: what is removed from a message, and the folded form in which words are compared."""

from __future__ import annotations

import re
import unicodedata

# Format characters (zero-width, bidi, Tag block, byte-order mark), surrogates, private use and unassigned
# code points carry no words, and can hide some (RELIABILITY.md rows B16, D3, D4).
_REMOVED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANK_BRAILLE = "\u2800"
_UNSEEN = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # what colours a terminal
    # Joiners, fillers and variation selectors, which are letters and marks to Unicode but show nothing.
    "|[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_SPACE = re.compile(r"\s+")


def clean_message(message: str) -> str:
    """`message` in NFC on one line, without control and invisible characters; "" if nothing is left."""
    kept = []
    for character in _UNSEEN.sub("", message):
        if character.isspace() or character == _BLANK_BRAILLE:
            kept.append(" ")
        elif unicodedata.category(character) not in _REMOVED_CATEGORIES:
            kept.append(character)
    return _SPACE.sub(" ", unicodedata.normalize("NFC", "".join(kept))).strip()


def fold(text: str) -> str:
    """Case, compatibility forms and runs of white space folded; for comparing, never for showing."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold()).strip()
