"""The OpenAPI description of the service, made from the types of the reply record, so that it cannot lag behind."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints, is_typeddict

from helseassistent.chat.counter import GivenReply
from helseassistent.chat.feedback import REASONS, REPLY_ID
from helseassistent.chat.strings import Strings

Schema: TypeAlias = dict[str, Any]
_SCALARS: Mapping[object, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}
_STATUSES = {400: "bad_request", 403: "cross_origin", 413: "too_large", 429: "limited", 500: "failed", 503: "closed"}

_EXAMPLE_ID = "bOxTqvZjGvRy9N1dK0aXQw"


def schema_of(kind: object) -> Schema:
    """The JSON Schema of a TypedDict, a Literal, a union, a list or a scalar.

    Raises: TypeError for any other type.
    """
    if kind in _SCALARS:
        return {"type": _SCALARS[kind]}
    if isinstance(kind, type) and is_typeddict(kind):
        fields = get_type_hints(kind)
        return {
            "type": "object",
            "properties": {name: schema_of(hint) for name, hint in fields.items()},
            "required": list(fields),
            "additionalProperties": False,
        }
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": schema_of(arguments[0])}
    if origin in (Union, types.UnionType):
        return {"anyOf": [{"type": "null"} if part is type(None) else schema_of(part) for part in arguments]}
    raise TypeError(f"{kind!r} has no JSON Schema here")


def question_schema() -> Schema:
    """What the body of a question holds; `chat.desk.parse_question` is the judge."""
    text: Schema = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            "question": text,
            "turns": {"anyOf": [{"type": "array", "items": text, "minItems": 1}, {"type": "null"}]},
            "lang": {"enum": ["nb", "nn", "", None]},
        },
        "anyOf": [{"required": ["question"]}, {"required": ["turns"]}],
    }


def feedback_schema() -> Schema:
    """What the body of a judgement holds; `chat.feedback.parse_feedback` is the judge."""
    return {
        "type": "object",
        "properties": {
            "reply": {"type": "string", "pattern": f"^{REPLY_ID}$"},
            "helpful": {"type": "boolean"},
            "reason": {"enum": [*REASONS, None]},
        },
        "required": ["reply", "helpful"],
    }


def describe(words: Strings, *, root_path: str) -> Schema:
    """The whole description, OpenAPI 3.1, with its explanations in the words of `words`."""
    told = words.described
    return {
        "openapi": "3.1.0",
        "info": {"title": words.title, "description": words.tagline, "version": "1"},
        "servers": [{"url": root_path or "/"}],
        "paths": {
            "/api/ask": {"post": _asking(words)},
            "/api/feedback": {"post": _judging(told)},
            "/helse": _plain("alive", told["alive"]),
            "/klar": _plain("ready", told["ready"], unready=told["closed"]),
        },
        "components": {
            "schemas": {
                "Question": question_schema(),
                "Reply": schema_of(GivenReply),
                "Feedback": feedback_schema(),
                "Error": {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]},
            }
        },
    }


def _asking(words: Strings) -> Schema:
    told, examples = words.described, words.examples
    asked = {
        "question": {"value": {"question": examples[0]}},
        "conversation": {"value": {"turns": list(examples[:2]), "lang": "nn"}},
    }
    given = _json(_reference("Reply"), example=_example(examples[0]))
    return {
        "operationId": "ask",
        "summary": told["ask"],
        "requestBody": {"required": True, "content": _json(_reference("Question"), examples=asked)},
        "responses": {"200": {"description": told["reply"], "content": given}, **_refusals(_STATUSES, told)},
    }


def _judging(told: Mapping[str, str]) -> Schema:
    judged = {
        "helpful": {"value": {"reply": _EXAMPLE_ID, "helpful": True}},
        "not_helpful": {"value": {"reply": _EXAMPLE_ID, "helpful": False, "reason": REASONS[0]}},
    }
    statuses = {status: key for status, key in _STATUSES.items() if status != 503} | {429: "feedback_limited"}
    return {
        "operationId": "feedback",
        "summary": told["feedback"],
        "requestBody": {"required": True, "content": _json(_reference("Feedback"), examples=judged)},
        "responses": {"204": {"description": told["feedback_heard"]}, **_refusals(statuses, told)},
    }


def _refusals(statuses: Mapping[int, str], told: Mapping[str, str]) -> Schema:
    refusals: Schema = {
        str(status): {"description": told[key], "content": _json(_reference("Error"))}
        for status, key in statuses.items()
    }
    for status in refusals.keys() & {"429", "503"}:
        refusals[status]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": told["retry"]}}
    return refusals


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Schema, **more: object) -> Schema:
    return {"application/json": {"schema": schema, **more}}


def _plain(name: str, summary: str, *, unready: str | None = None) -> Schema:
    text = {"text/plain": {"schema": {"type": "string"}}}
    responses = {"200": {"description": summary, "content": text}}
    if unready:
        responses["503"] = {"description": unready, "content": text}
    return {"get": {"operationId": name, "summary": summary, "responses": responses}}


def _example(question: str) -> GivenReply:
    return {
        "id": _EXAMPLE_ID,
        "kind": "abstention",
        "question": question,
        "understood": None,
        "removed": [],
        "lang": "nb",
        "text": "…",
        "claims": [],
        "checked": None,
        "reason": "near_miss",
        "notice": None,
        "urgency": None,
        "caution": False,
        "topics": [{"page_url": "https://kommunen.example/side", "title": "…", "section": "…", "covers": []}],
        "more": [],
        "next_questions": [],
        "searched_also": [],
        "evidence": [{"file": "kommunen/side.md", "start": 0, "end": 120, "score": 0.71}],
        "confidence": 0.31,
        "engine": "extractive",
        "generation": "ae30f1411652",
        "seconds": 0.04,
    }
