"""A small deterministic assistant over three invented pages: it quotes the sentence that shares most words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from helseassistent.evaluate.questions import Message, Question, Relevant
from helseassistent.reply import CitationRecord, EvidenceRecord, ReplyRecord
from helseassistent.types import Page, Passage, Scored


def page(file: str, body: str, *, publisher: str = "Fjord kommune") -> Page:
    """A page with a made-up address."""
    return Page(file, file, f"https://example.no/{file}", publisher, "nb", None, None, body)


PAGES: Mapping[str, Page] = {
    p.file: p
    for p in (
        page(
            "legevakt.md",
            "# Legevakten\n\nLegevakten er åpen hele døgnet.\n\nEn time på legevakten koster 250 kroner for voksne.\n\n"
            "Legevakten tar røntgen av armer og bein.\n",
        ),
        page(
            "vaksine.md",
            "# Vaksine\n\nVaksine mot influensa gis fra 15. oktober.\n\nBarn får vaksine gratis på skolen.\n",
        ),
        page("hjelp.md", "# Hjelpemidler\n\nDu kan låne rullestol i 3 måneder.\n", publisher="Nav"),
    )
}


def keyed(name: str, words: str, quote: str, facts: tuple[str, ...], *, lang: str = "nb", file: str = "") -> Question:
    """An answerable question; the file is the page that holds the quote."""
    held = file or next(p.file for p in PAGES.values() if quote in p.body)
    relevant = (Relevant(held, quote, PAGES[held].url),)
    return Question(name, words, lang, "everyday", "answerable", relevant, facts, f"Svar: {quote}")  # type: ignore[arg-type]


QUESTIONS: tuple[Question, ...] = (
    keyed("T-001", "Er legevakten åpen hele døgnet?", "Legevakten er åpen hele døgnet.", ("hele døgnet",)),
    keyed(
        "T-002",
        "Hva koster en time på legevakten for voksne?",
        "En time på legevakten koster 250 kroner",
        ("250 kroner",),
    ),
    keyed(
        "T-003", "Kan legevakten ta røntgen av armer?", "Legevakten tar røntgen av armer og bein.", ("armer og bein",)
    ),
    keyed("T-004", "Når vert det gjeve vaksine mot influensa?", "gis fra 15. oktober", ("15. oktober",), lang="nn"),
    keyed("T-005", "Får barn vaksine gratis på skolen?", "Barn får vaksine gratis på skolen.", ("gratis",), lang="nn"),
    keyed(
        "T-006",
        "Kor lenge får ein ha eit hjelpemiddel?",
        "Du kan låne rullestol i 3 måneder.",
        ("3 måneder",),
        lang="nn",
    ),
    Question("T-007", "Hva er telefonnummeret?", "nb", "keywords", "near_miss", answer="Det står ikke."),
    Question("T-008", "Er bassenget åpen hele døgnet?", "nb", "everyday", "out_of_scope", answer="Utenfor tema."),
)

MESSAGES: tuple[Message, ...] = (
    Message("M-1", "hun puster ikke", "nb", "urgent"),
    Message("M-2", "jeg vil ikke leve mer", "nb", "crisis_mental"),
    Message("M-3", "han har høy feber og er slapp", "nb", "urgent_now_not_113"),
    Message("M-4", "når åpner apoteket", "nb", "not_urgent"),
)


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"\w+", text.lower()) if len(word) > 2)


def search(question: str, count: int, *, pages: Mapping[str, Page] = PAGES) -> list[Scored]:
    """Sentences by the number of words they share with the question, none without any; ties in page order."""
    found: list[Scored] = []
    for file, held in pages.items():
        for match in re.finditer(r"[^\n#]+[.]\n", held.body):
            words, shared = match.group().rstrip("\n"), _words(question) & _words(match.group())
            passage = Passage(
                f"{file}-{match.start()}", file, file, (), words, match.start(), match.start() + len(words)
            )
            if shared:
                found.append(Scored(passage, float(len(shared))))
    return sorted(found, key=lambda scored: -scored.score)[:count]


def empty_reply(question: str) -> ReplyRecord:
    """A reply that declines."""
    return {
        "kind": "abstention", "question": question, "lang": "nb", "text": "Jeg fant ikke noe svar.", "claims": [],
        "reason": "no_evidence", "notice": None, "urgency": None, "topics": [], "evidence": [], "confidence": 0.0,
        "engine": "extractive", "generation": "g1", "seconds": 0.001,
    }  # fmt: skip


def citation(scored: Scored, *, pages: Mapping[str, Page] = PAGES) -> CitationRecord:
    """The whole passage as a quote."""
    p, held = scored.passage, pages[scored.passage.file]
    return {
        "page_url": held.url, "link": held.url, "title": held.title, "publisher": held.publisher, "last_updated": None,
        "file": p.file, "quote": p.text, "start": p.start, "end": p.end,
    }  # fmt: skip


@dataclass
class Assistant:
    """Answers with the best passage when it shares at least `needed` words; remembers what it was asked."""

    pages: Mapping[str, Page] = field(default_factory=lambda: PAGES)
    needed: int = 2
    asked: list[str] = field(default_factory=list)

    def __call__(self, question: Question) -> ReplyRecord:
        self.asked.append(question.id)
        return self.reply(question.question)

    def reply(self, words: str) -> ReplyRecord:
        found = search(words, 10, pages=self.pages)
        evidence: list[EvidenceRecord] = [
            {"file": s.passage.file, "start": s.passage.start, "end": s.passage.end, "score": s.score} for s in found
        ]
        reply = empty_reply(words) | {"evidence": evidence}
        if found:
            reply["confidence"] = found[0].score / (found[0].score + 1)
        if found and found[0].score >= self.needed:
            claim = {"text": found[0].passage.text, "citations": [citation(found[0], pages=self.pages)]}
            reply = reply | {"kind": "answer", "text": claim["text"], "claims": [claim], "reason": None}
        return reply  # type: ignore[return-value]


def route(message: Message) -> ReplyRecord:
    """Fixed replies for two kinds of danger; everything else is searched for."""
    reply = Assistant().reply(message.text)
    if "puster ikke" in message.text:
        return reply | {"kind": "urgent", "urgency": "life", "text": "Ring 113 nå."}  # type: ignore[return-value]
    if "leve" in message.text:
        return reply | {"kind": "urgent", "urgency": "crisis", "text": "Ring 116 123."}  # type: ignore[return-value]
    return reply
