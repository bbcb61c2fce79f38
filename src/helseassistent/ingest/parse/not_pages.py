"""Owns telling pages from what a server sends in their place with status 200: not found, log in, are you human."""

from __future__ import annotations

import re
from dataclasses import dataclass

from helseassistent.ingest.parse.dom import Element, attribute, elements

_SHORT = 160  # words; a page about log-ins or errors says more
_SHORTER = 60
_NEARLY_NOTHING = 15  # many short pages have a form for logging in above them, or one with a captcha below
_LEAST_WORDS = 5
_CAPTCHA = "Serveren ville ha bevis for at et menneske leser (captcha), og viste ikke siden."
_MISSING = re.compile(
    r"(?:siden|sida|dokumentet|artikkelen|innholdet|innhaldet)\s+(?:du\s+\w+\s+etter\s+)?(?:(?:finnes|finst|fins|eksisterer)\s+ikk?j?e|(?:ble|blei|vart|er)\s+ikk?j?e\s+funn[ei]n?t?"
    r"|er\s+(?:flyttet|flytta|slettet|sletta|fjernet|fjerna))|fa?i?n[nt]+\w*\s+ikk?j?e\s+(?:siden|sida|det\s+du)|kan\s+ikk?j?e\s+finne\s+(?:siden|sida)"
    r"|finner\s+ikke\s+siden|ikk?j?e\s+funn[ei]t|page\s+(?:not|could\s+not\s+be)\s+found|(?:feil|error|status|kode)\s*404\b|(?:\A|\n)[\s#]*404\b|\b404\s+(?:not|ikke|ikkje|siden|sida|page|error|feil)|not\s+found",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"\b50[0234]\b.{0,30}(?:error|unavailable|gateway|feil)|internal\s+server\s+error|service\s+unavailable|bad\s+gateway"
    r"|det\s+(?:har\s+)?(?:oppst[oå]tt?|skjedde|oppsto)\s+en\s+(?:teknisk\s+)?feil|(?:noe|noko)\s+(?:gikk|gjekk)\s+galt(?:\s+hos\s+oss)?\s*[.!\n]|midlertidig\s+(?:utilgjengelig|nede)"
    r"|mellombels\s+(?:utilgjengeleg|nede)|teknisk(?:e)?\s+(?:feil|problem)|serverfeil|server\s+error|runtime\s+error|fatal\s+error|stack\s+trace|unntak\s+oppstod"
    r"|under\s+vedlikehold|scheduled\s+maintenance",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"logg?\s+(?:deg\s+)?inn\s+for\s+å\s+(?:lese|se|sjå)\b|(?:kun|bare|berre)?\s*for\s+(?:våre\s+)?abonnent(?:er|ar)\b"
    r"|(?:bli|kjøp)\s+abonn\w+\s+for\s+å\s+lese",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:logg?e?\s+(?:deg\s+)?(?:inn|på)|innlogging|pålogging|log\s?in|sign\s+in|bankid|id-porten|krever\s+tilgang)\b",
    re.IGNORECASE,
)
_HUMAN = re.compile(
    r"captcha|er\s+et\s+menneske|eit\s+menneske|ikke\s+er\s+en\s+robot|verify(?:ing)?\s+(?:that\s+)?you\s+are\s+(?:a\s+)?human|just\s+a\s+moment"
    r"|checking\s+your\s+browser|attention\s+required|request\s+unsuccessful|access\s+denied|unusual\s+traffic|are\s+you\s+a\s+robot",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Served:
    """What the tree held before anything was taken out of it."""

    captcha: bool
    password: bool
    scripts: bool


def look_at(root: Element) -> Served:
    """The signs in a tree as served that it may be no page."""
    framed = (
        f"{attribute(found, 'class')} {attribute(found, 'src')}" for found in elements(root, "div", "script", "iframe")
    )
    return Served(
        any("captcha" in named.lower() for named in framed),
        any(attribute(field, "type").lower() == "password" for field in elements(root, "input")),
        next(elements(root, "script", "noscript"), None) is not None,
    )


def why_no_page(served: Served, *, title: str, text: str) -> tuple[str, bool] | None:
    """Why what was served is no page, and whether an earlier copy still stands; None for a page."""
    words = len(text.split())
    top = f"{title}\n{text[:150]}"
    if words < _SHORT and (_HUMAN.search(title) or (words < _SHORTER and _HUMAN.search(text))):
        return _CAPTCHA, True
    if words < _SHORT and _MISSING.search(top):
        return "Serveren svarte at siden ikke finnes, men med status 200.", False
    if words < _SHORTER and _FAILED.search(top):
        return "Serveren viste en feilmelding i stedet for siden.", True
    closed = _LOGIN.match(title) or _CLOSED.search(text)
    if (words < _SHORTER and closed) or (served.password and words < _NEARLY_NOTHING):
        return "Siden krever innlogging.", True
    if served.captcha and words < _NEARLY_NOTHING:
        return _CAPTCHA, True
    if words < _LEAST_WORDS:
        return ("Siden har ingen tekst uten JavaScript." if served.scripts else "Siden har ingen tekst."), True
    return None
