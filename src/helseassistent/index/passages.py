"""Cutting a page into passages along its headings, with exact offsets into the page's body."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from helseassistent.text.characters import fold
from helseassistent.text.sentences import Block, blocks, sentence_spans
from helseassistent.types import Page, Passage

TARGET_WORDS = 110  # a passage is closed once it holds this many (RETRIEVAL.md measured about 110)
MOST_WORDS = 160  # a single block longer than this is cut between sentences
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Section:
    headings: tuple[str, ...]
    blocks: tuple[Block, ...]


def cut(page: Page) -> list[Passage]:
    """The passages of `page` in reading order; they never overlap and never cross a heading."""
    seen: Counter[str] = Counter()
    passages = []
    for section in _sections(page):
        for start, end in _spans(page.body, section.blocks):
            passages.append(_passage(page, (start, end), headings=section.headings, seen=seen))
    return passages or [_passage(page, _whole(page.body), headings=(), seen=seen)]


def context_of(passage: Passage) -> str:
    """Title and headings as one line: what a reader of the passage has already seen."""
    return ". ".join(part.rstrip(".") for part in (passage.title, *passage.headings))


def embedded_text(passage: Passage) -> str:
    """What the encoder sees of a passage: "title. heading. text"."""
    return f"{context_of(passage)}. {passage.text}"


def _passage(page: Page, span: tuple[int, int], *, headings: tuple[str, ...], seen: Counter[str]) -> Passage:
    text = page.body[span[0] : span[1]]
    digest = hashlib.sha256("\0".join((page.file, page.title, *headings, text)).encode()).hexdigest()[:20]
    seen[digest] += 1
    identity = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return Passage(identity, page.file, page.title, headings, text, span[0], span[1])


def _whole(body: str) -> tuple[int, int]:
    start = len(body) - len(body.lstrip())
    return start, max(start, len(body.rstrip()))


def _sections(page: Page) -> Iterator[_Section]:
    path: list[tuple[int, str]] = []
    gathered: list[Block] = []
    for block in blocks(page.body):
        if block.kind != "heading":
            gathered.append(block)
            continue
        if gathered:
            yield _Section(_names(path, title=page.title), tuple(gathered))
            gathered = []
        path = [step for step in path if step[0] < block.level]
        path.append((block.level, " ".join(page.body[block.start : block.end].split())))
    if gathered:
        yield _Section(_names(path, title=page.title), tuple(gathered))


def _names(path: Sequence[tuple[int, str]], *, title: str) -> tuple[str, ...]:
    return tuple(name for _, name in path if fold(name) != fold(title))


def _spans(body: str, section: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """Pack blocks into spans of about TARGET_WORDS; a lead-in stays with the first items of its list."""
    opened: list[Block] = []
    size = 0
    for block, words in _small_blocks(body, section):
        full = size >= TARGET_WORDS or size + words > MOST_WORDS
        if opened and full and not _is_lead_in(body, opened[-1]):
            yield opened[0].start, opened[-1].end
            opened, size = [], 0
        opened.append(block)
        size += words
    if opened:
        yield opened[0].start, opened[-1].end


def _small_blocks(body: str, section: Sequence[Block]) -> Iterator[tuple[Block, int]]:
    """The blocks with their number of words, the long ones cut."""
    for block in section:
        words = _words(body, block)
        if words <= MOST_WORDS:
            yield block, words
            continue
        opened: tuple[int, int] | None = None
        for start, end in _pieces(body, block):
            if opened and len(body[opened[0] : end].split()) > TARGET_WORDS:
                yield _part(body, block, span=opened)
                opened = None
            opened = (opened[0] if opened else start, end)
        if opened:
            yield _part(body, block, span=opened)


def _part(body: str, block: Block, *, span: tuple[int, int]) -> tuple[Block, int]:
    part = replace(block, start=span[0], end=span[1])
    return part, _words(body, part)


def _pieces(body: str, block: Block) -> Iterator[tuple[int, int]]:
    """The sentences of a block; a "sentence" past MOST_WORDS, a table say, is cut after every TARGET_WORDS words."""
    for start, end in sentence_spans(body, start=block.start, end=block.end):
        words = [match.span() for match in _WORD.finditer(body, start, end)]
        if len(words) <= MOST_WORDS:
            yield start, end
            continue
        for first in range(0, len(words), TARGET_WORDS):
            yield words[first][0], words[min(first + TARGET_WORDS, len(words)) - 1][1]


def _is_lead_in(body: str, block: Block) -> bool:
    return body[block.start : block.end].endswith(":")


def _words(body: str, block: Block) -> int:
    return len(body[block.start : block.end].split())
