"""Owns finding the element that holds a page's own text."""

from __future__ import annotations

from helseassistent.ingest.parse.dom import Element, attribute, children, collapse, elements, flat_text

_IDS = (
    "main-content",
    "maincontent",
    "main_content",
    "hovedinnhold",
    "hovudinnhald",
    "content",
    "innhold",
    "innhald",
    "main",
)
_MOST = 0.75  # of the text of an element: one child that holds so much is looked into instead
_TEXT_TAGS = frozenset(
    ["p", "li", "td", "th", "dd", "dt", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "summary"]
)


def main_region(root: Element) -> Element:
    """The smallest element that holds the text of the page: what calls itself so, else where the text is densest."""
    body = next(elements(root, "body"), root)
    whole = _weight(body)
    marked = [*elements(body, "main"), *(e for e in elements(body) if attribute(e, "role").lower() == "main")]
    for share, found in (
        (0.2, marked),
        (0.4, _alone(list(elements(body, "article")))),
        (0.3, [element for name in _IDS for element in elements(body) if attribute(element, "id").lower() == name]),
    ):
        best = max(found, key=_weight, default=None)
        if best is not None and _weight(best) >= share * whole and _weight(best) > 0:
            return best
    return _densest(body)


def outer_heading(root: Element, region: Element) -> Element | None:
    """The main heading of the page where it stands outside `region`, as in a hero; None where it does not."""
    if next(elements(region, "h1"), None) is not None:
        return None
    outside = [heading for heading in elements(root, "h1") if not _is_logo(heading)]
    return outside[0] if len(outside) == 1 else None


def _alone(articles: list[Element]) -> list[Element]:
    """The articles if there is but one outermost; several are a list of other pages."""
    outermost = [one for one in articles if not any(True for _ in one.iterancestors("article"))]
    return outermost if len(outermost) == 1 else []


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
            if str(child.tag) not in _TEXT_TAGS and _weight(child) >= _MOST * _weight(found)
        ]
        if not heavy or _weight(found) == 0:
            return found
        found = heavy[0]


def _weight(element: Element) -> int:
    """Characters of running text that is no link, for a menu is little else."""
    linked = sum(len(flat_text(link)) for link in elements(element, "a"))
    return max(0, len(collapse(flat_text(element))) - linked)
