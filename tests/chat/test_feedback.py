"""What people think of a reply: what is taken in, what is counted, and that nothing else is kept."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator

import httpx
import pytest

from chat import fakes
from chat.conftest import served
from helseassistent.chat.desk import BadRequestError
from helseassistent.chat.feedback import (
    REASONS,
    Feedback,
    FeedbackCounter,
    FeedbackListener,
    new_reply_id,
    parse_feedback,
)
from helseassistent.chat.strings import strings
from helseassistent.chat.view import build_app
from helseassistent.types import Exchange, Language

REPLY = new_reply_id()


class Notebook:
    """A listener that writes everything down."""

    def __init__(self) -> None:
        self.replies: dict[str, Exchange] = {}
        self.heard: list[Feedback] = []

    def replied(self, reply: str, exchange: Exchange) -> None:
        self.replies[reply] = exchange

    def hear(self, feedback: Feedback) -> None:
        self.heard.append(feedback)


NOTEBOOK = Notebook()


@pytest.fixture(scope="module")
def listened() -> Iterator[str]:
    listener: FeedbackListener = NOTEBOOK
    yield from served(build_app(fakes.edition, fakes.numbers(), listener=listener))


def asked(site: str, question: str) -> dict[str, str]:
    """The reply as the page gets it."""
    page = httpx.get(site, timeout=30).text
    component = re.search(r'"id":\s*(\d+),\s*"type":\s*"html"', page)
    assert component, "the page names its one component"
    payload = {
        "data": {"turns": [question], "turn": 1},
        "component_id": int(component[1]),
        "fn_name": "message",
        "session_hash": "s",
    }
    answer: dict[str, str] = httpx.post(f"{site}/gradio_api/component_server", json=payload, timeout=30).json()
    return answer


def test_a_reply_of_the_page_and_what_is_thought_of_it_reach_the_listener_under_one_id(listened: str) -> None:
    html = asked(listened, "Hvilke prøver kan legevakten analysere?")["html"]
    found = re.search(r'data-reply="([\w-]+)"', html)
    assert found
    response = httpx.post(
        f"{listened}/api/feedback", json={"reply": found[1], "helpful": False, "reason": "wrong_source"}
    )

    assert response.status_code == 204
    assert response.content == b""
    assert NOTEBOOK.replies[found[1]].question == "Hvilke prøver kan legevakten analysere?"
    assert NOTEBOOK.heard[-1] == Feedback(found[1], False, "wrong_source")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"helpful": true}',
        b'{"reply": "abcdefgh"}',
        b'{"reply": "abcdefgh", "helpful": "ja"}',
        b'{"reply": "abcdefgh", "helpful": 1}',
        b'{"reply": "kort", "helpful": true}',
        b'{"reply": "../../../etc/passwd", "helpful": true}',
        b'{"reply": "' + b"a" * 65 + b'", "helpful": true}',
        b'{"reply": "abcdefgh", "helpful": false, "reason": "fordi"}',
        b'{"reply": "abcdefgh", "helpful": false, "reason": ["wrong"]}',
        b'{"reply": "abcdefgh", "helpful": true, "reason": "wrong"}',
    ],
)
def test_what_is_no_feedback_is_refused_with_one_sentence_and_never_heard(listened: str, body: bytes) -> None:
    before = len(NOTEBOOK.heard)
    response = httpx.post(f"{listened}/api/feedback", content=body)

    assert response.status_code == 400
    assert response.json()["error"] in (strings("nb").api["bad_feedback"], strings("nb").api["bad_json"])
    assert len(NOTEBOOK.heard) == before


def test_a_body_that_is_too_large_is_refused(listened: str) -> None:
    assert httpx.post(f"{listened}/api/feedback", content=b" " * 100_000).status_code == 413


def test_text_that_comes_along_is_not_handed_on() -> None:
    body = json.dumps({"reply": REPLY, "helpful": False, "reason": "other", "comment": "jeg heter Kari"})

    assert parse_feedback(json.loads(body)) == Feedback(REPLY, False, "other")


def test_a_reason_that_is_unknown_is_refused() -> None:
    with pytest.raises(BadRequestError):
        parse_feedback({"reply": REPLY, "helpful": False, "reason": ""})


def test_a_changed_mind_counts_once() -> None:
    counter = FeedbackCounter()
    for verdict in (Feedback(REPLY, True, None), Feedback(REPLY, False, None), Feedback(REPLY, False, "missing")):
        counter.hear(verdict)
    counter.hear(Feedback(new_reply_id(), True, None))

    assert counter.counts() == {(False, "missing"): 1, (True, None): 1}


def test_verdicts_from_many_threads_are_all_counted() -> None:
    counter = FeedbackCounter()

    def many() -> None:
        for _ in range(200):
            counter.hear(Feedback(new_reply_id(), False, "outdated"))

    threads = [threading.Thread(target=many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert counter.counts() == {(False, "outdated"): 1600}


def test_the_counter_keeps_no_more_replies_than_it_must() -> None:
    counter = FeedbackCounter()
    for _ in range(10_050):
        counter.hear(Feedback(new_reply_id(), True, None))

    assert counter.counts() == {(True, None): 10_050}
    assert len(counter._last) == 10_000


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_every_reason_has_its_words(language: Language) -> None:
    assert tuple(strings(language).feedback_reasons) == REASONS
