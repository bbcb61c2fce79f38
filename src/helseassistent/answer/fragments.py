"""Links that open a page at the quoted words (WICG "URL Fragment Text Directives")."""

from __future__ import annotations

import re
from urllib.parse import quote as percent_encode

_WORDS_AT_EDGE = 5  # of a long quote, only its first and last words are named
_SHORT = 8  # words; a quote up to this is named whole
_CONTEXT_WORDS = 3
_WORD = re.compile(r"\S+")
_SPACES = re.compile(r"[ \t\r]+")
_LINE = re.compile(r"[^\n]+")
_BULLET = re.compile(r"^[ \t]*(?:[-*+•]|#{1,6})[ \t]+")


def link_to(page_url: str, *, body: str, start: int, end: int) -> str:
    """`page_url` with a text fragment for `body[start:end]`; words before it are named if it stands more than once."""
    lines = [(m.start() + start, m.end() + start) for m in _LINE.finditer(body[start:end])]
    lines = [line for line in (_without_marker(body, span) for span in lines) if body[line[0] : line[1]].strip()]
    if not lines:
        return page_url
    first, last = _words(body, lines[0]), _words(body, lines[-1])
    if len(lines) == 1 and len(first) <= _SHORT:
        opening, closing = _encode(body, first[0][0], first[-1][1]), ""
    else:
        head, tail = first[:_WORDS_AT_EDGE], last[-_WORDS_AT_EDGE:]
        if len(lines) == 1 and len(first) < 2 * _WORDS_AT_EDGE:
            head, tail = first[: len(first) // 2], first[len(first) // 2 :]
        opening = _encode(body, head[0][0], head[-1][1])
        closing = "," + _encode(body, tail[0][0], tail[-1][1])
    prefix = _prefix(body, lines[0][0]) if body.count(body[first[0][0] : first[:_WORDS_AT_EDGE][-1][1]]) > 1 else ""
    separator = ":~:" if "#" in page_url else "#:~:"
    return f"{page_url}{separator}text={prefix}{opening}{closing}"


def _without_marker(body: str, span: tuple[int, int]) -> tuple[int, int]:
    marker = _BULLET.match(body[span[0] : span[1]])
    return (span[0] + marker.end(), span[1]) if marker else span


def _words(body: str, span: tuple[int, int]) -> list[tuple[int, int]]:
    return [match.span() for match in _WORD.finditer(body, *span)]


def _encode(body: str, start: int, end: int) -> str:
    # A hyphen, a comma and an ampersand mean something in a text directive, so they are written as codes.
    # A browser shows, and searches, a run of spaces as one.
    return percent_encode(_SPACES.sub(" ", body[start:end]), safe="").replace("-", "%2D")


def _prefix(body: str, start: int) -> str:
    words = [match.span() for match in _WORD.finditer(body[max(0, start - 200) : start])]
    offset = max(0, start - 200)
    words = [(a + offset, b + offset) for a, b in words if not re.fullmatch(r"[-*+•#]+", body[a + offset : b + offset])]
    nearest = words[-_CONTEXT_WORDS:]
    line_start = body.rfind("\n", 0, start) + 1
    inside = [word for word in nearest if word[0] >= line_start] or nearest[-_CONTEXT_WORDS:]
    return _encode(body, inside[0][0], inside[-1][1]) + "-," if inside else ""
