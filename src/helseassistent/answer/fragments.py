"""Links that open a page at the quoted words (WICG "URL Fragment Text Directives").

A browser looks for `start`, or `start` and the nearest `end` after it, in any letter case; `prefix` must stand right
before `start` and may be in the block above, `suffix` right after and in the block below. Each lies inside one block.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import quote as percent_encode

Span: TypeAlias = tuple[int, int]  # offsets into the body

_WORDS_AT_EDGE = 5  # of a long quote, only its first and last words are named
_SHORT = 8  # words; a quote up to this is named whole
_CONTEXT_WORDS = (3, 6, 12, 24, 48)  # before or after the quote, as few as make it the only place
_LONGER_EDGES = (5, 8, 12)  # words at the end, as few as do not stand earlier in the quote
_BULLETS = "-–—*+•#"  # alone between spaces, they are no words
_WORD = re.compile(rf"(?<!\S)(?![{_BULLETS}]+(?!\S))\S+")
_SPACES = re.compile(r"[ \t\r]+")
_LINE = re.compile(r"[^\n]+")
_BULLET = re.compile(r"^[ \t]*(?:[-*+•]|#{1,6})[ \t]+")


def link_to(page_url: str, *, body: str, start: int, end: int) -> str:
    """`page_url` with a text fragment for `body[start:end]`; words around it are named if it stands more than once."""
    spans = [_without_marker(body, (m.start() + start, m.end() + start)) for m in _LINE.finditer(body[start:end])]
    lines = [words for words in (_words(body, span) for span in spans) if words]
    if not lines:
        return page_url
    opening, closing = _edges(body, lines)
    prefix, suffix = _prefix(body, opening), None
    if not _is_alone(body, prefix, opening):
        # Lists and notes that stand twice with the same words before them: name the whole first line, and what follows.
        opening, closing = (lines[0][0][0], lines[0][-1][1]), closing if len(lines) > 1 else None
        prefix = _prefix(body, opening)
        suffix = None if closing or _is_alone(body, prefix, opening) else _suffix(body, prefix, opening)
    directive = f"{_encode(body, prefix)}-," if prefix else ""
    directive += _encode(body, opening) + (f",{_encode(body, closing)}" if closing else "")
    directive += f",-{_encode(body, suffix)}" if suffix else ""
    return f"{page_url}{':~:' if '#' in page_url else '#:~:'}text={directive}"


def _edges(body: str, lines: Sequence[Sequence[Span]]) -> tuple[Span, Span | None]:
    first, last = lines[0], lines[-1]
    if len(lines) == 1 and len(first) <= _SHORT:
        return (first[0][0], first[-1][1]), None
    head, room = first[:_WORDS_AT_EDGE], last
    if len(lines) == 1:
        head = head if len(first) >= 2 * _WORDS_AT_EDGE else first[: len(first) // 2]
        room = first[len(head) :]
    opening = head[0][0], head[-1][1]
    for size in _LONGER_EDGES:
        tail = room[-size:]
        closing = tail[0][0], tail[-1][1]
        if _times(body[opening[1] : closing[1]], body[closing[0] : closing[1]]) == 1:
            break
    return opening, closing


def _prefix(body: str, opening: Span) -> Span | None:
    """The fewest words before `opening` that tell it from other places; None where it is the only one."""
    if _is_alone(body, opening):
        return None
    before = _words_before(body, opening[0])
    choices = [before[-size:] for size in _CONTEXT_WORDS if before]
    return _fewest([(words[0][0], words[-1][1]) for words in choices], lambda span: _is_alone(body, span, opening))


def _suffix(body: str, prefix: Span | None, opening: Span) -> Span | None:
    """The fewest words after `opening` that tell it, with those before it, from other places."""
    after = _words_after(body, opening[1])
    choices = [after[:size] for size in _CONTEXT_WORDS if after]
    return _fewest(
        [(words[0][0], words[-1][1]) for words in choices], lambda span: _is_alone(body, prefix, opening, span)
    )


def _fewest(choices: Sequence[Span], enough: Callable[[Span], bool]) -> Span | None:
    """The first of `choices` that is enough, else the longest; None of none."""
    return next((span for span in choices if enough(span)), choices[-1] if choices else None)


def _is_alone(body: str, *spans: Span | None) -> bool:
    """Whether the words of `spans`, one after the other, stand in one place only."""
    return _times(body, " ".join(body[slice(*span)] for span in spans if span)) < 2


def _words_before(body: str, start: int) -> Sequence[Span]:
    """The words of the same line before `start`, else those of the nearest line above that has any."""
    for line in reversed(list(_LINE.finditer(body, 0, start))):
        if words := _words(body, _without_marker(body, line.span())):
            return words
    return ()


def _words_after(body: str, end: int) -> Sequence[Span]:
    """The words of the same line after `end`, else those of the nearest line below that has any."""
    for line in _LINE.finditer(body, end):
        if words := _words(body, _without_marker(body, line.span())):
            return words
    return ()


def _times(body: str, phrase: str) -> int:
    """How often the words of `phrase` stand in `body`, as a browser compares them: case and white space aside."""
    return _plain(body).count(_plain(phrase))


@lru_cache(maxsize=500)
def _plain(text: str) -> str:
    """In small letters, one space between two words, without bullets."""
    return " ".join(word for word in text.lower().split() if word.strip(_BULLETS))


def _without_marker(body: str, span: Span) -> Span:
    marker = _BULLET.match(body[span[0] : span[1]])
    return (span[0] + marker.end(), span[1]) if marker else span


def _words(body: str, span: Span) -> Sequence[Span]:
    return [match.span() for match in _WORD.finditer(body, *span)]


def _encode(body: str, span: Span) -> str:
    # A hyphen, a comma and an ampersand mean something in a text directive, so they are written as codes.
    # A browser shows, and searches, a run of spaces as one.
    return percent_encode(_SPACES.sub(" ", body[span[0] : span[1]]), safe="").replace("-", "%2D")
