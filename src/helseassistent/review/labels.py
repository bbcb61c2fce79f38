"""What the review calls things, in bokmål; every word here is shown to staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from helseassistent.review.cases import Importance, Judgement, LoggedExchange, Role
from helseassistent.review.queue import Ground, Said, State
from helseassistent.types import Notice, Reason

JUDGEMENTS: Mapping[Judgement, str] = {
    "approved": "Godkjent",
    "corrected": "Rettet",
    "wrong_source": "Feil kilde",
    "should_not_answer": "Burde ikke svart",
    "should_answer": "Burde svart",
    "dangerous": "Farlig",
}
JUDGEMENT_HELP: Mapping[Judgement, str] = {
    "approved": "Svaret er riktig, og kilden sier det.",
    "corrected": "Du velger det riktige sitatet i kilden.",
    "wrong_source": "Siden handler om noe annet.",
    "should_not_answer": "Her skulle assistenten latt være.",
    "should_answer": "Kilden har svaret. Velg det gjerne.",
    "dangerous": "Svaret kan skade noen.",
}
IMPORTANCE: Mapping[Importance, str] = {"low": "Lav", "normal": "Vanlig", "high": "Høy"}
GROUNDS: Mapping[Ground, str] = {
    "thumbs_down": "Tommel ned",
    "changed_source": "Kilden er endret",
    "near_threshold": "Nær terskelen",
    "low_confidence": "Lav sikkerhet",
    "frequent": "Spurt ofte",
    "unanswered": "Ikke besvart",
    "old_source": "Gammel kilde",
}
STATES: Mapping[State, str] = {"open": "Venter", "judged": "Vurdert", "all": "Alle"}
SAID: Mapping[Said, str] = {"down": "Tommel ned", "up": "Tommel opp", "nothing": "Ingen har sagt noe"}
KINDS: Mapping[str, str] = {"answer": "Svar", "abstention": "Ikke svar"}
LANGUAGES: Mapping[str, str] = {"nb": "Bokmål", "nn": "Nynorsk"}
ROLES: Mapping[Role, str] = {"leser": "leser", "fagperson": "fagperson", "administrator": "administrator"}
FEEDBACK: Mapping[str, str] = {
    "wrong": "svaret er feil",
    "missing": "noe mangler",
    "wrong_source": "feil kilde",
    "quote_not_found": "fant ikke sitatet på siden",
    "outdated": "utdatert",
    "misunderstood": "misforstod spørsmålet",
    "other": "noe annet",
}
CATEGORIES = (
    "Åpningstider",
    "Priser og egenandeler",
    "Sted og kontakt",
    "Rettigheter",
    "Behandling og prøver",
    "Hvem tilbudet gjelder",
    "Annet",
)
_REASONS: Mapping[Reason, str] = {
    "no_evidence": "ingen avsnitt lignet nok på spørsmålet",
    "near_miss": "det beste sitatet var ikke sikkert nok",
    "out_of_scope": "spørsmålet så ut til å gjelde noe annet enn helsetjenester",
    "unverified": "sitatet kunne ikke bekreftes ord for ord på siden",
}
_NOTICES: Mapping[Notice, str] = {
    "empty": "meldingen var tom",
    "too_long": "meldingen var for lang",
    "gibberish": "meldingen var ikke til å forstå",
    "greeting": "meldingen var en hilsen",
    "thanks": "meldingen var en takk",
    "identity": "meldingen spurte hvem assistenten er",
    "task": "meldingen ba om noe annet enn opplysninger",
    "advice": "meldingen ba om råd som bare helsepersonell kan gi",
    "elsewhere": "meldingen gjaldt et annet sted",
    "english": "meldingen var på engelsk",
    "foreign": "meldingen var på et annet språk",
}


def decimal(value: float) -> str:
    """Two decimals, with a comma."""
    return f"{value:.2f}".replace(".", ",")


def day(value: date | None) -> str:
    """As Norwegians write it."""
    return f"{value.day}. {_MONTHS[value.month - 1]} {value.year}" if value else "uten dato"


_MONTHS = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)


def why(exchange: LoggedExchange) -> str:
    """Why the assistant answered or did not, in one sentence."""
    bar = (
        f"terskelen {decimal(exchange.threshold)}"
        if exchange.threshold is not None
        else "terskelen, som ikke er lagret"
    )
    sure = f"Sikkerheten var {decimal(exchange.confidence)}"
    if exchange.kind == "answer" and exchange.threshold is not None and exchange.confidence < exchange.threshold:
        return f"Språkmodellen fant svaret i kilden, og ordene holdt. {sure}, under {bar}."
    if exchange.kind == "answer":
        return f"Assistenten svarte: {sure[0].lower()}{sure[1:]}, ikke under {bar}."
    if exchange.notice:
        return f"Assistenten ga et fast svar, fordi {_NOTICES[exchange.notice]}."
    if lacked_the_fact(exchange):
        return "Assistenten lot være å svare, fordi avsnittet er om det samme, men mangler det som det spørres etter."
    reason = _REASONS[exchange.reason] if exchange.reason else "det ikke ble funnet noe sikkert svar"
    return f"Assistenten lot være å svare, fordi {reason}. {sure}, mot {bar}."


def lacked_the_fact(exchange: LoggedExchange) -> bool:
    """Whether it was sure of the passage, but not answered: a price was asked for, say, and none stands there."""
    sure = exchange.threshold is not None and exchange.confidence >= exchange.threshold
    return exchange.kind == "abstention" and exchange.reason == "near_miss" and not exchange.notice and sure


MENU = (("/", "Køen"), ("/godkjente", "Godkjente svar"), ("/rapporter", "Rapporter"))
KEYS = (
    (
        "Overalt",
        (("?", "vis denne listen"), ("/", "søk"), ("q", "tilbake til køen")),
    ),
    ("I køen", (("j", "neste sak"), ("k", "forrige sak"), ("Enter", "åpne saken"))),
    (
        "I en sak",
        (
            ("1 – 6", "velg vurdering"),
            ("s", "gå til kilden"),
            ("g", "gå til det siterte"),
            ("v", "gå til viktighet"),
            ("n", "skriv notat"),
            ("Ctrl Enter", "lagre og gå til neste"),
        ),
    ),
    (
        "I kilden",
        (
            ("↓ ↑", "neste og forrige setning"),
            ("Shift ↓ ↑", "ta med flere setninger"),
            ("Mellomrom", "begynn eller slutt å markere"),
            ("Enter", "bruk som riktig sitat"),
            ("Esc", "slipp markeringen"),
        ),
    ),
)
