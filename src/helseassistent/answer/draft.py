"""Owns reading a model's draft, piece by piece: claims with the passage and the exact words, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from helseassistent.answer.prompt import MOST_CLAIMS
from helseassistent.answer.verify import DraftClaim, DraftQuote
from helseassistent.types import PassageId

_LONGEST = {"text": 400, "quote": 700, "passage": 8}  # characters
_OPENING = re.compile(r"\s*(?:```(?:json)?\s*)?\{\s*\"claims\"\s*:\s*\[")
_BETWEEN = re.compile(r"[\s,]*")
_MOST_OPENING = 200  # characters before the list of claims
_DECODER = json.JSONDecoder()


def drafted_claims(pieces: Iterable[str], *, passages: Mapping[str, PassageId]) -> Iterator[DraftClaim]:
    """The claims as each is complete; one that is not of the right form ends the draft, for what follows is no better.

    A claim that names no known passage has the empty id, which nothing supports.
    """
    text, place, given = "", None, 0
    for piece in pieces:
        text += piece
        if place is None:
            opening = _OPENING.match(text)
            if opening is None and len(text) > _MOST_OPENING:
                return
            place = opening.end() if opening else None
        while place is not None and given < MOST_CLAIMS:
            found = _next_object(text, place)
            if found is None:
                break
            value, place = found
            claim = _claim(value, passages)
            if claim is None:
                return
            given += 1
            yield claim
        if given >= MOST_CLAIMS:
            return


def _next_object(text: str, place: int) -> tuple[object, int] | None:
    begin = _BETWEEN.match(text, place)
    start = begin.end() if begin else place
    if not text.startswith("{", start) or "}" not in text[start:]:
        return None
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None  # perhaps the rest of it is still to come


def _claim(value: object, passages: Mapping[str, PassageId]) -> DraftClaim | None:
    if not isinstance(value, dict) or set(value) != set(_LONGEST):
        return None
    parts = {name: part for name, part in value.items() if isinstance(part, str) and len(part) <= _LONGEST[name]}
    if len(parts) != len(value):
        return None
    return DraftClaim(
        " ".join(parts["text"].split()), (DraftQuote(passages.get(parts["passage"], ""), parts["quote"]),)
    )
