"""Owns taking out of a page what is not its text: menus, banners, breadcrumbs, share buttons, requests for feedback."""

from __future__ import annotations

import re

from helseassistent.ingest.parse.dom import (
    Element,
    attribute,
    children,
    collapse,
    elements,
    flat_text,
    names_of,
    read_text,
    remove,
)
from helseassistent.ingest.parse.names import names

_NAMES = frozenset(names("furniture", "names"))
_SURE = frozenset(names("furniture", "sure"))
_PAIRS = tuple(frozenset(pair.split()) for pair in names("furniture", "pairs"))
_ROLES = frozenset(names("furniture", "roles"))
_LINES = re.compile(rf"(?:{'|'.join(names('furniture', 'lines'))})[\s:?.!…]*", re.IGNORECASE)
_RELATED = re.compile(rf"(?:{'|'.join(names('furniture', 'related'))})\s*:?", re.IGNORECASE)
_COOKIES, _CONSENT = (re.compile(names("furniture", name)[0], re.IGNORECASE) for name in ("cookies", "consent"))
_DATED = re.compile(r"\b(?:oppdater|endr|publiser|revider).{0,40}\d", re.IGNORECASE)
_SAFE_TAGS = frozenset(names("tags", "safe"))
_MOST = 0.5  # of the words of the page: what holds more is no furniture, whatever it is called


def remove_furniture(root: Element) -> None:
    """Leave in `root` what its author wrote for this page; what holds the main heading or most words stays."""
    total = max(1, len(flat_text(root)))
    heading = next(elements(root, "h1"), None)
    kept = set(heading.iterancestors()) if heading is not None else set()
    kept.update(ancestor for main in elements(root, "main", "article") for ancestor in [main, *main.iterancestors()])
    for element in list(elements(root)):
        if element is root or not _is_attached(element, root):
            continue
        if _is_named(element, kept=kept, total=total) or _is_cookie_box(element, kept=kept):
            remove(element)
    _remove_spoken(root)
    _remove_link_boxes(root)


def is_furniture_line(line: str) -> bool:
    """Whether a line of text belongs to every page of a site and to none."""
    return len(line) <= 90 and bool(_LINES.fullmatch(collapse(line).strip(" |·–-/>«»")))


def _is_attached(element: Element, root: Element) -> bool:
    return any(ancestor is root for ancestor in element.iterancestors())


def _is_named(element: Element, *, kept: set[Element], total: int) -> bool:
    tag, role = str(element.tag), attribute(element, "role").lower()
    if tag == "nav" or role in _ROLES - {"banner", "status"}:
        return True
    if element in kept:
        return False
    if role in _ROLES or attribute(element, "aria-modal") == "true":
        return True
    if tag == "footer":
        return not _says_date(element)
    words = names_of(element)
    if tag in _SAFE_TAGS:
        return bool(words & _SURE) and tag not in ("html", "body", "main", "article", "h1")
    named = bool(words & _NAMES) or any(pair <= words for pair in _PAIRS)
    if not named and tag != "aside" and not (tag == "form" and _is_form_only(element)):
        return False
    if tag == "aside" and not named:
        return _share_of_links(element) > 0.5
    return len(flat_text(element)) < _MOST * total


def _says_date(element: Element) -> bool:
    """Whether the foot of an article tells when it was written, as many do."""
    text = flat_text(element)
    return len(text) < 300 and inside_article(element) and bool(_DATED.search(text))


def inside_article(element: Element) -> bool:
    """Whether `element` lies in the part of a page that its author wrote."""
    return any(True for _ in element.iterancestors("article", "main")) or any(
        attribute(ancestor, "role") == "main" for ancestor in element.iterancestors()
    )


def _is_form_only(element: Element) -> bool:
    return not any(True for _ in elements(element, "h1", "h2", "p", "article", "main")) or len(flat_text(element)) < 200


def _is_cookie_box(element: Element, *, kept: set[Element]) -> bool:
    if (
        element in kept
        or str(element.tag) not in ("div", "section", "aside", "form", "p")
        or element.getparent() is None
    ):
        return False
    if str(element.getparent().tag) != "body" and "position" not in attribute(element, "style"):
        return False
    text = flat_text(element)
    return len(text) < 1500 and bool(_COOKIES.search(text[:300])) and bool(_CONSENT.search(text))


def _remove_spoken(root: Element) -> None:
    """Take out the box around a question about the page, and lines that only help one around on it."""
    for element in list(elements(root)):
        if not _is_attached(element, root):
            continue
        own = collapse(element.text or "")
        if not own or not (is_furniture_line(flat_text(element)) or is_furniture_line(own)):
            continue
        if not is_furniture_line(flat_text(element)) and len(list(children(element))) > 4:
            continue
        box = element
        while (parent := box.getparent()) is not None and parent is not root and _is_around(parent, element):
            box = parent
        if is_furniture_line(flat_text(box)) or "?" in flat_text(box):
            remove(box)


def _is_around(parent: Element, element: Element) -> bool:
    """Whether `parent` holds little more than the question in `element` and what answers it."""
    plain = parent.get("class") is None and any(True for _ in elements(parent, "h1", "p"))
    if plain or str(parent.tag) in ("body", "main", "article"):
        return False
    added = len(flat_text(parent)) - len(flat_text(element))
    return added <= 40 and not any(len(flat_text(found)) > 60 for found in elements(parent, "p", "li", "td"))


def _remove_link_boxes(root: Element) -> None:
    """Take out tables of contents, and lists of links under a heading that says they lead elsewhere."""
    for listed in list(elements(root, "ul", "ol")):
        links = list(elements(listed, "a"))
        if (
            len(links) >= 2
            and _share_of_links(listed) > 0.9
            and all(attribute(link, "href").startswith("#") for link in links)
        ):
            remove(listed)
    for box in list(elements(root, "td", "div", "center", "p", "ul", "span")):
        if _is_attached(box, root) and not inside_article(box) and _is_links_only(box):
            remove(box)
    for box in list(elements(root, "div", "p", "ul")):
        links = [read_text(link) for link in elements(box, "a")]
        if len(links) >= 2 and all(map(is_furniture_line, links)) and len(flat_text(box)) < sum(map(len, links)) + 40:
            remove(box)
    for heading in list(elements(root, "h2", "h3", "h4", "h5", "h6", "p", "strong")):
        if not _RELATED.fullmatch(flat_text(heading)):
            continue
        after = heading.getnext()
        if after is not None and str(after.tag) not in ("p", "h2", "h3") and _share_of_links(after) > 0.8:
            remove(after)
            remove(heading)


def _is_links_only(box: Element) -> bool:
    """Whether `box` is a menu, as pages without a marked main part write it: short links and little between them."""
    links = [read_text(link) for link in elements(box, "a")]
    return (
        len(links) >= 2
        and max(map(len, links)) < 60
        and _share_of_links(box) > 0.75
        and next(elements(box, "p", "h1", "h2"), box) is box
    )


def _share_of_links(element: Element) -> float:
    total = len(flat_text(element))
    linked = sum(len(flat_text(link)) for link in elements(element, "a"))
    return linked / total if total else 0.0
