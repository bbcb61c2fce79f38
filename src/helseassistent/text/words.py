"""Words: tokens, content words, and the language form they are written in."""

from __future__ import annotations

import re

from helseassistent.types import Language

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")

# Closed classes, nb and nn and the most common dialect spellings: words that say how, not what.
FUNCTION_WORDS = frozenset(
    """
    alle allerede alt altså andre anna annan annen annet att av bare berre begge ble blei bli blir blitt blitt bort bør
    da daa de dei deg dem den denne der dere deres dermed dersom desse det dette di din dine disse ditt dog dykk då du
    eg ei ein eit eitt eller en enn enda ennå er et ett etter ettersom fikk fekk flere fleire for fordi fra frå få får
    før først gjennom gjer gjere gjør gjøre gjort ha hadde han hans har hatt henne hennes her hin hjå ho hos hun hva
    hvem hver hvert hvilke hvilken hvilket hvis hvor hvordan hvorfor hverken i ikke ikkje ingen ingenting inn innen
    ja jeg jo ka kan kem ken koffor korfor korleis kossen kordan kor kunne kva kvar kvifor kven kvens korsen la let lov
    man mange me med meg meir mellom men mens mer mest mi min mine mitt mot mye mykje må måtte na nei ned nettopp no
    noe noen noko nokon nokre nå når og også om opp oss over på sa same samme seg selv si sia siden sidan sin sine sitt
    sjå sjøl sjølv skal skulle slik slike som så ta tar te ti til under ut uten utan vart ved vel vera vere vi viss vil
    ville vore vår være vært å åt æ æg e va ble itj ikkje kje hei takk vær please egentlig eigentleg faktisk kanskje
    liksom litt bitte jaja ok
    """.split()
)
_NYNORSK = frozenset(
    """
    eg ikkje kva korleis kvifor kven kvar kor dei ein eit frå noko nokon nokre mykje meir berre vere vera vart me ho
    sjukehus sjukeheim sjuk sjuke heim heime kommunar tenester teneste tenesta skule skulen veke vekene òg då no gjere gjer
    fekk eigen eige eigne etter sjå løyve legevakta utan mellom saman noreg kjem blir skal vil
    korleis kvart pasientar born barnet helsetenesta helsetenester rettleiing tilbod åleine hjå dykk dykkar nynorsk
    """.split()
) - frozenset("etter mellom blir skal vil barnet legevakta me ho kor no veke".split())
_BOKMAAL = frozenset(
    """
    jeg ikke hva hvordan hvorfor hvem hvor hver de en et fra noe noen mye mer bare være ble hun sykehus sykehjem syk syke
    hjem hjemme kommuner tjenester tjeneste tjenesten skole skolen uke uken uker da nå gjøre gjør fikk egen eget egne
    uten sammen norge kommer dere deres mellom hvilken hvilke hvis
    """.split()
) - frozenset("de en et mellom da".split())
_NYNORSK_ENDING = re.compile(r"(?:leg|lege|heit|heita|ane|ast|inga|asjonar|ingar)$")


def tokens(text: str) -> list[str]:
    """Words and numbers in reading order, lower case; `3,5` and `08.30` stay whole."""
    return [match.group() for match in _TOKEN.finditer(text.lower())]


def content_words(text: str) -> list[str]:
    """The tokens that carry a subject: no function words, no single letters."""
    return [token for token in tokens(text) if token not in FUNCTION_WORDS and (len(token) > 1 or token.isdigit())]


def language_of(text: str) -> Language:
    """`nn` if the words that only nynorsk has outweigh those that only bokmål has, else `nb`."""
    found = tokens(text)
    nynorsk = sum(token in _NYNORSK for token in found) + 0.5 * sum(bool(_NYNORSK_ENDING.search(t)) for t in found)
    bokmaal = sum(token in _BOKMAAL for token in found)
    return "nn" if nynorsk > bokmaal and nynorsk >= 1 else "nb"
