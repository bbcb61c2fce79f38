"""Owns finding the date that a page itself states for its text, the last change before the first publication."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from helseassistent.ingest.parse.dom import Element, attribute, collapse, elements, flat_text, names_of
from helseassistent.ingest.parse.facts import Head
from helseassistent.ingest.parse.names import names

_OSLO = ZoneInfo("Europe/Oslo")
_FIRST_YEAR = 1995  # public bodies had no pages before
_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_MONTH = (
    r"(?P<month>jan(?:uar)?|feb(?:ruar)?|mars?|apr(?:il)?|mai|juni?|juli?|aug(?:ust)?|sept?(?:ember)?|okt(?:ober)?"
    r"|nov(?:ember)?|des(?:ember)?)\.?"
)
_WRITTEN = re.compile(
    rf"(?:(?:man|tirs|tys|ons|tors|fre|lør|laur|søn|sun)dag\w*\s+)?(?:den\s+)?(?:(?P<day>\d{{1,2}})\.?\s*{_MONTH},?\s*(?P<year>(?:19|20)\d\d)"
    r"|(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./-](?P<y>(?:19|20)?\d\d)(?!\d)|(?P<iso>(?:19|20)\d\d-\d\d-\d\d))",
    re.IGNORECASE,
)
_CHANGED = (
    r"(?:sist(?:e)?\s+)?(?:faglig\s+|fagleg\s+)?(?:oppdater(?:t|ing)|endr(?:et|a|ing)|revider(?:t|ing)|gjennomgått|kvalitetssikr(?:et|a)|ajourført"
    r"|lagret|redigert)(?:\s+(?:sist|dato|av\s+redaksjonen|den))?"
)
_FIRST = r"(?:først\s+|fyrst\s+)?(?:publiser(?:t|ing)(?:sdato)?|lagt\s+ut|opprettet|oppretta|skrevet|dato)"
_LEAD = (
    r"(?:\A|[|•·;–(\n]\s*|\s-\s|,\s*|(?<=\d)\.?\s+"
    r"|(?:innholdet|innhaldet|siden|sida|artikkelen|teksten|denne\s+sida|denne\s+siden)\s+(?:er|ble|vart|blei)\s+)"
)
_BY = r"(?:\s+av\s+[\w .-]{2,40}?)?"
_SAID = tuple(
    re.compile(rf"{label}{_BY}[\s:]*(?:den\s+|\w+dag\w*\s+){{0,2}}\d", re.IGNORECASE) for label in (_CHANGED, _FIRST)
)
_LABELS = tuple(
    re.compile(rf"{_LEAD}{label}{_BY}\s*:?\s*(?:den\s+)?(?=\d|\w+dag\s)", re.IGNORECASE) for label in (_CHANGED, _FIRST)
)
_HEADS = (names("dates", "changed"), names("dates", "published"))
_DATA = ("dateModified", "datePublished")
_CLASSES = (
    frozenset(["modified", "updated", "oppdatert", "endret", "revidert", "datemodified"]),
    frozenset(["published", "publisert", "datepublished", "pubdate", "byline"]),
)
_NOT_TEXT = frozenset(["Event", "JobPosting", "Offer", "SpecialAnnouncement"])
_LONGEST = 250  # characters of a block that tells when the page was written; prose may be longer


def stated_date(root: Element, *, region: Element, head: Head, today: date) -> date | None:
    """The date of the last change that the page shows its readers, else that its head tells; else of publication."""
    for order in (0, 1):
        for found in (
            _shown(region, order=order),
            _marked(region, order=order),
            _told(head, order=order),
            _shown(root, order=order),
            _marked(root, order=order),
        ):
            usable = [day for day in found if _usable(day, today=today)]
            if usable:
                return max(usable)
    return None


def date_in_lines(lines: Iterable[str], *, today: date) -> date | None:
    """The date of the last change, else of publication, that a line of text begins with or tells after a bar."""
    kept = list(lines)
    for order in (0, 1):
        usable = [day for line in kept for day in _labelled(line, order=order) if _usable(day, today=today)]
        if usable:
            return max(usable)
    return None


def _usable(day: date, *, today: date) -> bool:
    return day.year >= _FIRST_YEAR and day <= today


def read_date(value: str) -> date | None:
    """The day that `value` begins with, as machines or people write it; a moment with a zone is read in Oslo."""
    value = collapse(value)[:60]
    if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return _day(value[:10])
        return moment.astimezone(_OSLO).date() if moment.tzinfo else moment.date()
    for form in ("%a, %d %b %Y %H:%M:%S GMT", "%Y%m%dT%H%M%S", "%Y%m%d"):
        try:
            return datetime.strptime(value, form).replace(tzinfo=UTC).astimezone(_OSLO).date()
        except ValueError:
            continue
    found = _WRITTEN.match(value)
    return _day_of(found) if found else None


def _shown(root: Element, *, order: int) -> Iterator[date]:
    if not _SAID[order].search(flat_text(root)):
        return
    for element in elements(root):
        if str(element.tag) in ("html", "head", "body", "script", "style", "title", "meta") or len(element) > 12:
            continue
        text = flat_text(element)
        if 6 < len(text) <= _LONGEST:
            yield from _labelled(text, order=order)
    for element in elements(root, "br"):  # the lines of one long paragraph
        yield from _labelled(collapse(element.tail or ""), order=order)


def _labelled(text: str, *, order: int) -> Iterator[date]:
    text = collapse(text)
    if len(text) > _LONGEST:
        return
    for label in _LABELS[order].finditer(text):
        found = _WRITTEN.match(text, label.end())
        if found and (day := _day_of(found)):
            yield day


def _marked(root: Element, *, order: int) -> Iterator[date]:
    """Days of `<time>` and of elements that microdata names as the date of the text."""
    for element in elements(root):
        named = attribute(element, "itemprop").lower() == _DATA[order].lower()
        if not named and (str(element.tag) != "time" or not names_of(element) & _CLASSES[order]):
            continue
        given = attribute(element, "datetime") or attribute(element, "content") or flat_text(element)
        if day := read_date(given):
            yield day


def _told(head: Head, *, order: int) -> Iterator[date]:
    for thing in head.data:
        kind, value = thing.get("@type"), thing.get(_DATA[order])
        kinds = set(kind) if isinstance(kind, list) and all(isinstance(one, str) for one in kind) else {str(kind)}
        if isinstance(value, str) and not kinds & _NOT_TEXT and (day := read_date(value)):
            yield day
    for name in _HEADS[order]:
        if (value := head.metas.get(name)) and (day := read_date(value)):
            yield day
            return


def _day_of(found: re.Match[str]) -> date | None:
    part = found.groupdict()
    if part["iso"]:
        return _day(part["iso"])
    if part["day"]:
        month = _MONTHS.index(part["month"].lower()[:3]) + 1
        return _day(f"{part['year']}-{month:02}-{int(part['day']):02}")
    year = part["y"] if len(part["y"]) == 4 else f"20{part['y']}"
    return _day(f"{year}-{int(part['m']):02}-{int(part['d']):02}")


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
