"""What a request must hold."""

from __future__ import annotations

import pytest

from helseassistent.chat.desk import BadRequestError, Question, parse_json, parse_question


@pytest.mark.parametrize(
    ("value", "question"),
    [
        ({"question": "a"}, Question(("a",), None)),
        ({"question": "a", "lang": "nn"}, Question(("a",), "nn")),
        ({"question": "a", "lang": ""}, Question(("a",), None)),
        ({"turns": ["a", "b"], "question": "c"}, Question(("a", "b"), None)),
        ({"turns": None, "question": "c"}, Question(("c",), None)),
        ({"question": ""}, Question(("",), None)),
        ({"question": "a\ud800"}, Question(("a?",), None)),
    ],
)
def test_a_question_or_a_conversation_is_taken(value: object, question: Question) -> None:
    assert parse_question(value) == question


def test_only_the_last_turns_of_a_long_conversation_are_kept() -> None:
    assert parse_question({"turns": [str(n) for n in range(50)]}).turns == tuple(str(n) for n in range(40, 50))


@pytest.mark.parametrize(
    "value",
    [None, [], "a", 1, {}, {"turns": []}, {"turns": [None]}, {"question": 1}, {"question": "a", "lang": ["nb"]}],
)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(BadRequestError):
        parse_question(value)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 100 + b"1" + b"}" * 100, b"NaN!"])
def test_what_is_not_shallow_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequestError):
        parse_json(body)
