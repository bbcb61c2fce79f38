"""Names of people, where the words around them say that a name stands there.

Each rule looks for a word that seldom comes, and then at what stands before and after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from helseassistent.text.characters import fold
from helseassistent.text.lists import word_list
from helseassistent.text.redact_shadow import Span

_FIRST_NAMES = word_list("first_names")
_SURNAMES = word_list("surnames")
_ALL_NAMES = _FIRST_NAMES | _SURNAMES
_ALSO_WORDS = word_list("names_also_words")
_NO_NAMES = word_list("not_names") | word_list("function_words")
_RELATIVES = word_list("relatives")
_SUBJECTS = word_list("name_subjects")
_WORD = re.compile(r"[^\W\d_]++(?:['’`.-][^\W\d_]++)*+")
_BEFORE = re.compile(r"([^\W\d_]+) ?$")
_LONGEST_WORD = 20  # characters looked back over for the word before
_GAP = r"[ :,.!-]{1,4}"
_CALLED = re.compile(rf"he(?:i?ter?|tte|ttæ|itte)(?P<mine> jeg| eg)?(?!\w){_GAP}")
_MY_NAME = re.compile(r"na(?:[vm]n(?:et)?(?: (?:mitt|hans|hennes|hennar))? ?(?: er| e| æ|:|=)|me (?:is|:)|me:) {0,2}")
_SIGNED = re.compile(
    rf"(?:mvh|m\.v\.h|vh|hilsen|hilsing|helsing|helsning|klem|regards|på vegner? av|pårør[ea]nde til)(?!\w){_GAP}"
)
_OWN = re.compile(rf" (?:mi(?:tt|n)?|vårt?|hans|henn[ea][sr])(?!\w){_GAP}(?:som er |er )?")
_OWNED = re.compile(
    r"(?:mi(?:tt|n)?|vårt?|hans|henn[ea][sr]) (?P<who>[^\W\d_]+)[ ,:]{1,3}(?:som hei?ter )?(?=[^\W\d_])"
)
_I_AM = re.compile(r" (?:er|e|æ) (?=[^\W\d_])")
_SPEAKERS = frozenset(["jeg", "eg", "æ", "e", "dette", "det", "her"])
_BETWEEN = re.compile(
    r"(?:(?<=[ .][^\W\d_])\.)? (?:(?:von|van|de|da|del|av|der|den|el|al|bin|ibn|la|le)(?= [^\W\d_]) )?"
)
_INSTITUTIONS = re.compile(
    r"[ -](?:gat[ea]n?|gt|ve[gi](?:en)?|plass|sykehus|sjukehus|hospital|(?:lege)?senter|skole|skule|minne|stiftelse"
    r"|stifting|hus|sykehjem|sjukeheim|omsorg|institutt|universitet|klinikk)",
    re.IGNORECASE,
)
_MOST = 4  # words of one name


def name_spans(text: str) -> Iterator[Span]:
    """Names after «jeg heter», «mvh», «mannen min» and the like, and a known first name with a surname."""
    lowered = text.lower()
    for match in _CALLED.finditer(lowered):
        if match["mine"] or _word_before(lowered, match.start()) in _SUBJECTS:
            yield from _name_at(text, match.end(), said=True)
    for match in _MY_NAME.finditer(lowered):
        if not lowered[match.start() - 1 : match.start()].isalpha():
            yield from _name_at(text, match.end(), said=True)
    for match in _SIGNED.finditer(lowered):
        if not lowered[match.start() - 1 : match.start()].isalpha():
            yield from _name_at(text, match.end(), said=False)
    for match in _OWN.finditer(lowered):
        if _word_before(lowered, match.start()) in _RELATIVES:
            yield from _name_at(text, match.end(), said=False)
    for match in _OWNED.finditer(lowered):
        if match["who"] in _RELATIVES and not lowered[match.start() - 1 : match.start()].isalpha():
            yield from _name_at(text, match.end(), said=False)
    for match in _I_AM.finditer(lowered):
        if text[match.end()].isupper() and _word_before(lowered, match.start()) in _SPEAKERS:
            first = _WORD.match(text, match.end())
            if first and first[0].lower() in _FIRST_NAMES:
                yield from _name_at(text, match.end(), said=False)
    yield from full_name_spans(text)


def full_name_spans(text: str) -> Iterator[Span]:
    """A known first name and a surname after it, both with capital letters; no part of an institution's name."""
    capitals = (match for match in _WORD.finditer(text) if match[0][0].isupper())
    for first, last in pairwise(capitals):
        if last.start() != first.end() + 1 or text[first.end()] != " " or not _is_surname(last[0].lower()):
            continue
        given = set(first[0].lower().split("-"))
        if given <= _FIRST_NAMES and not _INSTITUTIONS.match(text, last.end()):
            yield Span(first.start(), last.end(), "name", fold(f"{first[0]} {last[0]}"))


def _word_before(lowered: str, end: int) -> str:
    match = _BEFORE.search(lowered, max(0, end - _LONGEST_WORD), end)
    return match[1] if match else ""


def _name_at(text: str, start: int, *, said: bool) -> Iterator[Span]:
    word = _WORD.match(text, start)
    if not word or not (_begins(word[0]) or (said and word[0].lower() not in _NO_NAMES)):
        return
    end = word.end()
    for _ in range(_MOST - 1):
        between = _BETWEEN.match(text, end)
        following = between and _WORD.match(text, between.end())
        if not following or not _begins(following[0], known=_ALL_NAMES):
            break
        end = following.end()
    yield Span(start, end - text[end - 1].count("."), "name")


def _begins(word: str, *, known: frozenset[str] = _FIRST_NAMES) -> bool:
    """Whether a word looks like a name: a capital letter, or a known name that is no everyday word."""
    lowered = word.lower()
    if lowered in _NO_NAMES:
        return False
    return word[0].isupper() or (lowered in known and lowered not in _ALSO_WORDS)


def _is_surname(lowered: str) -> bool:
    return lowered in _SURNAMES or (len(lowered) > 4 and lowered.endswith(("sen", "son")))
