"""The review page over a small log and three pages, with somebody logged in; and the browser that looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from helseassistent.reply import EvidenceRecord, reply_record
from helseassistent.review.cases import NewExchange, NewFeedback, Role, User
from helseassistent.review.desk import ReviewParts
from helseassistent.review.exchanges import write
from helseassistent.review.sources import Sources
from helseassistent.review.store import Store
from helseassistent.types import Abstention, Answer, Citation, Claim, Exchange, Page, Reply
from review.fakes import DAY, later

TODAY = later(20)
BODY = """# Legevakten

Røntgenavdelingen tar imot brudd. Den er åpen hver dag fra kl. 9 til 15.

## Prøver

Laboratoriet tar blodprøver, f.eks. blodprosent og blodsukker. 🩸 Svaret kommer samme dag.

- Ta med legitimasjon
- Ta med henvisning
"""
CRLF = "Første linje\r\nher går setningen videre.\r\n\r\nNeste avsnitt.\r\n"
PAGES = {
    page.file: page
    for page in (
        Page("by/a.md", "Legevakten", "https://by.example/a", "By", "nb", date(2025, 4, 1), None, BODY),
        Page("by/b.md", "Sykehjem", "https://by.example/b", "By", "nb", date(2020, 1, 1), None, "Det er seks rom.\n"),
        Page("by/c.md", "To linjer", "javascript:alert(1)", "By", "nb", None, None, CRLF),
    )
}
QUOTE = "Røntgenavdelingen tar imot brudd."
SOURCES = Sources("g1", PAGES)


def reviewer(name: str = "kari", role: Role = "fagperson") -> User:
    return User(1, name, name.capitalize(), role, True)


def parts(store: Store, *, user: User | None = None, sources: Sources = SOURCES) -> ReviewParts:
    """The page as `user` sees it."""
    return ReviewParts(
        store,
        sources=lambda: sources,
        past=lambda _: None,
        who=lambda _: user or reviewer(),
        csrf=lambda _: "token",
        today=lambda: TODAY,
    )


def quote(file: str = "by/a.md", words: str = QUOTE) -> Citation:
    page = PAGES[file]
    start = page.body.index(words)
    end = start + len(words)
    return Citation(file, page.url, page.url, page.title, page.publisher, page.last_updated, words, start, end)


def answer(*citations: Citation, confidence: float = 0.9) -> Answer:
    return Answer(tuple(Claim(citation.quote, (citation,)) for citation in citations), confidence)


def logged(
    id: str,
    question: str,
    reply: Reply | None = None,
    *,
    day: date = DAY,
    threshold: float = 0.5,
    generation: str = "g1",
) -> NewExchange:
    """An entry of the log; without a reply one that quotes the first page."""
    reply = reply or answer(quote())
    record = reply_record(Exchange(question, "nb", reply, (), generation=generation, seconds=0.01), "Svaret.")
    record["evidence"] = _evidence()
    abstained = reply if isinstance(reply, Abstention) else None
    entry = NewExchange(
        id, day, question, "nb", "answer", None, None, 0.0, threshold, generation, "extractive", 1, record
    )
    if abstained:
        return replace(
            entry, kind="abstention", reason=abstained.reason, notice=abstained.notice, confidence=abstained.confidence
        )
    return replace(entry, confidence=record["confidence"])


def _evidence() -> list[EvidenceRecord]:
    start = BODY.index(QUOTE)
    return [
        {"file": "by/a.md", "start": start, "end": BODY.index("\n\n## Prøver"), "score": 0.91},
        {"file": "by/b.md", "start": 0, "end": 16, "score": 0.4},
    ]


def thumb_down(id: str, reason: str | None = "wrong") -> NewFeedback:
    return NewFeedback(id, False, reason, DAY)


def small_log(store: Store, more: Sequence[NewExchange] = ()) -> None:
    """Five cases, of each kind that a queue tells apart."""
    write(
        store,
        [
            logged("case-sure-1", "Kan legevakten ta røntgen?"),
            logged("case-near-1", "Når er røntgen åpent?", answer(quote(), confidence=0.55)),
            logged("case-down-1", "Hvor mange rom har sykehjemmet?", answer(quote("by/b.md", "Det er seks rom."))),
            thumb_down("case-down-1"),
            logged("case-none-1", "Hva koster det?", Abstention("near_miss", confidence=0.2)),
            logged("case-hello-1", "Hei", Abstention("out_of_scope", notice="greeting", confidence=1.0)),
            *more,
        ],
    )
