"""That the story of a reply says what became of it, and of the words it quoted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fakes import page
from helseassistent.reply import ReplyRecord
from helseassistent.review.cases import Change, LoggedExchange
from helseassistent.review.findings import Difference, Replay
from helseassistent.review.replay import is_reproduced, outcome_of, replayed, searched_for
from helseassistent.review.replay_words import story_lines, story_page
from helseassistent.types import Page
from review.fakes import DAY, entry

WORDS = "Røntgenavdelingen tar imot brudd."
BODY = f"# A\n\n# B\n{WORDS} Ring først."
EXCHANGE = LoggedExchange(
    *(1, "svar-en", DAY, "Kan legevakten ta røntgen?", "kan legevakten ta røntgen", "nb", "answer", None, None),
    *(0.8, 0.5, "g1", "extractive", 1),
)


def the_page(body: str = BODY, **changes: object) -> Page:
    same = replace(page("by/a.md", body), title="A", url="https://by.example/a", publisher="By", last_updated=DAY)
    return replace(same, **changes)  # type: ignore[arg-type]


def given(*quotes: str, file: str = "by/a.md", **changes: object) -> ReplyRecord:
    """A reply that quotes these words; an abstention without any."""
    record = entry("svar-en").reply
    (claim,) = record["claims"]
    (citation,) = claim["citations"]
    cited = [{**citation, "quote": words, "file": file, "start": BODY.find(words)} for words in quotes]
    kind = "answer" if quotes else "abstention"
    made = {"kind": kind, "claims": [{"text": words["quote"], "citations": [words]} for words in cited]}
    return {**record, **made, **changes}  # type: ignore[typeddict-item,return-value]


def story(now: ReplyRecord, *pages: Page, was: ReplyRecord | None = None, **changes: object) -> Replay:
    rest: dict[str, object] = {"again": was or given(WORDS), "now_threshold": 0.5} | changes
    found = {each.file: each for each in pages}
    return replayed(EXCHANGE, was or given(WORDS), now=now, pages=found, **rest)  # type: ignore[arg-type]


def test_a_reply_that_rests_on_what_stands_would_still_be_given() -> None:
    replay = story(given(WORDS), the_page())
    assert (replay.outcome, replay.differences, is_reproduced(replay)) == ("same", (), True)
    assert replay.quotes == (Change("by/a.md", WORDS, WORDS),)


def test_changed_words_stand_beside_the_old_ones() -> None:
    edited = "Røntgenavdelingen tar ikke imot brudd."
    replay = story(given(edited), the_page(BODY.replace(WORDS, edited)))
    assert replay.outcome == "reworded"
    assert replay.differences == (Difference("words", "by/a.md", WORDS, edited),)
    assert replay.quotes == (Change("by/a.md", WORDS, edited),)


def test_a_page_that_is_gone_is_said_to_be() -> None:
    replay = story(given())
    assert (replay.outcome, replay.differences) == ("declined", (Difference("gone", "by/a.md", "A", ""),))
    assert replay.quotes == (Change("by/a.md", WORDS, ""),)


def test_a_new_place_name_address_and_date_of_the_page_are_told() -> None:
    moved = the_page("Nytt her. " + BODY, title="AA", url="https://by.example/aa", last_updated=date(2026, 4, 3))
    kinds = {
        difference.kind: (difference.before, difference.now) for difference in story(given(WORDS), moved).differences
    }
    assert kinds == {
        "place": (str(BODY.find(WORDS)), str(BODY.find(WORDS) + 10)),
        "title": ("A", "AA"),
        "address": ("https://by.example/a", "https://by.example/aa"),
        "date": ("2026-03-01", "2026-04-03"),
    }


def test_another_page_threshold_confidence_and_engine_are_told() -> None:
    other = the_page("Annet.", file="by/b.md")
    now = given("Annet.", file="by/b.md", confidence=0.9, engine="modellen")
    replay = story(now, the_page(), other, now_threshold=0.55)
    assert replay.outcome == "other"
    assert {(difference.kind, difference.before, difference.now) for difference in replay.differences} == {
        ("page", "A", "A"),
        ("threshold", "0,50", "0,55"),
        ("confidence", "0,80", "0,90"),
        ("engine", "extractive", "modellen"),
    }


def test_a_reply_that_its_own_generation_gives_no_more_tells_of_the_program() -> None:
    replay = story(given(), the_page(), again=given())
    assert is_reproduced(replay) is False
    assert [difference.kind for difference in replay.differences] == ["rules"]
    assert is_reproduced(story(given(WORDS), the_page(), again=None)) is None


@pytest.mark.parametrize(
    ("was", "now", "outcome"),
    [
        (given(), given(), "same"),
        (given(), given(WORDS), "answered"),
        (given(WORDS), given(), "declined"),
        (given(WORDS), given(kind="urgent"), "urgent"),
        (given(WORDS, "Ring først."), given("Ring først.", WORDS), "same"),
    ],
)
def test_what_a_reply_is_beside_another(was: ReplyRecord, now: ReplyRecord, outcome: str) -> None:
    assert outcome_of(was, now) == outcome


def test_a_message_that_leaned_on_earlier_ones_is_asked_as_it_was_understood() -> None:
    assert searched_for(given(WORDS)) == "Kan legevakten ta røntgen?"
    assert searched_for(given(WORDS, understood="Hva koster røntgen?")) == "Hva koster røntgen?"


def test_the_story_is_told_in_plain_sentences() -> None:
    edited = "Røntgenavdelingen tar ikke imot brudd."
    lines = story_lines(story(given(edited), the_page(BODY.replace(WORDS, edited)), now_threshold=0.6))
    assert lines[0] == "1. mars 2026: Kan legevakten ta røntgen?"
    assert "Kan svaret lages på nytt? Ja. Generasjonen g1 gir det samme svaret igjen." in lines
    assert "- Terskelen for å svare var 0,50. Nå er den 0,60." in lines
    assert (f"  Før: {WORDS}" in lines, f"  Nå:  {edited}" in lines) == (True, True)


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"


def test_the_page_runs_nothing_that_anybody_wrote_and_fetches_nothing() -> None:
    cited = given(HOSTILE, page_url="")
    cited["claims"][0]["citations"][0].update({"page_url": "javascript:alert(1)", "title": HOSTILE})
    replay = story(given(HOSTILE), was={**cited, "text": HOSTILE, "understood": HOSTILE})
    html = story_page(replace(replay, exchange=replace(EXCHANGE, question=HOSTILE)), printed=DAY)
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html
    assert "49" not in html
    assert html.count("&lt;script&gt;") >= 5
    assert "src=" not in html.replace("&lt;img src=x", "")
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html


def test_the_page_has_both_wordings_and_why() -> None:
    edited = "Røntgenavdelingen tar ikke imot brudd."
    html = story_page(story(given(edited), the_page(BODY.replace(WORDS, edited))), printed=date(2026, 5, 2))
    assert f"<td>{WORDS}</td><td>{edited}</td>" in html
    assert "Assistenten svarte: sikkerheten var 0,80" in html
    assert "2. mai 2026" in html
