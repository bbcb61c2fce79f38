"""Where sentences and blocks begin and end, as offsets into the text they were found in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

BlockKind: TypeAlias = Literal["heading", "item", "prose"]

# Abbreviations that are followed by more of the same sentence; from Språkrådet's list of common abbreviations.
_ABBREVIATIONS = frozenset(
    [
        "adm",
        "adr",
        "ang",
        "ank",
        "art",
        "avd",
        "bl",
        "ca",
        "cand",
        "dir",
        "dr",
        "dvs",
        "eks",
        "evt",
        "fhv",
        "fig",
        "flg",
        "fmk",
        "frk",
        "gj",
        "hhv",
        "inkl",
        "instr",
        "int",
        "jf",
        "jfr",
        "kap",
        "kgl",
        "kl",
        "kr",
        "kst",
        "lic",
        "maks",
        "mag",
        "med",
        "min",
        "mht",
        "mill",
        "mnd",
        "moh",
        "mrd",
        "mva",
        "nr",
        "obs",
        "okt",
        "nov",
        "des",
        "jan",
        "feb",
        "mar",
        "apr",
        "aug",
        "sep",
        "sept",
        "o.l",
        "pga",
        "pkt",
        "pr",
        "prof",
        "pst",
        "red",
        "ref",
        "resp",
        "s",
        "sms",
        "st",
        "stk",
        "str",
        "tab",
        "tel",
        "temp",
        "tlf",
        "tsk",
        "ubf",
        "udat",
        "utg",
        "vedk",
        "vedl",
        "vg",
        "vha",
        "vol",
        "vs",
        "årg",
        "f.eks",
        "t.d",
        "m.a",
        "bl.a",
        "d.v.s",
        "o.a",
        "m.m",
        "m.v",
        "mv",
        "m.fl",
        "o.s.v",
        "osv",
        "f.o.m",
        "t.o.m",
        "m.h.t",
        "p.g.a",
        "i.f.m",
        "ifm",
        "o.fl",
    ]
)
# The ones that often end a sentence as well: a capital letter after them decides.
_MAY_END = frozenset(
    ["m.m", "mv", "m.v", "osv", "o.s.v", "o.l", "o.a", "m.fl", "mva", "pst", "mill", "mrd", "kr", "s", "stk", "o.fl"]
)
_STOP = re.compile(r"[.!?…]+[»”\"')\]]*(?=\s)")
_LAST_TOKEN = re.compile(r"[^\s(\[«“\"']+$")
_LONG_TOKEN = 60  # letters; what stands before a dot and is longer is no abbreviation
_SECTION_NUMBER = re.compile(r"§{1,2}\s*\d[\w-]*(?:\s[a-zæøå])?$")
_ORDINAL_FOLLOWERS = re.compile(
    r"\s+(?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember|ledd|punktum|juledag)\b"
)
_BULLET = re.compile(r"[ \t]*[-*+•][ \t]+")
_NUMBERED = re.compile(
    r"[ \t]*\(?(?:\d{1,2}|[a-zæøå])[.)][ \t]+(?!januar|februar|mars|april|mai|jun|jul|aug|sep|okt|nov|des)"
)
_HEADING = re.compile(r"#{1,6}[ \t]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading line, a list item or a paragraph; `start:end` leaves out markers and surrounding white space."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0  # 1 to 6 for a heading, else 0


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a Markdown text in order; a block ends at a blank line, a list marker or a heading."""
    opened: Block | None = None
    position = 0
    for line in text.splitlines(keepends=True):
        start, position = position, position + len(line)
        found = _line_block(line, offset=start)
        if opened and found and found.kind == "prose" and _continues(text, opened, found):
            opened = Block(opened.kind, opened.start, found.end)
            continue
        if opened:
            yield opened
        opened = found
        if found and found.kind == "heading":
            yield found
            opened = None
    if opened:
        yield opened


def _line_block(line: str, *, offset: int) -> Block | None:
    bare = line.strip()
    if not bare:
        return None
    heading = _HEADING.match(line)
    # A number or letter is part of what the list says, so only bullets are left out of the block.
    marker = heading or _BULLET.match(line)
    content = line[marker.end() :].strip() if marker else bare
    if not content:
        return None
    start = offset + line.index(content, marker.end() if marker else 0)
    level = len(heading.group().rstrip()) if heading else 0
    kind: BlockKind = "heading" if heading else "item" if marker or _NUMBERED.match(line) else "prose"
    return Block(kind, start, start + len(content), level)


def _continues(text: str, opened: Block, found: Block) -> bool:
    """Whether the line `found` goes on with `opened`: a soft line break, not a new statement."""
    return opened.kind != "heading" and text[found.start].islower() and text[opened.end - 1] not in ".!?:"


def sentence_spans(text: str, *, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Offsets of the sentences of one block `text[start:end]`, trimmed; together they hold all its words."""
    end = len(text) if end is None else end
    spans, begin = [], start
    for stop in _STOP.finditer(text, start, end):
        if _is_boundary(text, stop, begin=begin, end=end):
            spans.append((begin, stop.end()))
            begin = stop.end()
    spans.append((begin, end))
    return [trimmed for span in spans if (trimmed := _trim(text, span))]


def _trim(text: str, span: tuple[int, int]) -> tuple[int, int] | None:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _is_boundary(text: str, stop: re.Match[str], *, begin: int, end: int) -> bool:
    following = text[stop.end() : min(end, stop.end() + 20)]
    opening = following.lstrip().lstrip("«“\"'([–-")[:1]
    if not opening or opening.islower():
        return False
    if not stop.group().startswith(".") or len(stop.group().rstrip("»”\"')]")) > 1:
        return True
    before = text[begin : stop.start()]
    token = _LAST_TOKEN.search(before, max(0, len(before) - _LONG_TOKEN))
    return not _dot_belongs_to_word(
        before, token.group().lower() if token else "", following=following, opening=opening
    )


def _dot_belongs_to_word(before: str, token: str, *, following: str, opening: str) -> bool:
    if token in _ABBREVIATIONS:
        return not (token in _MAY_END and opening.isupper())
    if "§" in before and _SECTION_NUMBER.search(before):
        return True
    if token.isdigit() and len(token) <= 2:
        return bool(_ORDINAL_FOLLOWERS.match(following)) or not before[: -len(token)].strip()
    return len(token) == 1 and token.isalpha() and token not in "iåø"
