"""What became of a logged reply: whether its own generation gives it again, whether it would be given now, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from helseassistent.reply import CitationRecord, ReplyRecord
from helseassistent.review.cases import Change, LoggedExchange, Quote
from helseassistent.review.findings import Difference, Outcome, Replay
from helseassistent.review.sources import Sources, looked_up
from helseassistent.types import Page


def searched_for(given: ReplyRecord) -> str:
    """The question to ask again: of a message that leaned on earlier ones, what was understood by it."""
    return given["understood"] or given["question"]


def replayed(
    exchange: LoggedExchange,
    given: ReplyRecord,
    *,
    again: ReplyRecord | None,
    now: ReplyRecord,
    now_threshold: float,
    pages: Mapping[str, Page],
) -> Replay:
    """The story of `given`: `again` is from its own generation, `now` from the current one, whose pages are `pages`."""
    sources = Sources(now["generation"], pages)
    quotes = tuple(_change(citation, sources=sources) for citation in _citations(given))
    differences = (
        *(difference for citation in _citations(given) for difference in _of_page(citation, sources=sources)),
        *_of_reply(given, now, pages=pages),
        *_of_program(exchange, given, again=again, now=now, now_threshold=now_threshold),
    )
    unique = tuple(dict.fromkeys(differences))
    return Replay(exchange, given, again, now, now_threshold, outcome_of(given, now), unique, quotes)


def outcome_of(given: ReplyRecord, now: ReplyRecord) -> Outcome:
    """What `now` is beside `given`; two replies are the same when they quote the same words of the same pages."""
    if now["kind"] == "urgent":
        return "urgent"
    if given["kind"] == "abstention":
        return "answered" if now["kind"] == "answer" else "same"
    if now["kind"] == "abstention":
        return "declined"
    if _said(given) == _said(now):
        return "same"
    return "reworded" if _files(given) == _files(now) else "other"


def is_reproduced(replay: Replay) -> bool | None:
    """Whether the reply's own generation gives it again; None when that is not kept any more."""
    return None if replay.again is None else outcome_of(replay.given, replay.again) == "same"


def _citations(record: ReplyRecord) -> Iterator[CitationRecord]:
    return (citation for claim in record["claims"] for citation in claim["citations"])


def _said(record: ReplyRecord) -> list[tuple[str, str]]:
    return sorted((citation["file"], citation["quote"]) for citation in _citations(record))


def _files(record: ReplyRecord) -> set[str]:
    return {citation["file"] for citation in _citations(record)}


def _quote(citation: CitationRecord) -> Quote:
    day = citation["last_updated"]
    place = (citation["file"], citation["start"], citation["end"], citation["quote"], citation["page_url"])
    return Quote(*place, citation["title"], citation["publisher"], date.fromisoformat(day) if day else None)


def _change(citation: CitationRecord, *, sources: Sources) -> Change:
    """The words as they were and what stands there now, which is the same when they stand."""
    found = looked_up(_quote(citation), sources)
    now = citation["quote"] if found.start is not None else found.now
    return Change(citation["file"], citation["quote"], now)


def _of_page(citation: CitationRecord, *, sources: Sources) -> Iterator[Difference]:
    file, page = citation["file"], sources.pages.get(citation["file"])
    if page is None:
        yield Difference("gone", file, citation["title"], "")
        return
    found = looked_up(_quote(citation), sources)
    if found.start is None:
        yield Difference("words", file, citation["quote"], found.now)
    elif found.start != citation["start"]:
        yield Difference("place", file, str(citation["start"]), str(found.start))
    if page.title != citation["title"]:
        yield Difference("title", file, citation["title"], page.title)
    if page.url != citation["page_url"]:
        yield Difference("address", file, citation["page_url"], page.url)
    if (updated := page.last_updated.isoformat() if page.last_updated else "") != (citation["last_updated"] or ""):
        yield Difference("date", file, citation["last_updated"] or "", updated)


def _of_reply(given: ReplyRecord, now: ReplyRecord, *, pages: Mapping[str, Page]) -> Iterator[Difference]:
    titles = {citation["file"]: citation["title"] for citation in (*_citations(given), *_citations(now))}
    left, come = sorted(_files(given) - _files(now)), sorted(_files(now) - _files(given))
    if come or (left and now["kind"] == "answer"):
        named = (", ".join(titles[file] for file in files) for files in (left, come))
        yield Difference("page", "", *named)


def _of_program(
    exchange: LoggedExchange,
    given: ReplyRecord,
    *,
    again: ReplyRecord | None,
    now: ReplyRecord,
    now_threshold: float,
) -> Iterator[Difference]:
    if exchange.threshold is not None and round(exchange.threshold, 4) != round(now_threshold, 4):
        yield Difference("threshold", "", _number(exchange.threshold), _number(now_threshold))
    if _number(given["confidence"]) != _number(now["confidence"]):
        yield Difference("confidence", "", _number(given["confidence"]), _number(now["confidence"]))
    if given["engine"] != now["engine"]:
        yield Difference("engine", "", given["engine"], now["engine"])
    if _checked(given) != _checked(now):
        yield Difference("checked", "", _checked(given), _checked(now))
    if again is not None and outcome_of(given, again) != "same":
        yield Difference("rules", "", "", "")


def _checked(record: ReplyRecord) -> str:
    """The day somebody checked the answer, as ISO 8601; empty when nobody did, or before such answers were."""
    checked = record.get("checked")
    return checked["date"] if checked else ""


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")
