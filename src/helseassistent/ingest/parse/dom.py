"""Owns reading HTML into a tree that can be walked without fear, and the small questions asked of its elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree

from helseassistent.ingest.parse.names import names

Element: TypeAlias = etree._Element

_BOXED = frozenset(["span", "a", "label", "time"])
_SMALL = 10_000  # bytes
DEEPEST = 200  # elements inside each other; people's pages stay below 60
_SPACE = re.compile(r"[ \t\r\n\f]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NAME = re.compile(r"[^\W_]+", re.UNICODE)
_CAMEL = re.compile(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])")

BLOCKS = frozenset(names("tags", "blocks"))


class TooDeepError(ValueError):
    """A tree is nested deeper than any page that people read."""


def read_tree(source: str) -> Element | None:
    """The root element of `source` without comments; None where no element can be read.

    Raises:
        TooDeepError: if elements lie more than `DEEPEST` inside each other.
        MemoryError: if the tree needs more memory than there is.
    """
    # Bytes, since lxml refuses text that declares a character set.
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True, recover=True
    )
    content = _CONTROL.sub("", source).encode("utf-8", "replace")
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        # A parser that recovers raises this for an empty text, and where it could get no more memory.
        if len(content) > _SMALL:
            raise MemoryError from error
        return None
    if root is None:
        return None
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise TooDeepError
    return root


def elements(root: Element, *tags: str) -> Iterator[Element]:
    """The elements below and including `root` in reading order, of `tags` or of all."""
    found: Iterator[Element] = root.iter(*(tags or ("*",)))
    return found


def children(element: Element) -> Iterator[Element]:
    """The elements directly inside `element`."""
    found: Iterator[Element] = element.iterchildren("*")
    return found


def flat_text(element: Element) -> str:
    """All text inside `element` on one line; what stands in different elements is kept apart by a space."""
    return collapse(" ".join(element.itertext()))


def read_text(element: Element) -> str:
    """The text of `element` on one line, as it is read: no space where markup ends inside a word."""
    parts: list[str] = []
    for event, found in etree.iterwalk(element, events=("start", "end")):
        if not isinstance(found.tag, str):
            continue
        parts.append(" " if found.tag in BLOCKS or found.tag == "br" or (event == "start" and is_apart(found)) else "")
        parts.append((found.text if event == "start" else found.tail if found is not element else None) or "")
    return collapse("".join(parts))


def is_apart(element: Element) -> bool:
    """Whether a style sheet keeps `element` from the like element right before it, as words in a row of boxes are."""
    before = element.getprevious()
    return element.tag in _BOXED and before is not None and before.tag in _BOXED and not before.tail


def collapse(text: str) -> str:
    """`text` with runs of plain white space as one space; no-break spaces stay."""
    return _SPACE.sub(" ", text).strip(" ")


def attribute(element: Element, name: str) -> str:
    """The value of an attribute, trimmed; "" where it is missing."""
    return (element.get(name) or "").strip()


def names_of(element: Element) -> frozenset[str]:
    """The words of the class and id of `element` in lower case: `siteHeader-top` gives site, header and top."""
    named = f"{element.get('class') or ''} {element.get('id') or ''}"[:500]
    return frozenset(word.lower() for word in _NAME.findall(_CAMEL.sub(" ", named)))


def inside(element: Element, *tags: str) -> bool:
    """Whether an ancestor of `element` is one of `tags`."""
    return any(True for _ in element.iterancestors(*tags))


def remove(element: Element) -> None:
    """Take `element` out of its tree and leave the text that follows it, apart from what stood before."""
    parent = element.getparent()
    if parent is None:
        return
    tail = f" {element.tail}" if element.tail else ""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)
