"""Owns putting the lines of printed pages together again: headings, paragraphs, lists, words cut at a line end."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

_BULLET = re.compile(r"(?:[•▪■◦‣●○\uf0b7\uf0a7·–—-]|o(?=\s))\s+")
_NUMBERED = re.compile(r"(?:\d{1,2}|[a-zæøå])[.)]\s+(?=\S)")
_PAGE_NUMBER = re.compile(r"(?:side|s\.)?\s*\d{1,4}(?:\s*(?:av|/|of)\s*\d{1,4})?", re.IGNORECASE)
# Helse- og omsorgstjenester, inn- og utland: the hyphen stands for the rest of a word.
_HALF_COMPOUND = re.compile(r"(?:og|eller|samt|til|og/eller)\b")
_CUT_WORD = re.compile(r"[a-zæøå]{2,}-$")
_END = re.compile(r"[.!?:;»”\")]$")
_LONGEST_HEADING = 120  # characters
_LARGER = 1.12  # times the size of the running text


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line with the size of most of its letters in points, and its height on the page."""

    text: str
    size: float
    bold: bool
    page: int
    height: float


def compose(lines: list[Line]) -> list[str]:
    """Blocks of Markdown from the lines of all pages in order, without what stands on every page."""
    lines = _without_margins(lines)
    if not lines:
        return []
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    running = sizes.most_common(1)[0][0]
    width = sorted(len(line.text) for line in lines)[int(len(lines) * 0.9)]
    levels = _levels(lines, running=running)
    step = _step(lines)
    blocks: list[str] = []
    last: Line | None = None
    for line in lines:
        level = _heading_level(line, levels=levels, running=running, spans=_spans_most(lines))
        _place(line, blocks=blocks, last=last, level=level, width=width, step=step)
        last = line
    return [block for block in blocks if block.strip("# ")]


def join(first: str, second: str) -> str:
    """Two printed lines as one; a word that was cut between them is whole again."""
    if _CUT_WORD.search(first) and second[:1].islower() and not _HALF_COMPOUND.match(second):
        return first[:-1] + second
    return (
        first + second
        if first.endswith(("-", "/")) and second[:1].isalpha() and not _HALF_COMPOUND.match(second)
        else f"{first} {second}"
    )


def _place(line: Line, *, blocks: list[str], last: Line | None, level: int, width: int, step: float) -> None:
    bullet = _BULLET.match(line.text)
    if level:
        same = (
            last is not None
            and last.size == line.size
            and last.bold == line.bold
            and 0 < last.height - line.height < 1.5 * line.size
        )
        if same and blocks and blocks[-1].startswith(f"{'#' * level} "):
            blocks[-1] = join(blocks[-1], line.text)
        else:
            blocks.append(f"{'#' * level} {line.text}")
        return
    item = f"- {line.text[bullet.end() :]}" if bullet else line.text
    opened = blocks[-1] if blocks and not blocks[-1].startswith("#") else None
    if opened is None or last is None:
        blocks.append(item)
    elif bullet or _NUMBERED.match(line.text):
        listed = opened.rpartition("\n")[2].startswith("- ") or _NUMBERED.match(opened.rpartition("\n")[2])
        if listed:
            blocks[-1] = f"{opened}\n{item}"
        else:
            blocks.append(item)
    elif _goes_on(last, line, width=width, step=step):
        blocks[-1] = join(opened, item)
    else:
        blocks.append(item)


def _goes_on(last: Line, line: Line, *, width: int, step: float) -> bool:
    """Whether `line` continues the paragraph or item of the line before it."""
    if abs(last.size - line.size) > 0.6:
        return False
    gap = last.height - line.height
    if last.page != line.page:
        return not _END.search(last.text) and (line.text[:1].islower() or len(last.text) > 0.8 * width)
    if gap > 1.35 * step and step > 0:
        return False
    return line.text[:1].islower() or (len(last.text) >= 0.7 * width) or last.text.endswith(("-", ","))


def _step(lines: list[Line]) -> float:
    """The commonest distance between two lines, in points; 0 for a single line."""
    gaps = Counter(
        round(first.height - second.height, 1)
        for first, second in pairwise(lines)
        if first.page == second.page and 2 < first.height - second.height < 60
    )
    return gaps.most_common(1)[0][0] if gaps else 0.0


def _levels(lines: list[Line], *, running: float) -> dict[float, int]:
    """The level of each size of type that is larger than the running text, the largest first."""
    larger = sorted(
        {line.size for line in lines if line.size >= _LARGER * running and len(line.text) <= _LONGEST_HEADING},
        reverse=True,
    )
    return {size: min(6, place + 1) for place, size in enumerate(larger)}


def _spans_most(lines: list[Line]) -> bool:
    return sum(line.bold for line in lines) > 0.3 * len(lines)


def _heading_level(line: Line, *, levels: dict[float, int], running: float, spans: bool) -> int:
    """The level of a heading line; 0 for running text."""
    if (
        len(line.text) > _LONGEST_HEADING
        or not any(character.isalpha() for character in line.text)
        or _BULLET.match(line.text)
    ):
        return 0
    if line.size in levels:
        return levels[line.size]
    alone = line.bold and not spans and abs(line.size - running) < 0.6
    return min(6, len(levels) + 1 + (not levels)) if alone and not re.search(r"[.;,:]$", line.text) else 0


def _without_margins(lines: list[Line]) -> list[Line]:
    """`lines` without page numbers and without what is repeated at the top or foot of the pages."""
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    edges: Counter[str] = Counter()
    for on_page in pages.values():
        edges.update({_shape(line) for line in (*on_page[:2], *on_page[-2:])})
    repeated = {shape for shape, count in edges.items() if count >= 3 and count > 0.5 * len(pages)}
    kept: list[Line] = []
    for on_page in pages.values():
        last = len(on_page) - 1
        for place, line in enumerate(on_page):
            edge = place < 2 or place > last - 2
            numbered = (place in (0, last)) and len(pages) > 1 and _PAGE_NUMBER.fullmatch(line.text)
            if not (edge and _shape(line) in repeated) and not numbered:
                kept.append(line)
    return kept


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "0", line.text)
