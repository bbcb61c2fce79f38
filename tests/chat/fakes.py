"""A small real assistant for the page: it finds the sentence with most of the question's words in two tiny pages."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from helseassistent.chat.desk import Edition
from helseassistent.types import (
    Abstention,
    Answer,
    Citation,
    Claim,
    EmergencyNumber,
    Exchange,
    Language,
    Passage,
    Reply,
    Scored,
    Stage,
    Topic,
    Urgent,
    Watcher,
    unwatched,
)

TODAY = date(2026, 11, 25)
SLOW = 2.5  # seconds that an answer takes when the question asks it to wait
NUMBERS = {
    "medical": EmergencyNumber("medical", "113", "Medisinsk nødtelefon", "hele døgnet", "https://a.example/", TODAY),
    "doctor": EmergencyNumber("doctor", "116117", "Legevakten", "hele døgnet", "https://b.example/", TODAY),
    "mental_health": EmergencyNumber(
        "mental_health", "116 123", "Mental Helse Hjelpetelefonen", "hele døgnet, gratis", "https://c.example/", TODAY
    ),
}
HOSTILE = (
    '<img src=x onerror="window.__xss=1"><script>window.__xss=1</script> {{7*7}} ${window.__xss=1} [x](javascript:1)'
)


@dataclass(frozen=True, slots=True)
class TinyPage:
    file: str
    url: str
    title: str
    publisher: str
    last_updated: date | None
    body: str


PAGES = (
    TinyPage(
        "by/legevakt.md",
        "https://by.example/legevakt",
        "Medisinsk senter ved legevakten",
        "Byen kommune",
        None,
        "## Laboratorium\n\nLegevakten har eget laboratorium, og der kan man analysere enklere prøver. "
        "Røntgenavdelingen tar imot brudd og forstuinger i armer og bein, og avlaster sykehuset for denne typen "
        "henvendelser hele uken, også når det er mange som venter.",
    ),
    TinyPage(
        "fylket/tannlege.md",
        "https://fylket.example/tannlege",
        "Tannlege for barn",
        "Fylket",
        date(2023, 2, 24),
        "Barn og unge får gratis tannlege til de er atten år. Siden er under oppdatering.",
    ),
    TinyPage(
        "ond/side.md",
        'https://ond.example/?a=<b>&c="d"',
        f"Ondsinnet {HOSTILE}",
        f"Utgiver {HOSTILE}",
        date(2026, 10, 1),
        f"Ondsinnet innhold {HOSTILE}. Mer om dette står ikke her.",
    ),
)
NEXT = ("Hvilke prøver kan legevakten analysere?", "Hva er røntgenavdelingen?")  # offered after an answer on dentists
_WORD = re.compile(r"\w{4,}")


def numbers() -> dict[str, EmergencyNumber]:
    return dict(NUMBERS)


def edition() -> Edition:
    """What a chat over PAGES answers from."""
    pages = tuple(Topic(page.url, page.title, "", page.publisher) for page in PAGES)
    bodies = {page.file: page.body for page in PAGES}
    return Edition(ask, danger, being_updated={"fylket/tannlege.md"}, pages=pages, bodies=bodies)


def danger(turns: Sequence[str], language: Language | None) -> Exchange | None:
    """The fixed reply when the last message is about danger."""
    exchange = ask(turns, language) if not re.search("krasj|vent litt", turns[-1]) else None
    return exchange if exchange and isinstance(exchange.reply, Urgent) else None


def ask(turns: Sequence[str], language: Language | None, *, watch: Watcher = unwatched) -> Exchange:
    """Answers from PAGES; the language is the chosen one, else nynorsk when the question has a nynorsk word."""
    question = turns[-1]
    spoken: Language = language or ("nn" if re.search(r"\b(kva|ikkje|eg)\b", question.lower()) else "nb")
    reply, evidence = _reply(question, spoken, watch=watch)
    offered = NEXT if isinstance(reply, Answer) and "tannlege" in question.lower() else ()
    return Exchange(question, spoken, reply, evidence, generation="fake", seconds=0.001, next_questions=offered)


def _reply(question: str, language: Language, *, watch: Watcher) -> tuple[Reply, tuple[Scored, ...]]:
    lowered = question.lower()
    stages: tuple[Stage, ...] = ("searching", "reading", "checking")
    for stage in stages:
        watch(stage)
        if lowered.startswith("vent litt"):
            time.sleep(SLOW / len(stages))
    if "krasj" in lowered:
        raise RuntimeError("hemmelig sti i en feilmelding")
    if "ikke lenger leve" in lowered or "hjertestans" in lowered:
        text = "Ring 113 nå.\nDu kan også snakke med noen på 116 123."
        if language == "nn":
            text = "Ring 113 no.\nDu kan òg snakke med nokon på 116 123."
        return Urgent("life", text, (NUMBERS["medical"], NUMBERS["mental_health"])), ()
    if lowered.strip() in {"hei", "hallo"}:
        return Abstention("out_of_scope", notice="greeting"), ()
    if "dose" in lowered:
        return Abstention("out_of_scope", notice="advice"), ()
    if len(question) > 1000:
        return Abstention("out_of_scope", notice="too_long"), ()
    return _search(question)


def _search(question: str) -> tuple[Reply, tuple[Scored, ...]]:
    wanted = {word[:5] for word in _WORD.findall(question.lower())}
    found: list[tuple[int, TinyPage, re.Match[str]]] = []
    for page in PAGES:
        for sentence in re.finditer(r"\S.*?\.(?=\s|$)", page.body):
            shared = len(wanted & {word[:5] for word in _WORD.findall(sentence[0].lower())})
            found.append((shared, page, sentence))
    found.sort(key=lambda item: -item[0])
    score, page, sentence = found[0]
    passage = Passage(page.file, page.file, page.title, (), page.body, 0, len(page.body))
    evidence = (Scored(passage, float(score)),)
    if score >= 2:
        claim = Claim(sentence[0], (_citation(page, sentence),))
        return Answer((claim,), confidence=0.9), evidence
    if score == 1:
        return Abstention("near_miss", (Topic(page.url, page.title, "", page.publisher),)), evidence
    return Abstention("no_evidence"), evidence


def _citation(page: TinyPage, sentence: re.Match[str]) -> Citation:
    return Citation(
        file=page.file,
        page_url=page.url,
        link=f"{page.url}#:~:text={sentence[0].split()[0]}",
        title=page.title,
        publisher=page.publisher,
        last_updated=page.last_updated,
        quote=sentence[0],
        start=sentence.start(),
        end=sentence.end(),
    )
