"""The sections of a page: what it covers, and which others stand nearest to the words that are quoted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from helseassistent.answer.fragments import link_to
from helseassistent.types import Answer, Page, Topic

NEXT = 3  # sections that are offered after an answer
COVERED = 6  # headings; a page with more is not described by naming them
_HEADING = re.compile(r"^(?P<level>#{1,6})[ \t]+(?P<name>\S[^\n]*?)[ \t#]*$", re.MULTILINE)
# Sections that answer nobody's question: commencement, repeals, changes in other acts.
_FORMAL = re.compile(
    r"ikrafttre|iverksetj|i kraft|oppheve|endringe?r? i andre|endringar i andre|overgangs|virkeområde|verkeområde"
    r"|definisjon|^til §|^merknader",
    re.IGNORECASE,
)
_NUMBERING = re.compile(r"^(?:kapittel \d+ ?\w?\.?|§ ?[\d-]+(?: ?[a-z](?=[. ]))?\.?)\s*", re.IGNORECASE)
_LONGEST = 90  # characters; a longer heading is a sentence


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a page with text below it; offsets count code points of the body, `end` is where the next begins."""

    name: str
    start: int  # of the heading's words
    heading_end: int
    end: int


@lru_cache(maxsize=2048)
def sections_of(page: Page) -> tuple[Section, ...]:
    """The sections of `page` in order, but for the title and those without text or interest of their own."""
    found = list(_HEADING.finditer(page.body))
    ends = [*(heading.start() for heading in found[1:]), len(page.body)]
    sections = []
    for heading, end in zip(found, ends, strict=False):
        name = _NUMBERING.sub("", heading["name"]).strip()
        has_text = bool(page.body[heading.end() : end].strip())
        if heading["level"] != "#" and has_text and 0 < len(name) <= _LONGEST and not _FORMAL.search(name):
            sections.append(Section(name, heading.start("name"), heading.end("name"), end))
    return tuple(sections)


def covered_by(page: Page) -> tuple[str, ...]:
    """The names of the page's sections; none for a page that has too many to be read."""
    names = tuple(section.name for section in sections_of(page))
    return names if len(names) <= COVERED else ()


def more_after(answer: Answer, *, pages: Mapping[str, Page]) -> tuple[Topic, ...]:
    """At most NEXT sections of the first quoted page that nothing is quoted from, the nearest to the quote first."""
    first = answer.claims[0].citations[0]
    page = pages[first.file]
    quoted = [(c.start, c.end) for claim in answer.claims for c in claim.citations if c.file == page.file]
    others = [s for s in sections_of(page) if not any(s.start <= start < s.end for start, _ in quoted)]
    nearest = sorted(others, key=lambda section: (_distance(section, first.start), section.start))[:NEXT]
    return tuple(_topic(section, page) for section in sorted(nearest, key=lambda section: section.start))


def _distance(section: Section, place: int) -> int:
    return section.start - place if section.start > place else place - section.end


def _topic(section: Section, page: Page) -> Topic:
    link = link_to(page.url, body=page.body, start=section.start, end=section.heading_end)
    return Topic(link, page.title, section.name, page.publisher)
