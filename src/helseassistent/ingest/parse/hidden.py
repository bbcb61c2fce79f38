"""Owns taking out of a tree what nobody who looks at the page can see (RELIABILITY.md row B15)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from helseassistent.ingest.parse.css import (
    Colour,
    StyleSheet,
    alike,
    closed,
    colour,
    declarations,
    read_sheet,
    removed,
    tiny,
)
from helseassistent.ingest.parse.dom import Element, attribute, children, elements, names_of, remove
from helseassistent.ingest.parse.names import names

_NEVER = frozenset(names("tags", "never"))
_HIDING_CLASSES = frozenset(names("classes", "hiding"))
_SHOWN_AGAIN = re.compile(
    r"\A(?:d-(?:\w+-)?(?:block|flex|inline\S*|grid|table\S*)|\w+:(?:block|flex|inline\S*|grid|visible))\Z"
)
_OPENABLE = frozenset(names("classes", "openable"))
_TRIGGERS = frozenset(names("tags", "triggers"))
_UNSEEN = ("hidden", "collapse")
_WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What letters inherit; `ground` is None where a picture lies behind them, so that nothing can be said."""

    ink: Colour | None = None
    ground: Colour | None = _WHITE
    clear: bool = False  # the ink is transparent
    tiny: bool = False
    unseen: bool = False

    @property
    def hides(self) -> bool:
        lost = self.ink is not None and self.ground is not None and alike(self.ink, self.ground)
        return self.clear or self.tiny or self.unseen or lost


def remove_hidden(root: Element) -> None:
    """Leave in `root` only what a reader can see, or can open: closed accordions stay."""
    sheet = read_sheet("\n".join(element.text or "" for element in elements(root, "style")))
    opened = _opened_by_something(root)
    waiting = [(root, _Seen())]
    while waiting:
        element, seen = waiting.pop()
        for child in list(children(element)):
            declared = _declared(child, sheet=sheet)
            if declared.get("visibility") in _UNSEEN and _can_be_opened(child, opened=opened):
                del declared["visibility"]
            if _is_out(child, declared, opened=opened):
                remove(child)
            else:
                waiting.append((child, _inherit(child, seen=seen, declared=declared)))
        if seen.hides:
            _silence(element)


def _is_out(element: Element, declared: dict[str, str], *, opened: frozenset[str]) -> bool:
    tag = str(element.tag).lower()
    if tag in _NEVER or (declared and removed(declared)):
        return True
    if tag == "dialog":
        return element.get("open") is None
    return _is_closed(element, declared) and not _can_be_opened(element, opened=opened)


def _is_closed(element: Element, declared: dict[str, str]) -> bool:
    if not element.attrib and not declared:
        return False
    classes = attribute(element, "class").lower().split()
    return (
        (element.get("hidden") is not None and attribute(element, "hidden").lower() != "until-found")
        or attribute(element, "aria-hidden").lower() == "true"
        or (bool(declared) and closed(declared))
        or (any(name in _HIDING_CLASSES for name in classes) and not any(_SHOWN_AGAIN.match(name) for name in classes))
    )


def _can_be_opened(element: Element, *, opened: frozenset[str]) -> bool:
    """Whether something that is seen opens `element`: by its id, or by standing right before a panel."""
    if attribute(element, "id") in opened:
        return True
    if not names_of(element) & _OPENABLE and attribute(element, "role") not in (
        "tabpanel",
        "region",
    ):
        return False
    before = element.getprevious()
    if before is None:
        return False
    return str(before.tag) in _TRIGGERS or any(str(found.tag) in _TRIGGERS for found in elements(before))


def _opened_by_something(root: Element) -> frozenset[str]:
    """The ids of what buttons, tabs and links with a state open and close."""
    found: set[str] = set()
    for element in elements(root):
        if (
            element.get("aria-expanded") is None
            and str(element.tag) != "button"
            and attribute(element, "role") != "tab"
        ):
            continue
        for name in ("aria-controls", "data-target", "data-bs-target", "href"):
            value = attribute(element, name)
            if name == "aria-controls" or value.startswith("#"):
                found.update(part.removeprefix("#") for part in value.split())
    return frozenset(found - {""})


def _declared(element: Element, *, sheet: StyleSheet) -> dict[str, str]:
    classes = frozenset(attribute(element, "class").split())
    found = sheet.styles(str(element.tag), classes=classes, identity=attribute(element, "id"))
    return found | declarations(attribute(element, "style"))


def _inherit(element: Element, *, seen: _Seen, declared: dict[str, str]) -> _Seen:
    if not declared and not element.attrib:
        return seen
    ink = colour(declared.get("color") or element.get("color") or element.get("text"))
    if ink is not None:
        seen = replace(seen, clear=ink == "none", ink=ink if isinstance(ink, tuple) else None)
    behind = declared.get("background-color") or declared.get("background") or element.get("bgcolor")
    ground = colour((behind or "").split(" ")[0] if "(" not in (behind or "") else behind)
    if isinstance(ground, tuple):
        seen = replace(seen, ground=ground)
    elif (
        "background-image" in declared or re.search(r"url\(|gradient|var\(", behind or "") or element.get("background")
    ):
        seen = replace(seen, ground=None)
    small = tiny(declared)
    if small is not None:
        seen = replace(seen, tiny=small)
    if "visibility" in declared:
        seen = replace(seen, unseen=declared["visibility"] in _UNSEEN)
    return seen


def _silence(element: Element) -> None:
    """Remove the text that stands directly in `element`; its children answer for themselves."""
    element.text = None
    for child in element:
        child.tail = None
