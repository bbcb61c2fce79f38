"""Where a person lives or can be written to: street addresses, and e-mail addresses also when they are spelt out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helseassistent.text.characters import fold
from helseassistent.text.lists import ranked_list, word_list
from helseassistent.text.places import PLACES
from helseassistent.text.redact_digits import is_year
from helseassistent.text.redact_shadow import Span

# The sign of an e-mail address, written or said; what stands before it is found by looking back.
_AT = re.compile(
    r"(?:@|[(\[{] ?(?:at|@|krøllalfa|alfakrøll|krull) ?[)\]}]"
    r"|(?<= )(?:at|krøllalfa|alfakrøll|krøll-?a|snabel-?a)(?= )) ?",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"[^\W_][\w-]*+"
    r"(?:(?:\.| ?[(\[{] ?(?:dot|punktum|prikk) ?[)\]}] ?| (?:dot|punktum|prikk) | \. ?)[^\W_][\w-]*+){1,6}",
    re.IGNORECASE,
)
_TOP = re.compile(r"[^\W\d_]{2,24}$")
_DOTTED = re.compile(r"\b(?:dot|punktum|prikk)\b", re.IGNORECASE)
_SAID_DOTS = (" punktum ", " prikk ", " dot ")
_LOCAL_PART = 64  # characters, RFC 5321

# Endings of the names of streets and hardly anything else; endings of the names of streets, houses and farms alike.
_STREET = ranked_list("street_endings")
_PLACE = ranked_list("place_endings")
_SURE = ("gate", "gata", "gaten", "veg", "vegen", "vei", "veien", "smauet", "allmenningen")  # in small letters too
_SHORT = ("gt", "vn")  # never part of a longer word
_ALONE = frozenset([*_STREET, *_PLACE, *_SHORT])
_FIRST_NAMES = word_list("first_names")
_FUNCTION_WORDS = word_list("function_words")
_ROAD = re.compile(
    r"(?:riks|fylkes|europa|hoved|motor|gang|sykkel|under|snar|om|av|inn|ut|farts|luft|urin|blod)ve[gi]", re.IGNORECASE
)
_WORD = r"[^\W\d_]++(?:['’.-][^\W\d_]++)*+\.?"
_HOUSE = re.compile(
    rf"(?<![\w'’.-])(?P<street>{_WORD}) (?:nr\.? ?|nummer )?(?P<number>\d{{1,4}})"
    r"(?: ?[A-HJ-Z](?!\w)|[a-zæøå](?!\w))?(?!\w)(?: ?[-/] ?\d{1,4}[A-Za-z]?(?!\w))?"
)
_EARLIER = re.compile(r"(?<![\w'’.-])([^\W\d_](?:[^\W\d_]|['’.-])*) $")
_LIVES = re.compile(
    r"\b(?:b(?:or|ur|udde|odde|udd)|bosatt|adress[ea]n?|hjemme|heime|leilighet\w*|hus(?:et)?|hjem|heim|flytt\w+|send\w*|komme?"
    r"|kjem|kjøre?|address|live)"
    r"\b(?:[ :=,]+(?:er|i|på|ved|til|min|vår|nå|no|her|det|oss|meg|is|in|at|e|æ)){0,4}[ :=]*(?:[^\W\d_]+ ){0,3}$",
    re.IGNORECASE,
)
# Words that do not begin the name of a street although they stand before it with a capital letter, and words that do
# although they have a small one.
_OPENERS = word_list("street_not_first")
_NAMESAKES = _FIRST_NAMES | word_list("street_first")
_POSTAL = re.compile(rf"[ ,]{{1,3}}(?:N-?|NO-?)?\d{{4}} (?P<place>{_WORD})(?: (?:i|på) {_WORD})?(?!\w)")
_BARE_CODE = re.compile(r", ?(?:N-?|NO-?)?\d{4}(?= ?(?:$|[.,;!?)]))")
_BOX = re.compile(r"\b(?:post)?boks \d{1,5}(?!\w)", re.IGNORECASE)
_COUNTED = re.compile(
    r" ?(?:år\w*|plass\w*|seng\w*|dag\w*|døgn|uke\w*|veke\w*|måned\w*|månad\w*|time\w*|timar|gang\w*|min(?:utt\w*)?"
    r"|prosent|kroner|kr|meter|m|km|kilometer|kg|kilo|gram|personer|pasient\w*|barn|unger|menneske\w*|grader|stk|stykk\w*"
    r"|trinn|etasje\w*|rom|ansatte|tilsette|innbygg\w+|promille|mil|mg|ml|mikrogram|tablett\w*|pill\w*|dråp\w*"
    r"|paracet\w*)(?!\w)| ?[%§°:]|[.,]\d|\.? ?(?:jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des)[a-z]*(?!\w)",
    re.IGNORECASE,
)


def email_spans(text: str) -> Iterator[Span]:
    """E-mail addresses, also with the signs as words («ola krøllalfa firma punktum no»)."""
    for match in _AT.finditer(text):
        host = _HOST.match(text, match.end())
        if not host or not _TOP.search(host[0]):
            continue
        # «at» is a word of its own: only a dot in words shows that it is not meant.
        if match[0].strip().lower() == "at" and not _DOTTED.search(host[0]):
            continue
        end = match.start() - (text[match.start() - 1 : match.start()] == " ")
        start = _local_part(text, end)
        if start < end:
            plain = "@" in match[0] and " " not in text[start : host.end()]
            yield Span(start, host.end(), "email", text[start : host.end()].lower() if plain else "")


def _local_part(text: str, end: int) -> int:
    """Where the part of an address before its sign begins; `end` when there is none."""
    start, limit = end, max(0, end - _LOCAL_PART)
    while start > limit:
        if text[start - 1].isalnum() or text[start - 1] in "._+%'-":
            start -= 1
        elif dots := [dot for dot in _SAID_DOTS if text[max(0, start - len(dot)) : start].lower() == dot]:
            start -= len(dots[0])
        else:
            break
    return start


def address_spans(text: str) -> Iterator[Span]:
    """Street addresses with house number, and the postal code and place after them; boxes at a post office."""
    for match in _HOUSE.finditer(text):
        tail = _tail(text, match.end())
        start = _street_start(text, match)
        if start is None and tail > match.end() and match["street"][0].isupper():
            start = _widened(text, match.start())
        if start is not None:
            yield Span(start, tail, "address", fold(text[start : match.end()]).replace(" ", ""))
    for match in _BOX.finditer(text):
        yield Span(match.start(), _tail(text, match.end()), "address", fold(match[0]).replace(" ", ""))


def _street_start(text: str, match: re.Match[str]) -> int | None:
    """Where the name of the street begins that ends in this word; None when it is no street."""
    word, start = match["street"], match.start()
    ending = word.lower().rstrip(".")
    street, place, capital = ending.endswith(_STREET), ending.endswith(_PLACE), word[0].isupper()
    if ending in _ALONE:
        return _named(text, start, street=ending)
    if not (street or place or capital) or _ROAD.match(word) or _COUNTED.match(text, match.end()):
        return None
    if (street or place) and (capital or ending.endswith(_SURE)):
        return None if ending in _FIRST_NAMES else _widened(text, start)
    # A name that says nothing of streets, or a small letter: only where somebody says that they live there.
    told = (street or place or not _is_town_or_year(match)) and _LIVES.search(text[max(0, start - 60) : start])
    return _widened(text, start) if told else None


def _is_town_or_year(match: re.Match[str]) -> bool:
    return match["street"].lower() in PLACES or is_year(match["number"])


def _named(text: str, start: int, *, street: str) -> int | None:
    """Where a street begins whose last word says only what it is: after a name, or a genitive in small letters."""
    earlier = _EARLIER.search(text, max(0, start - 40), start)
    if not earlier or earlier[1].lower() in _OPENERS or earlier[1].lower() in _FUNCTION_WORDS:
        return None
    genitive = earlier[1].endswith("s") and len(earlier[1]) > 3 and street in (*_SURE, *_SHORT)
    return _widened(text, start) if earlier[1][0].isupper() else _widened(text, earlier.start(1)) if genitive else None


def _widened(text: str, start: int) -> int:
    """`start` moved over the words before it, at most three, that may belong to the name of a street."""
    for _ in range(3):
        earlier = _EARLIER.search(text, max(0, start - 40), start)
        if not earlier or earlier[1].lower() in _OPENERS:
            break
        if not earlier[1][0].isupper() and earlier[1] not in _NAMESAKES:
            break
        start = earlier.start(1)
    return start


def _tail(text: str, end: int) -> int:
    """The end of a postal code and place that follow at `end`."""
    postal = _POSTAL.match(text, end)
    if postal and (postal["place"][0].isupper() or postal["place"].lower() in PLACES):
        return postal.end()
    code = _BARE_CODE.match(text, end)
    return code.end() if code else end
