"""Owns finding the element that holds a page's own text."""

from __future__ import annotations

from helseassistent.ingest.parse.dom import Element, attribute, children, collapse, elements, flat_text
from helseassistent.ingest.parse.names import names

_IDS = frozenset(names("tags", "main"))
_MOST = 0.75  # of the text of an element: one child that holds so much is looked into instead
_LONGEST_LEAD = 700  # characters
_TEXT_TAGS = frozenset(
    ["p", "li", "td", "th", "dd", "dt", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "summary"]
)


def main_region(root: Element) -> Element:
    """The smallest element that holds the text of the page: what calls itself so, else where the text is densest."""
    body = next(elements(root, "body"), root)
    whole = _weight(body)
    for share, find in ((0.2, _marked), (0.4, _lone_articles), (0.3, _named)):
        best = max(find(body), key=_weight, default=None)
        if best is not None and _weight(best) >= share * whole and _weight(best) > 0:
            return best
    return _densest(body)


def _marked(body: Element) -> list[Element]:
    return [*elements(body, "main"), *(found for found in elements(body) if attribute(found, "role").lower() == "main")]


def _lone_articles(body: Element) -> list[Element]:
    """The articles if there is but one outermost; several are a list of other pages."""
    outermost = [one for one in elements(body, "article") if next(one.iterancestors("article"), None) is None]
    return outermost if len(outermost) == 1 else []


def _named(body: Element) -> list[Element]:
    return [found for found in elements(body) if attribute(found, "id").lower() in _IDS]


def outer_heading(root: Element, region: Element) -> Element | None:
    """The main heading of the page where it stands outside `region`, as in a hero; None where it does not."""
    if next(elements(region, "h1"), None) is not None:
        return None
    outside = [heading for heading in elements(root, "h1") if not _is_logo(heading)]
    return outside[0] if len(outside) == 1 else None


def lead_after(heading: Element, *, region: Element) -> list[Element]:
    """What follows `heading` in its box, short as a lead is, where the box does not hold `region`."""
    box = heading.getparent()
    if box is not None and len(box) == 1 and not collapse(box.text or ""):
        heading, box = box, box.getparent()
    if box is None or box in [region, *region.iterancestors()]:
        return []
    after = [found for found in heading.itersiblings() if isinstance(found.tag, str) and found is not region]
    return after if sum(_weight(found) for found in after) <= _LONGEST_LEAD else []


def _is_logo(heading: Element) -> bool:
    links = list(elements(heading, "a"))
    return (
        bool(links)
        and attribute(links[0], "href").rstrip("/").count("/") <= 2
        and flat_text(links[0]) == flat_text(heading)
    )


def _densest(body: Element) -> Element:
    found = body
    while True:
        heavy = [
            child
            for child in children(found)
            if str(child.tag) not in _TEXT_TAGS
            and _weight(child) >= _MOST * _weight(found)
            and not _loses(found, child)
        ]
        if not heavy or _weight(found) == 0:
            return found
        found = heavy[0]


def _loses(element: Element, child: Element) -> bool:
    """Whether the main heading stands in `element` and outside `child`."""
    return any(not _is_logo(heading) and child not in heading.iterancestors() for heading in elements(element, "h1"))


def _weight(element: Element) -> int:
    """Characters of running text that is no link, for a menu is little else."""
    linked = sum(len(flat_text(link)) for link in elements(element, "a"))
    return max(0, len(collapse(flat_text(element))) - linked)
