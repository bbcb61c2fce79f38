"""Exchanges as the chat gives them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from helseassistent.reply import reply_record
from helseassistent.review.cases import NewExchange, NewVerdict
from helseassistent.types import Abstention, Answer, Citation, Claim, Exchange, Passage, Scored, Urgent

DAY = date(2026, 3, 1)


def later(days: int) -> date:
    return DAY + timedelta(days=days)


def exchange(question: str = "Kan legevakten ta røntgen?", *, answered: bool = True) -> Exchange:
    """An answer that quotes one page, or an abstention."""
    words = "Røntgenavdelingen tar imot brudd."
    quote = Citation("by/a.md", "https://by.example/a", "https://by.example/a#:~:text=x", "A", "By", DAY, words, 7, 40)
    passage = Scored(Passage("p1", "by/a.md", "A", (), words, 7, 40), 0.9)
    reply = Answer((Claim(words, (quote,)),), 0.8) if answered else Abstention("near_miss", confidence=0.3)
    return Exchange(question, "nb", reply, (passage,), generation="g1", seconds=0.01)


def urgent(question: str) -> Exchange:
    return Exchange(question, "nb", Urgent("life", "Ring 113.", ()), (), generation="g1", seconds=0.01)


def entry(id: str, question: str = "Kan legevakten ta røntgen?", *, day: date = DAY) -> NewExchange:
    """The entry of an answer."""
    given = exchange(question)
    record = reply_record(given, "Røntgenavdelingen tar imot brudd.")
    return NewExchange(id, day, question, "nb", "answer", None, None, 0.8, 0.5, "g1", "extractive", 1, record)


def verdict(exchange: str | None, *, reviewer: str = "kari", note: str = "", day: date = DAY) -> NewVerdict:
    return NewVerdict(exchange, "Kan legevakten ta røntgen?", reviewer, "approved", day, note=note)


def holding(canary: str, folder: Path) -> list[Path]:
    """The files below `folder` whose bytes hold the canary."""
    forms = (canary.encode(), canary.encode("utf-16-le"))
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(form in _bytes(path) for form in forms)]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # a server that runs removes files of its own meanwhile
        return b""
