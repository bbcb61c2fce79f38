"""Two pages that give different numbers for the same thing. Meant to be right when it speaks, and silent in doubt."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from rapidfuzz.fuzz import ratio

from helseassistent.review.amounts import Amount, amounts_in
from helseassistent.review.findings import Contradiction, Said
from helseassistent.text.places import places_in
from helseassistent.text.sentences import blocks, sentence_spans
from helseassistent.text.terms import stem, word_terms
from helseassistent.text.words import tokens
from helseassistent.types import Page

_LISTED = 50
_ALIKE = 0.75  # share of the shorter sentence's subject words that the other has too
_SPELT = 90  # how alike two spellings of a word are, of 100
_BEGINNING = 8  # letters that two spellings of a word share
_FEW = 40  # sentences that say a word and count in a unit; of a word that more say, not every pair is looked at
# What the unit says anyway, so that one sentence may have it and the other not.
_SAID_BY_UNIT = frozenset(
    stem(word)
    for line in (
        "alder alle anbefales består betalar betale betaler betaling bruke dag de dei dersom døgn døgnet",
        "egenandel etter frist fristen fyller får gang gjeld gjelder har hver hvert hvis i innan innen",
        "kan kontakt kostar koste koster kroner kvar kvart lenge må måned måneden nummer omfatter ope",
        "opningstid per person personer pris prisen rett ring senest skal som stk tar telefon telefonen",
        "tilbod tilbud tlf trenger uke utgjør varar vare varer varighet ventetid åpen åpent åpningstid",
        "åpningstider året",
    )
    for word in line.split()
)
# Words that make another thing of what is counted: both sentences must have the same of each group.
_LIMITS = tuple(
    frozenset(stem(word) for word in group.split())
    for group in (
        "under yngre",
        "over eldre mer meir",
        "minst minimum",
        "inntil høyst høgst maks maksimalt opptil maksimum",
        "før innan_før",
        "etter",
        "ikke ikkje ingen aldri",
        "uten utan unntatt",
        "barn barnet barna unge ungdom",
        "voksne vaksne",
        "eldre_folk pensjonister",
        "gravide gravid",
        "kvinner kvinne",
        "menn mann",
        "studenter student",
        "natt natten kveld kvelden",
        "helg helgen helgene helga lørdag søndag laurdag sundag helligdager",
        "hverdag hverdager kvardag kvardagar mandag tirsdag onsdag torsdag fredag",
        "sommer sommeren jul påske ferie",
        "første fyrste",
        "andre annen neste",
        "vei veg tur retur",
        "måned måneden månaden månedlig",
        "uke uken veke veka ukentlig",
        "år året årlig",
        "tidligere før_da gammel",
    )
)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_LOCAL = frozenset(["telefon", "klokkeslett"])  # of one place, which both must name or neither


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence with one amount of a unit."""

    page: Page
    start: int
    end: int
    amount: Amount
    words: frozenset[str]  # stems of what it is about, without the amount
    around: frozenset[str]  # stems of the page's title and the heading above
    limits: frozenset[int]
    years: frozenset[str]
    places: frozenset[str]


def contradictions(pages: Mapping[str, Page]) -> tuple[Contradiction, ...]:
    """Pairs of sentences of two pages that cannot both be true, the most alike first; at most fifty."""
    by_word: dict[tuple[str, str], list[_Statement]] = defaultdict(list)
    for page in pages.values():
        for statement in _statements(page):
            for beginning in {word[:_BEGINNING] for word in statement.words | statement.around}:
                by_word[statement.amount.unit, beginning].append(statement)
    found: dict[tuple[str, int, str, int], tuple[float, Contradiction]] = {}
    for (unit, _), statements in by_word.items():
        for one, other in _pairs(statements[:_FEW]):
            key = (one.page.file, one.start, other.page.file, other.start)
            if key not in found and contradict(one, other):
                found[key] = (_likeness(one, other), _told(unit, one, other))
    ranked = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].one.file, pair[1].one.start))
    return tuple(contradiction for _, contradiction in ranked[:_LISTED])


def contradict(one: _Statement, other: _Statement) -> bool:
    """Whether the two say different numbers of what can only be the same thing."""
    return (
        one.page.file != other.page.file
        and _differ(one.amount, other.amount)
        and one.limits == other.limits
        and (not one.years or not other.years or one.years == other.years)
        and _same_place(one, other)
        and _likeness(one, other) >= _ALIKE
    )


