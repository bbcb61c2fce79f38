"""Links that open a page at the quoted words (WICG "URL Fragment Text Directives").

A browser looks for `start`, or `start` and the nearest `end` after it, in any letter case; `prefix` must stand right
before `start` and may be in the block above. Each of them lies inside one block of the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias
from urllib.parse import quote as percent_encode

Span: TypeAlias = tuple[int, int]  # offsets into the body

_WORDS_AT_EDGE = 5  # of a long quote, only its first and last words are named
_SHORT = 8  # words; a quote up to this is named whole
_CONTEXT_WORDS = (3, 6, 12)  # before the quote, as few as make it the only place
_LONGER_EDGES = (5, 8, 12)  # words at the end, as few as do not stand earlier in the quote
_WORD = re.compile(r"(?<!\S)(?![-–—*+•#]+(?!\S))\S+")
_SPACES = re.compile(r"[ \t\r]+")
_LINE = re.compile(r"[^\n]+")
_BULLET = re.compile(r"^[ \t]*(?:[-*+•]|#{1,6})[ \t]+")


def link_to(page_url: str, *, body: str, start: int, end: int) -> str:
    """`page_url` with a text fragment for `body[start:end]`; words before it are named if it stands more than once."""
    spans = [_without_marker(body, (m.start() + start, m.end() + start)) for m in _LINE.finditer(body[start:end])]
    lines = [words for words in (_words(body, span) for span in spans) if words]
    if not lines:
        return page_url
    opening, closing = _edges(body, lines)
    prefix = _prefix(body, opening)
    directive = f"{_encode(body, prefix)}-," if prefix else ""
    directive += _encode(body, opening) + (f",{_encode(body, closing)}" if closing else "")
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
        if len(_places(body[opening[1] : closing[1]], body[closing[0] : closing[1]])) == 1:
            break
    return opening, closing


def _prefix(body: str, opening: Span) -> Span | None:
    """The fewest words before `opening` that tell it from other places; None where it is the only one."""
    if len(_places(body, body[slice(*opening)])) < 2:
        return None
    before = _words_before(body, opening[0])
    found = None
    for size in _CONTEXT_WORDS:
        if not before[-size:]:
            break
        found = before[-size:][0][0], before[-1][1]
        if len(_places(body, f"{body[slice(*found)]} {body[slice(*opening)]}")) < 2 or size >= len(before):
            break
    return found


def _words_before(body: str, start: int) -> Sequence[Span]:
    """The words of the same line before `start`, else those of the nearest line above that has any."""
    for line in reversed(list(_LINE.finditer(body, 0, start))):
        if words := _words(body, _without_marker(body, line.span())):
            return words
    return ()


def _places(body: str, phrase: str) -> Sequence[int]:
    """Where the words of `phrase` stand in `body`, as a browser compares them: case and white space aside."""
    words = [re.escape(word) for word in _WORD.findall(phrase)]
    between = r"\s+(?:[-–—*+•#]+\s+)*"
    return [match.start() for match in re.finditer(between.join(words), body, re.IGNORECASE)]


def _without_marker(body: str, span: Span) -> Span:
    marker = _BULLET.match(body[span[0] : span[1]])
    return (span[0] + marker.end(), span[1]) if marker else span


def _words(body: str, span: Span) -> Sequence[Span]:
    return [match.span() for match in _WORD.finditer(body, *span)]


def _encode(body: str, span: Span) -> str:
    # A hyphen, a comma and an ampersand mean something in a text directive, so they are written as codes.
    # A browser shows, and searches, a run of spaces as one.
    return percent_encode(_SPACES.sub(" ", body[span[0] : span[1]]), safe="").replace("-", "%2D")
