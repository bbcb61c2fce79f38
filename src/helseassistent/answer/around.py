"""Owns what stands around a quote: the whole sentences it is taken from, and the line that leads in to them."""

from __future__ import annotations

from functools import lru_cache

from helseassistent.text.sentences import Block, blocks, sentence_spans


def around(text: str, start: int, end: int) -> str:
    """The sentences of `text` that `start:end` touches, after the line that opens their list if they are in one."""
    found = [block for block in _blocks(text) if block.start < end and block.end > start]
    parts = [_lead_in(text, found[0])] if found else []
    for block in found:
        spans = sentence_spans(text, start=block.start, end=block.end)
        parts += [text[a:b] for a, b in spans if a < end and b > start]
    return " ".join(part for part in parts if part)


def _lead_in(text: str, block: Block) -> str:
    for before in reversed([other for other in _blocks(text) if other.end <= block.start]):
        line = text[before.start : before.end]
        if line.endswith(":"):
            return line
        if before.kind == "heading" or (before.kind == "prose" and line.endswith((".", "!", "?"))):
            return ""
    return ""


@lru_cache(maxsize=200)
def _blocks(text: str) -> tuple[Block, ...]:
    return tuple(blocks(text))
