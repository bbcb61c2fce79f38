"""Owns what a page says about itself in its head: title, publisher, address, robots, links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from helseassistent.ingest.parse.characters import clean_line
from helseassistent.ingest.parse.dom import Element, attribute, collapse, elements, flat_text

_LONGEST_TITLE = 300
_MOST_LINKS = 5_000
_SEPARATOR = re.compile(r"\s+[-–—|·»:]\s+|\s*\|\s*")
_PUBLISHERS = ("publisher", "dcterms.publisher", "dc.publisher", "og:site_name", "application-name")


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page says, with names in lower case; the first of two of the same name counts."""

    title: str
    metas: dict[str, str]
    data: tuple[dict[str, object], ...]  # the things that JSON-LD tells of
    canonical: str | None
    base: str


def read_head(root: Element, *, url: str) -> Head:
    """The head of the page at `url`."""
    metas: dict[str, str] = {}
    for meta in elements(root, "meta"):
        name = (
            attribute(meta, "property")
            or attribute(meta, "name")
            or attribute(meta, "itemprop")
            or attribute(meta, "http-equiv")
        )
        if name and (content := attribute(meta, "content")):
            metas.setdefault(name.lower(), content)
    base = next((href for found in elements(root, "base") if (href := attribute(found, "href"))), "")
    titles = (
        clean_line(flat_text(found))
        for found in elements(root, "title")
        if not any(True for _ in found.iterancestors("svg"))
    )
    canonical = next((attribute(link, "href") for link in elements(root, "link") if "canonical" in _rel(link)), "")
    return Head(
        next((title for title in titles if title), ""),
        metas,
        tuple(_json_ld(root)),
        absolute(canonical, base=url) if canonical else None,
        absolute(base, base=url) or url,
    )


def title_of(head: Head, *, heading: str) -> str:
    """The main heading of the page, else its name in the head without that of the site; "" where it has none."""
    site = head.metas.get("og:site_name", "")
    for name in (heading, head.metas.get("og:title", ""), head.title):
        shown = _without_site(clean_line(name), site=clean_line(site))
        if shown:
            return shorten(shown, most=_LONGEST_TITLE)
    return ""


def shorten(text: str, *, most: int) -> str:
    """`text`, or its first words and an ellipsis where it has more than `most` characters."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def publisher_of(head: Head) -> str | None:
    """Who publishes the page, where its head says so."""
    for thing in head.data:
        found = thing.get("publisher")
        found = found[0] if isinstance(found, list) and found else found
        name = found.get("name") if isinstance(found, dict) else found
        if isinstance(name, str) and clean_line(name):
            return clean_line(name)[:100]
    return next(
        (clean_line(head.metas[name])[:100] for name in _PUBLISHERS if clean_line(head.metas.get(name, ""))), None
    )


def robots_of(head: Head) -> tuple[bool, bool]:
    """Whether robots may store the page, and whether they may follow its links."""
    words = set(re.findall(r"[a-z]+", head.metas.get("robots", "").lower()))
    return not words & {"noindex", "none"}, not words & {"nofollow", "none"}


def links_of(root: Element, *, base: str) -> tuple[str, ...]:
    """Where the links of the page lead, absolute, without fragment, in reading order, each once."""
    found: dict[str, None] = {}
    for link in elements(root, "a", "area"):
        href = attribute(link, "href")
        if not href or href.startswith("#") or "nofollow" in _rel(link):
            continue
        if (address := absolute(href, base=base)) is not None:
            found.setdefault(address)
        if len(found) >= _MOST_LINKS:
            break
    return tuple(found)


def absolute(href: str, *, base: str) -> str | None:
    """`href` as a whole http address without fragment; None for anything else."""
    href = re.sub(r"[\t\r\n]", "", href).strip()
    try:
        parts = urlsplit(urljoin(base, href))
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(href) > 2_000:
        return None
    return urlunsplit(SplitResult(parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))


def _rel(link: Element) -> list[str]:
    return attribute(link, "rel").lower().split()


def _without_site(name: str, *, site: str) -> str:
    """A title such as «Legevakt - Bergen kommune» without its last part."""
    cuts = list(_SEPARATOR.finditer(name))
    if site and cuts and name[cuts[-1].end() :].casefold() == site.casefold():
        return name[: cuts[-1].start()]
    last = name[cuts[-1].end() :] if cuts else ""
    if re.search(r"\b(?:kommune|helsenorge|sykehus|sjukehus|helse \w+|fylkeskommune|\w+\.no|HF|direktoratet)\b", last):
        return name[: cuts[-1].start()]
    return name


def _json_ld(root: Element) -> Iterator[dict[str, object]]:
    for script in elements(root, "script"):
        if attribute(script, "type").lower() != "application/ld+json":
            continue
        try:
            found = json.loads(collapse(script.text or "")[:200_000])
        except (ValueError, RecursionError):
            continue
        waiting: list[object] = [found]
        while waiting:
            thing = waiting.pop(0)
            if isinstance(thing, list):
                waiting.extend(thing[:100])
            elif isinstance(thing, dict):
                yield thing
                graph = thing.get("@graph", thing.get("mainEntity"))
                waiting.extend(graph[:100] if isinstance(graph, list) else [graph])
