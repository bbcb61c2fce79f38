"""Owns what the second opinion on danger sees in a stretch of a message: words, parts of words, concepts, rules."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from helseassistent.answer.safety_rules import Reading
from helseassistent.answer.safety_text import Token

BUCKETS = 1 << 15
MAX_TOKENS = 60  # of one stretch
WHOLE = 50  # tokens; a longer message is judged in parts only
SHORT = 14  # tokens; a shorter one only as a whole
MAX_PIECE = 20  # tokens of one part of it
MAX_STRETCHES = 10
_NEAR = 3  # positions between two concepts that are counted as a pair


def features(
    words: Sequence[Token], *, reading: Reading, signs: Iterable[str], named: frozenset[str]
) -> tuple[int, ...]:
    """Sorted bucket numbers without repeats; `signs` are names of rules and guards, `named` the concepts that count."""
    texts = [token.text for token in words[:MAX_TOKENS]]
    found = [f"s {sign}" for sign in signs]
    found.append(f"q {any(token.asked for token in words)}")
    found += [f"1 {text}" for text in texts]
    found += [f"2 {first} {second}" for first, second in pairwise(texts)]
    found += [f"f {' '.join(texts[:n])}" for n in (1, 2)]
    for text in set(texts):
        found += _parts(text)
    found += _concepts(words[:MAX_TOKENS], reading=reading, named=named)
    return tuple(sorted({zlib.crc32(name.encode()) % BUCKETS for name in found}))


def _parts(text: str) -> list[str]:
    edged = f"<{text}>"
    return [f"p {edged[i : i + size]}" for size in (3, 4, 5) for i in range(len(edged) - size + 1)]


def _concepts(words: Sequence[Token], *, reading: Reading, named: frozenset[str]) -> list[str]:
    at: list[tuple[int, str]] = []
    inside = {token.position for token in words}
    for concept in named & reading.places.keys():
        at += [(place, concept) for place in reading.places[concept] if place in inside]
    at.sort()
    found = [f"c {concept}{'-' if place in reading.negated else ''}" for place, concept in at]
    for index, (place, concept) in enumerate(at):
        for later, other in at[index + 1 : index + 13]:
            if later - place > _NEAR:
                break
            if later > place:
                found.append(f"cc {concept} {other}")
    return found


def stretches(message: Sequence[Token], *, weight: Callable[[str], int]) -> list[Sequence[Token]]:
    """Sentences of `message` and pairs of neighbours, those with the heaviest words, a few; none of a short message."""
    if len(message) <= SHORT:
        return []
    pieces = _sentences(message)
    if len(pieces) == 1:
        return []
    heavy = {word: weight(word) for word in {token.text for token in message}}
    pairs = (first + second for first, second in pairwise(pieces))
    parts = {tuple(token.text for token in part): part for part in (*pieces, *pairs)}  # repeated ones once
    ranked = sorted(parts.values(), key=lambda part: -sum(heavy[token.text] for token in part) / (len(part) + 4))
    return [*ranked[:MAX_STRETCHES]]


def _sentences(message: Sequence[Token]) -> list[list[Token]]:
    pieces: list[list[Token]] = []
    for token in message:
        if not pieces or pieces[-1][-1].sentence != token.sentence or len(pieces[-1]) >= MAX_PIECE:
            pieces.append([])
        pieces[-1].append(token)
    return pieces
