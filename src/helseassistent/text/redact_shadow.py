"""The text in which personal data is looked for: the same characters in their plainest form, one for one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from helseassistent.types import Personal

# Characters that show nothing and can stand inside a number: soft hyphen, joiners, directions, variation selectors,
# the enclosing keycap and the Tag block.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef]+"
)
_TAKEN = "\0"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of personal data in offsets of the text it was looked for in; `public` is the form it is known by."""

    start: int
    end: int
    kind: Personal
    public: str = ""


@dataclass(frozen=True, slots=True)
class Shadow:
    """Plain characters for those of a text; `offsets` is empty when they stand at the same places."""

    text: str
    offsets: Sequence[int]

    def place(self, span: Span) -> tuple[int, int]:
        """Where the span stands in the original."""
        if not self.offsets:
            return span.start, span.end
        return self.offsets[span.start], self.offsets[span.end - 1] + 1


class _Plain(dict[int, str]):
    def __missing__(self, code: int) -> str:
        plain = self[code] = _plain(chr(code))
        return plain


_PLAIN = _Plain()


def shadow_of(text: str) -> Shadow:
    """Digits of any script as 0-9, any space as a space, any dash as a hyphen, unseen characters left out."""
    plain = text.translate(_PLAIN)
    unseen = list(_UNSEEN.finditer(plain))
    if not unseen:
        return Shadow(plain, ())
    offsets: list[int] = []
    place = 0
    for match in unseen:
        offsets.extend(range(place, match.start()))
        place = match.end()
    offsets.extend(range(place, len(plain)))
    return Shadow(_UNSEEN.sub("", plain), offsets)


def without(text: str, spans: Sequence[Span]) -> str:
    """`text` at the same length with the spans, in rising order, made into characters that match nothing."""
    parts, place = [], 0
    for span in spans:
        parts += [text[place : span.start], _TAKEN * (span.end - span.start)]
        place = span.end
    return "".join([*parts, text[place:]])


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp") or character in "\t\n\r\v\f":
        return " "
    if category == "Pd" or character == "\u2212":
        return "-"
    if character == "İ":  # the only one whose small letter is two characters
        return "I"
    wide = unicodedata.normalize("NFKC", character)
    return wide if len(wide) == 1 and category != "Cf" else character
