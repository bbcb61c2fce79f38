"""Owns writing an element as Markdown: headings, lists, rows of tables and what accordions hold, in reading order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from helseassistent.ingest.parse.dom import (
    BLOCKS,
    Element,
    attribute,
    children,
    elements,
    flat_text,
    is_apart,
    read_text,
)
from helseassistent.ingest.parse.tables import is_data_table, rows_of

_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BREAK = "\x00"  # stands for <br> until white space is collapsed


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as written, and the id that a link to it can use; "" where there is none."""

    text: str
    anchor: str


@dataclass(slots=True)
class Written:
    """Blocks of Markdown in reading order, and their headings."""

    blocks: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    level: int = 1  # of the last heading that the page marks as one
    _line: list[str] = field(default_factory=list)

    @property
    def markdown(self) -> str:
        return "\n\n".join(self.blocks)

    def add(self, text: str | None) -> None:
        """More of the running line; blocks end it."""
        if text:
            self._line.append(text)

    def end(self) -> None:
        """Close the running line as a paragraph, if it says anything."""
        text = "".join(self._line)
        self._line.clear()
        lines = (_SPACE.sub(" ", line).strip(" ") for line in text.split(_BREAK))
        paragraph = "\n".join(line for line in lines if line.strip())
        if paragraph:
            self.blocks.append(paragraph)


def write(region: Element) -> Written:
    """`region` as Markdown."""
    written = Written()
    _children(region, written)
    written.end()
    return written


def _walk(element: Element, written: Written) -> None:
    tag = str(element.tag)
    if tag in _HEADINGS or (attribute(element, "role") == "heading" and tag not in BLOCKS - {"div", "p"}):
        _heading(element, written, level=_level(element))
    elif tag == "summary" or _is_opener(element):
        _opener(element, written)
    elif tag == "button":
        return
    elif tag == "br":
        written.add(_BREAK)
    elif tag in ("ul", "ol", "menu", "dir"):
        _list(element, written)
    elif tag == "table" and is_data_table(element):
        _table(element, written)
    elif tag == "pre":
        written.end()
        written.add((element.text or "").replace("\n", _BREAK))
        _children(element, written, text=False)
        written.end()
    elif tag in BLOCKS or tag == "hr":
        written.end()
        _children(element, written)
        written.end()
    else:
        _children(element, written)


def _children(element: Element, written: Written, *, text: bool = True) -> None:
    if text:
        written.add(element.text)
    for child in element:
        if isinstance(child.tag, str):
            if is_apart(child):
                written.add(" ")
            _walk(child, written)
        written.add(child.tail)


def _level(element: Element) -> int:
    given = attribute(element, "aria-level") or str(element.tag)[-1]
    return min(6, max(1, int(given))) if given.isascii() and given.isdigit() else 2


def _heading(element: Element, written: Written, *, level: int, marked: bool = True) -> None:
    written.end()
    text = read_text(element)
    if not text:
        return
    if len(text) > 300:  # a paragraph that was made large
        written.blocks.append(text)
        return
    if marked:
        written.level = level
    written.blocks.append(f"{'#' * level} {text}")
    written.headings.append(Heading(text, _anchor(element)))


def _is_opener(element: Element) -> bool:
    """Whether `element` is what one presses to open a part of the text."""
    if str(element.tag) not in ("button", "a") and attribute(element, "role") != "button":
        return False
    if element.get("aria-expanded") is None and not (element.get("aria-controls") and str(element.tag) == "button"):
        return False
    return len(flat_text(element)) > 2 and not any(True for _ in element.iterancestors(*_HEADINGS, "p"))


def _opener(element: Element, written: Written) -> None:
    inner = next(elements(element, *_HEADINGS), None)
    if inner is not None:
        _heading(inner, written, level=_level(inner))
    else:
        _heading(element, written, level=min(6, max(2, written.level + 1)), marked=False)


def _anchor(element: Element) -> str:
    """The id of the heading, of something in it, or of the box that it opens."""
    for found in elements(element):
        if name := attribute(found, "id") or (attribute(found, "name") if str(found.tag) == "a" else ""):
            return name
    before, parent = element.getprevious(), element.getparent()
    if before is not None and str(before.tag) == "a" and not flat_text(before):
        return attribute(before, "id") or attribute(before, "name")
    if parent is not None and before is None and str(parent.tag) in ("section", "div", "article", "header", "details"):
        return attribute(parent, "id")
    return ""


def _list(element: Element, written: Written) -> None:
    written.end()
    numbered = str(element.tag) == "ol"
    start = attribute(element, "start")
    number = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1
    lines: list[str] = []
    for child in children(element):
        part = Written(level=written.level)
        _children(child, part) if str(child.tag) == "li" else _walk(child, part)
        part.end()
        if not part.blocks:
            continue
        if part.headings or (len(part.blocks) > 3 and sum(map(len, part.blocks)) > 400):
            # Cards and long steps: what they hold is text of its own.
            _finish(lines, written)
            written.blocks += part.blocks
            written.headings += part.headings
        else:
            mark = f"{number}." if numbered else "-"
            lines.append(_item("\n".join(part.blocks), mark=mark))
        number += 1
    _finish(lines, written)


def _finish(lines: list[str], written: Written) -> None:
    if lines:
        written.blocks.append("\n".join(lines))
        lines.clear()


def _item(text: str, *, mark: str) -> str:
    first, *others = text.split("\n")
    return "\n".join([f"{mark} {first}", *(f"  {line}" for line in others)])


def _table(element: Element, written: Written) -> None:
    written.end()
    caption = next(elements(element, "caption"), None)
    if caption is not None and (title := read_text(caption)):
        written.blocks.append(title)
    rows = rows_of(element)
    if rows:
        written.blocks.append("\n".join(f"| {' | '.join(row)} |" for row in rows))
