"""The reply as JSON: the one record that the terminal, the HTTP API, the log and evaluation share."""

from __future__ import annotations

from typing import Literal, TypedDict

from helseassistent.types import (
    Abstention,
    Answer,
    Checked,
    Citation,
    Exchange,
    Language,
    Notice,
    Personal,
    Reason,
    Topic,
    Urgency,
    Urgent,
)


class CitationRecord(TypedDict):
    page_url: str
    link: str
    title: str
    publisher: str
    last_updated: str | None
    fetched_at: str | None
    file: str
    quote: str
    start: int
    end: int


class ClaimRecord(TypedDict):
    text: str
    citations: list[CitationRecord]


class CheckedRecord(TypedDict):
    by: str
    date: str


class TopicRecord(TypedDict):
    page_url: str
    title: str
    section: str
    covers: list[str]


class EvidenceRecord(TypedDict):
    file: str
    start: int
    end: int
    score: float


class ReplyRecord(TypedDict):
    kind: Literal["answer", "abstention", "urgent"]
    question: str
    understood: str | None
    removed: list[Personal]
    lang: Language
    text: str
    claims: list[ClaimRecord]
    checked: CheckedRecord | None
    reason: Reason | None
    notice: Notice | None
    urgency: Urgency | None
    caution: bool
    topics: list[TopicRecord]
    more: list[TopicRecord]
    next_questions: list[str]
    searched_also: list[str]
    evidence: list[EvidenceRecord]
    confidence: float
    engine: str
    generation: str
    seconds: float


def citation_record(citation: Citation) -> CitationRecord:
    """The citation with its date and moment as ISO 8601."""
    return {
        "page_url": citation.page_url,
        "link": citation.link,
        "title": citation.title,
        "publisher": citation.publisher,
        "last_updated": citation.last_updated.isoformat() if citation.last_updated else None,
        "fetched_at": citation.fetched_at.isoformat(timespec="seconds") if citation.fetched_at else None,
        "file": citation.file,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
    }


def checked_record(checked: Checked) -> CheckedRecord:
    """Who approved the answer, with the day as ISO 8601."""
    return {"by": checked.by, "date": checked.day.isoformat()}


def topic_record(topic: Topic) -> TopicRecord:
    """The topic as a record."""
    return {
        "page_url": topic.page_url,
        "title": topic.title,
        "section": topic.section,
        "covers": list(topic.covers),
    }


def reply_record(exchange: Exchange, text: str) -> ReplyRecord:
    """`exchange` as a record; `text` is what the citizen reads."""
    reply = exchange.reply
    record: ReplyRecord = {
        "kind": "urgent",
        "question": exchange.question,
        "understood": exchange.understood,
        "removed": list(exchange.removed),
        "lang": exchange.language,
        "text": text,
        "claims": [],
        "checked": None,
        "reason": None,
        "notice": None,
        "urgency": None,
        "caution": exchange.caution is not None,
        "topics": [],
        "more": [topic_record(topic) for topic in exchange.more],
        "next_questions": list(exchange.next_questions),
        "searched_also": list(exchange.searched_also),
        "evidence": [
            {"file": s.passage.file, "start": s.passage.start, "end": s.passage.end, "score": round(s.score, 6)}
            for s in exchange.evidence
        ],
        "confidence": 1.0,
        "engine": "extractive",
        "generation": exchange.generation,
        "seconds": round(exchange.seconds, 6),
    }
    match reply:
        case Answer():
            record["kind"] = "answer"
            record["claims"] = [
                {"text": c.text, "citations": [citation_record(x) for x in c.citations]} for c in reply.claims
            ]
            record["checked"] = checked_record(reply.checked) if reply.checked else None
            record["confidence"] = round(reply.confidence, 4)
            record["engine"] = reply.engine
        case Abstention():
            record["kind"] = "abstention"
            record["reason"] = reply.reason
            record["notice"] = reply.notice
            record["topics"] = [topic_record(topic) for topic in reply.topics]
            record["confidence"] = round(reply.confidence, 4)
        case Urgent():
            record["urgency"] = reply.urgency
    return record