def _pairs(statements: list[_Statement]) -> Iterator[tuple[_Statement, _Statement]]:
    for number, one in enumerate(statements):
        for other in statements[number + 1 :]:
            yield one, other


def _differ(one: Amount, other: Amount) -> bool:
    """Whether neither range lies in the other, nor near enough for a number that is said to be rough."""
    apart = one.low > other.high or other.low > one.high
    if one.unit == "klokkeslett" or one.low != one.high != other.low != other.high:
        return one.value != other.value
    if one.roughly or other.roughly:
        return False
    return apart


def _same_place(one: _Statement, other: _Statement) -> bool:
    if _is_municipal(one.page) and _is_municipal(other.page) and one.page.publisher != other.page.publisher:
        return False
    if one.places and other.places and not one.places & other.places:
        return False
    return one.amount.unit not in _LOCAL or bool(one.places) == bool(other.places)


def _is_municipal(page: Page) -> bool:
    return "kommun" in page.publisher.lower()


def _likeness(one: _Statement, other: _Statement) -> float:
    """How much of what they are about they share, in [0, 1]; 0 when each has a subject that the other has not."""
    mine, theirs = _apart(one.words - other.words, other.words - one.words)
    shared = (one.words - mine) | (other.words - theirs)
    mine, theirs = mine - other.around, theirs - one.around
    if not shared or (mine and theirs):
        return 0.0
    if len(shared) == 1:  # then it must be what the pages, or the parts of them, are about
        return float(not mine and not theirs and bool(shared & (one.around | other.around)))
    return float((len(shared) / (len(shared) + len(mine) + len(theirs))) ** 0.5)


def _apart(mine: frozenset[str], theirs: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Both without the words that are the same but for a letter or two: partnarskap and partnerskap."""
    same = [
        (word, like)
        for word in mine
        for like in theirs
        if min(len(word), len(like)) >= 8 and ratio(word, like) >= _SPELT
    ]
    return mine - {word for word, _ in same}, theirs - {like for _, like in same}


def _statements(page: Page) -> Iterator[_Statement]:
    around, heading = frozenset(_about(page.title)), ""
    for block in blocks(page.body):
        if block.kind == "heading":
            heading = page.body[block.start : block.end]
            continue
        for start, end in sentence_spans(page.body, start=block.start, end=block.end):
            text = page.body[start:end]
            found = amounts_in(text)
            for unit in {amount.unit for amount in found}:
                of_unit = [amount for amount in found if amount.unit == unit]
                if len(of_unit) == 1:
                    context = f"{heading} {page.title}"
                    yield _statement(page, (start, end), of_unit[0], found, around | set(_about(heading)), context)


def _statement(
    page: Page,
    span: tuple[int, int],
    amount: Amount,
    others: tuple[Amount, ...],
    around: frozenset[str],
    context: str,
) -> _Statement:
    text = page.body[slice(*span)]
    bare = _without(text, others)
    stems = frozenset(word_terms(bare))
    said = frozenset(stem(token) for token in tokens(bare))
    limits = frozenset(number for number, group in enumerate(_LIMITS) if group & said)
    places = places_in(f"{text} {context} {page.publisher}")
    about = frozenset(word for word in stems if word not in _SAID_BY_UNIT and not word[0].isdigit())
    years = frozenset(_YEAR.findall(f"{text} {context}"))
    return _Statement(page, *span, amount, about - _flat(_LIMITS), around, limits, years, places)


def _flat(groups: tuple[frozenset[str], ...]) -> frozenset[str]:
    return frozenset().union(*groups)


def _about(text: str) -> Iterator[str]:
    return (word for word in word_terms(text) if word not in _SAID_BY_UNIT and not word[0].isdigit())


def _without(text: str, amounts: tuple[Amount, ...]) -> str:
    kept, place = [], 0
    for amount in amounts:
        kept.append(text[place : amount.start])
        place = amount.end
    return " ".join((*kept, text[place:]))


def _told(unit: str, one: _Statement, other: _Statement) -> Contradiction:
    newer, older = sorted((one, other), key=lambda each: each.page.last_updated or date.min, reverse=True)
    return Contradiction(unit, _said(newer), _said(older))


def _said(statement: _Statement) -> Said:
    page, amount = statement.page, statement.amount
    sentence = page.body[statement.start : statement.end]
    value = sentence[amount.start : amount.end]
    names = (page.file, page.title, page.publisher, page.url, page.last_updated)
    return Said(*names, sentence, statement.start, statement.end, value)
