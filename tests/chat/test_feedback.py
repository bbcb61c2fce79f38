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
from chat.schema import violations
from helseassistent.chat.desk import BadRequestError
from helseassistent.chat.feedback import (
    REASONS,
    REPLY_ID,
    Feedback,
    FeedbackCounter,
    FeedbackListener,
    new_reply_id,
    parse_feedback,
)
from helseassistent.chat.strings import strings
from helseassistent.chat.view import ChatOptions, build_app
from helseassistent.chat.visitors import networks
from helseassistent.types import Exchange, Language

REPLY = new_reply_id()


def test_ids_of_replies_are_told_apart_and_none_looks_like_an_option() -> None:
    drawn = [new_reply_id() for _ in range(5_000)]  # one in 64 would begin with a dash by chance
    assert len(set(drawn)) == 5_000
    assert all(re.fullmatch(REPLY_ID, reply) for reply in drawn)
    assert not [reply for reply in drawn if reply.startswith("-")]


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
    answer: dict[str, str] = httpx.post(f"{site}/message", json={"turns": [question], "turn": 1}, timeout=30).json()
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


def test_a_reply_of_the_api_and_what_is_thought_of_it_reach_the_listener_under_one_id(listened: str) -> None:
    question = {"question": "Får barn og unge gratis tannlege?"}
    record = httpx.post(f"{listened}/api/ask", json=question).json()
    response = httpx.post(f"{listened}/api/feedback", json={"reply": record["id"], "helpful": True})

    assert response.status_code == 204
    assert NOTEBOOK.replies[record["id"]].question == question["question"]
    assert NOTEBOOK.heard[-1] == Feedback(record["id"], True, None)
    assert httpx.post(f"{listened}/api/ask", json=question).json()["id"] != record["id"]


def test_a_reply_about_danger_waits_for_no_listener_and_is_told_all_the_same() -> None:
    gate, told = threading.Event(), threading.Event()

    class Slow(Notebook):
        def replied(self, reply: str, exchange: Exchange) -> None:
            gate.wait(timeout=20)
            super().replied(reply, exchange)
            told.set()

    listener = Slow()
    for site in served(build_app(fakes.edition, fakes.numbers(), listener=listener)):
        record = httpx.post(f"{site}/api/ask", json={"question": "Hva gjør man ved hjertestans?"}).json()
        assert record["kind"] == "urgent"
        assert listener.replies == {}
        gate.set()
        assert told.wait(timeout=10)
        assert listener.replies[record["id"]].question == record["question"]


def test_judgements_from_one_address_are_limited_by_themselves_and_others_are_heard() -> None:
    notebook = Notebook()
    options = ChatOptions(per_minute=3, trusted=networks("127.0.0.0/8"))
    for site in served(build_app(fakes.edition, fakes.numbers(), options, listener=notebook)):
        with httpx.Client(base_url=site, timeout=30) as client:

            def judge(address: str, client: httpx.Client = client) -> httpx.Response:
                body = {"reply": new_reply_id(), "helpful": True}
                return client.post("/api/feedback", json=body, headers={"X-Forwarded-For": address})

            answers = [judge("192.0.2.1") for _ in range(5)]
            assert [answer.status_code for answer in answers] == [204] * 3 + [429] * 2
            assert 0 < int(answers[-1].headers["retry-after"]) <= 20
            assert answers[-1].json()["error"].startswith(strings("nb").api["feedback_limited"])
            assert judge("192.0.2.2").status_code == 204
            asked_still = {"question": "Får barn og unge gratis tannlege?"}
            answer = client.post("/api/ask", json=asked_still, headers={"X-Forwarded-For": "192.0.2.1"})
            assert answer.status_code == 200
    assert len(notebook.heard) == 4


def test_the_description_is_true_of_what_is_heard(listened: str) -> None:
    described = httpx.get(f"{listened}/openapi.json").json()
    schema = described["components"]["schemas"]["Feedback"]
    operation = described["paths"]["/api/feedback"]["post"]
    for example in operation["requestBody"]["content"]["application/json"]["examples"].values():
        assert violations(example["value"], schema) == []
        answer = httpx.post(f"{listened}/api/feedback", json=example["value"])
        assert str(answer.status_code) in operation["responses"]
        assert answer.status_code == 204
    for wrong in ({}, {"reply": "kort", "helpful": True}, {"reply": REPLY}, {"reply": REPLY, "helpful": "ja"}):
        assert violations(wrong, schema)
        assert httpx.post(f"{listened}/api/feedback", json=wrong).status_code == 400
    assert {"400", "413", "429", "500"} <= operation["responses"].keys()


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
