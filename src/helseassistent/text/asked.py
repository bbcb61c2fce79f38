"""What kind of fact a question asks for, and whether a text holds one of that kind."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Asked: TypeAlias = Literal[
    "count", "share", "price", "phone", "hours", "address", "date", "duration", "person", "reference"
]

_MONTHS = "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember"
_NUMBER_WORDS = (
    "én|ein|ett|eitt|to|tre|fire|fem|seks|sju|syv|åtte|ni|ti|elleve|tolv|tretten|fjorten|femten|seksten|sytten|atten"
    "|nitten|tjue|tretti|førti|femti|seksti|sytti|åtti|nitti|hundre|tusen|halv\\w*|dobbel\\w*|alle|begge|ingen"
)
_HOW = r"(?:hvor|kor|åssen|kordan|hvordan|korleis|kossen|ka|kva|hva)"
_QUESTIONS: dict[Asked, re.Pattern[str]] = {
    "count": re.compile(rf"\b{_HOW}\s+(?:mange|stort|store|høy\w*|høg\w*|gammel|gammal|gamle?)\b|\bantal+\b"),
    "share": re.compile(r"\bprosent\w*|\bhvor stor (?:del|andel)|\bkor stor (?:del|andel)|\bandel\w*"),
    "price": re.compile(
        r"\bkost(?:e|er|ar|a)?\b|\bpris(?:en|er|ar)?\b|\bdøgnpris\w*|\bgebyr\w*|\begenandel\w*|\beigendel\w*"
        rf"|\b{_HOW}\s+(?:mye|mykje|my)\s+(?:koste?\w*|må\s+\w+\s+betale?|tar|tek|peng\w*|pæng\w*)|\b(?:sats|timeløn\w*|timelønn\w*)\b"
        rf"|\b{_HOW}\s+(?:mange|mye|mykje)\s+(?:kroner|kr|penger|pengar|pæng)\b|\bi kroner\b"
    ),
    "phone": re.compile(
        r"\b(?:tele)?fon\w*nummer\w*|\btlf\b|\btelefon(?:en)?\b.*\b(?:til|nr|nummer)\b|\bnummeret\s+til\b|\bringenummer\w*"
        r"|\bhvilket nummer\b|\bkva nummer\b|\bka nummer\b|\be-?post(?:adresse\w*)?\b|\bmailadresse\w*"
    ),
    "hours": re.compile(
        r"\båpningstid\w*|\bopningstid\w*|\b(?:åpner|opnar|stenger|stenge[rs]?|steng|åpent|ope|open|åpen|opent|oppe)\b"
        r"|\bklokk[ae]n?\b|\bkl\b|\bhvilke dager\b|\bkva dagar?\b"
    ),
    "address": re.compile(
        r"\badress\w*|\bhvor ligger\b|\bkor ligg\b|\bkvar ligg\w*|\bhvilken gate\b|\bkva gate\b|\bveibeskrivelse\b|\bparker\w+"
    ),
    "date": re.compile(
        r"\bnår\b(?!\s+(?:jeg|eg|man|ein|du|de|dei|han|hun|ho|vi|me|en|noen|nokon|far|mor|den|det|barn\w*)\b)"
        r"|\bhvilke[tn] (?:år|dato|dag)\b|\bkva (?:år|dato|dag|tid)\b|\bka (?:år|tid)\b|\bdato\b|\bårstall?\b|\bårstal\b"
    ),
    "duration": re.compile(
        rf"\b{_HOW}\s+(?:lenge|lang|langt|fort|raskt|snart|ofte|ofta|tidlig|tidleg|seint|sent)\b"
        r"|\bventetid\w*|\bfrist\w*|\b(?:hvor|kor) mange (?:dag|uke|veke|måned|månad|år|tim)\w*"
    ),
    "person": re.compile(
        r"\b(?:hva|kva|ka) heit?e?r\b|\bheter\b|\b(?:hvem|kven|kem|ken) (?:er|e) (?:leder|leiar|sjef|direktør|ordfører|ordførar)\w*"
        r"|\b(?:lederen|leiaren|sjefen|navnet|namnet|navnene|namna)\b"
    ),
    "reference": re.compile(
        r"\bhvilke[nt] (?:lov|plan|forskrift|paragraf)\w*|\bkva (?:lov|plan|forskrift|paragraf)\w*"
    ),
}
_DIGITS = r"(?<![\w§])\d+(?:[ \u00a0.]\d{3})*(?:,\d+)?"
_HELD: dict[Asked, re.Pattern[str]] = {
    "count": re.compile(rf"{_DIGITS}|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE),
    "share": re.compile(
        rf"{_DIGITS}\s*(?:prosent|%)|\bprosent|%|\b(?:halvpart|tredjedel|tredel|firedel|femtedel)\w*", re.IGNORECASE
    ),
    "price": re.compile(
        r"\bkr(?:oner)?\b|\bgratis\b|\bkostnadsfri\w*|\bvederlag\w*|\bkost(?:er|ar|nad\w*)\b|\bpris\w*|\bgebyr\w*"
        r"|\begenandel\w*|\beigendel\w*|\bbetal\w+|\bsats(?:en|er|ene|ar|ane)?\b|\bgrunnbeløp\w*|\bfolketrygdens\b",
        re.IGNORECASE,
    ),
    "phone": re.compile(r"(?<!\d)(?:\+47\s?)?\d(?:\s?\d){7}(?!\d)|\b1\d{2}(?:\s?\d{3})?\b|@", re.IGNORECASE),
    "hours": re.compile(
        r"\bkl\.|\bklokk\w+|\bdøgn\w*|\b\d{1,2}[.:]\d{2}\b|\b(?:åpent|ope|åpen|open|stengt)\b|\b(?:man|tirs|ons|tors|fre|lør|laur|søn|sun)dag\w*",
        re.IGNORECASE,
    ),
    "address": re.compile(
        r"\b[A-ZÆØÅ][\wæøå]*(?:gate|gaten|gata|vei|veien|veg|vegen|plass|torg|torget|kai|kaien)n?\s+\d+|\b\d{4}\s+[A-ZÆØÅ]\w+"
    ),
    "date": re.compile(
        rf"\b(?:1[89]|20)\d{{2}}\b|\b\d{{1,2}}\.\s*(?:{_MONTHS}|\d{{1,2}}\.)|\b(?:{_MONTHS})\b|\b(?:sommer|vinter|vår|haust|høst)en\b"
        r"|\b(?:dag(?:en|er|ene|ar|ane)?|uken?|uker|veken?|veker|måned\w*|månad\w*|år(?:et|a|ene)?|time[nr]?|timar|virkedag\w*|arbeidsdag\w*)\b",
        re.IGNORECASE,
    ),
    "duration": re.compile(
        rf"(?:{_DIGITS}|\b(?:{_NUMBER_WORDS})\b).{{0,25}}\b(?:minutt|time|tim|døgn|dag|virkedag|arbeidsdag|uke|veke|måned|månad|år)\w*"
        r"|\b(?:årlig|årleg|daglig|dagleg|ukentlig|månedlig|straks|umiddelbart|uten (?:unødig )?opphold|utan opphald|snarest)\b"
        r"|\bganger? (?:i|per|pr)\b|\bgonger? i\b|\bhvert? \w+ år\b|\bfortløpende\b|\blivstid\w*|\bvarig\b|\bliggedøgn\b",
        re.IGNORECASE,
    ),
    "person": re.compile(r"\b[A-ZÆØÅ][a-zæøåé]+(?:[ -][A-ZÆØÅ][a-zæøåé]+)+\b"),
    "reference": re.compile(r"§|\b\w*(?:lov|plan|forskrift)(?:en|a|s)?\b", re.IGNORECASE),
}


def asked_for(question: str) -> frozenset[Asked]:
    """The kinds of fact that `question` asks for; empty for yes-or-no and open questions."""
    lowered = question.lower()
    found = {kind for kind, pattern in _QUESTIONS.items() if pattern.search(lowered)}
    if found & {"price", "share", "duration"}:
        found -= {"count"}
    if found & {"hours", "duration"}:
        found -= {"date"}
    return frozenset(found)


_COUNTED = re.compile(r"\bh?[vk]?[vo]r mang[ea]\s+([^\W\d_]+)", re.IGNORECASE)
_AMOUNT = re.compile(
    rf"(?:{_DIGITS}|\b(?:{_NUMBER_WORDS})\b)\s+(?!prosent|%)([^\W\d_]+)(?:\s+([^\W\d_]+))?", re.IGNORECASE
)
# Words that begin the names of offices and places, not of people.
_NOT_PEOPLE = frozenset(
    [
        "helse",
        "bergen",
        "norsk",
        "norges",
        "nasjonal",
        "det",
        "den",
        "de",
        "en",
        "et",
        "statens",
        "statlig",
        "øvre",
        "nedre",
        "nav",
    ]
)


_DEFINITION = re.compile(
    r"^(?:hei |men |og |ja )*(?:hva|kva|ka)(?: i (?:all )?verden?a?| i alle dagar)? (?:(?:er|e|betyr|tyder|menes med|meiner dei med|vil det si)\b)"
    r"(?: (?:egentlig|eigentleg|da|då|nå|no|det|et|eit|en|ein|ei|den|dette|for noe|for noko|med))* (.+?)(?: for (?:noe|noko|nokke|en ting|ein ting))?\??$",
    re.IGNORECASE,
)


def defined(question: str) -> str | None:
    """The words that a question asks the meaning of: `helsefellesskap` in "hva er egentlig et helsefellesskap?"."""
    found = _DEFINITION.match(question.strip())
    return found.group(1).strip() if found else None


_SERVICE = re.compile(
    r"\b(?:lege|psyk)\s?vak\w*|\blegevag\w*|\bsy[kj]e?hus\w*|\bsjukehus\w*|\bhaukeland\w*|\b\w*klinikk\w*|\bsykehjem\w*|\bsjukeheim\w*"
    r"|\bhelsestasjon\w*|\bhelsesenter\w*|\bkommun[ea]\w*",
    re.IGNORECASE,
)
_QUESTION_FORM = re.compile(
    r"\b(?:hv\w+|kva|kven|kvar|korleis|kan|får|må|tar|tek|finnes|finst|går|er|har|skal) (?:jeg|eg|æ|vi|me|man|ein|en|de|dei|dem|det|du|dokker|legevakt\w*)\b"
    r"|\b(?:hvor|kor|kvar|hvem|kven|hva|kva|ka)\b.*\?",
    re.IGNORECASE,
)


def asks_for_service(message: str) -> bool:
    """Whether a message asks what a named service does, and does not only tell what has happened."""
    return bool(_SERVICE.search(message) and _QUESTION_FORM.search(message))


def counted(question: str) -> str | None:
    """The word that a question counts: `plasser` in "hvor mange plasser er det"."""
    found = _COUNTED.search(question)
    return found.group(1).lower() if found else None


def amounts(text: str) -> list[str]:
    """The words that follow the numbers of a text, at most two after each: what there is that number of."""
    return [word.lower() for match in _AMOUNT.finditer(text) for word in match.groups() if word]


def holds(text: str, kind: Asked) -> bool:
    """Whether `text` has an expression of that kind, such as a year for `date`."""
    if kind == "person":
        return any(match.group().split()[0].lower() not in _NOT_PEOPLE for match in _HELD[kind].finditer(text))
    return bool(_HELD[kind].search(text))
