"""Owns reading a document out of HTML: what is hidden and what is furniture goes, what the author wrote stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from helseassistent.ingest.found import Document, Refused
from helseassistent.ingest.parse.characters import clean_line, clean_text
from helseassistent.ingest.parse.dates import stated_date
from helseassistent.ingest.parse.dom import Element, TooDeepError, attribute, elements, read_text, read_tree
from helseassistent.ingest.parse.facts import links_of, publisher_of, read_head, robots_of, shorten, title_of
from helseassistent.ingest.parse.furniture import is_furniture_line, remove_furniture
from helseassistent.ingest.parse.hidden import remove_hidden
from helseassistent.ingest.parse.language import written_in
from helseassistent.ingest.parse.markdown import Written, write
from helseassistent.ingest.parse.not_pages import look_at, why_no_page
from helseassistent.ingest.parse.region import lead_after, main_region, outer_heading


def read_html(source: str, *, url: str, today: date) -> Document | Refused:
    """The document in the HTML `source`, or why it is no page."""
    try:
        root = read_tree(source)
    except TooDeepError:
        return Refused(url, "Siden er nøstet for dypt til å leses.", keep=True)
    if root is None:
        return Refused(url, "Siden har ingen tekst.", keep=True)
    head, served, declared = read_head(root, url=url), look_at(root), attribute(root, "lang")
    remove_hidden(root)
    links = links_of(root, base=head.base)
    region = main_region(root)
    updated = stated_date(root, region=region, head=head, today=today)
    written = _read_main(root, heading=outer_heading(root, region), name=title_of(head, heading=""))
    body = tidy(written.blocks)
    title = title_of(head, heading=_main_heading(written)) or shorten(clean_line(body[:200]), most=80)
    if (found := why_no_page(served, title=f"{title} {head.title}", text=body)) is not None:
        return Refused(url, found[0], keep=found[1])
    index, follow = robots_of(head)
    language = written_in(body, declared=declared)
    publisher, anchors = publisher_of(head), _anchors(written)
    return Document(title, body, language, publisher, updated, head.canonical, links, anchors, index, follow)


def tidy(blocks: Sequence[str]) -> str:
    """Blocks of Markdown as the body of a page: clean characters, no lines that belong to the site, no end spaces."""
    kept = []
    for block in blocks:
        lines = [line.rstrip() for line in clean_text(block).split("\n")]
        lines = [line for line in lines if line.strip() and not is_furniture_line(line.lstrip("- "))]
        if lines:
            kept.append("\n".join(lines))
    return "\n\n".join(kept) + "\n" if kept else ""


def _read_main(root: Element, *, heading: Element | None, name: str) -> Written:
    """What the region of the text says, and the main heading with its lead where they stand before it."""
    body = next(elements(root, "body"), root)
    remove_furniture(body)
    region = main_region(body)
    written = write(region)
    if heading is not None and next(elements(region, "h1"), None) is None:
        lead = [block for found in lead_after(heading, region=region) for block in write(found).blocks]
        written.blocks[:0] = [f"# {read_text(heading)}", *lead]
    elif name and all(block.lstrip("# ") != name for block in written.blocks if block.startswith("#")):
        _promote(name, written, body=body)
    return written


def _promote(name: str, written: Written, *, body: Element) -> None:
    """Make a main heading of the line that says what the page is called, where the page marks none as such."""
    if _main_heading(written):
        return
    if name in written.blocks:
        written.blocks[written.blocks.index(name)] = f"# {name}"
    elif any(
        read_text(found) == name for found in elements(body, "div", "span", "p", "b", "strong", "font", "center", "td")
    ):
        written.blocks.insert(0, f"# {name}")


def _main_heading(written: Written) -> str:
    return next((block[2:] for block in written.blocks if block.startswith("# ")), "")


def _anchors(written: Written) -> tuple[tuple[str, str], ...]:
    pairs = ((clean_line(heading.text), clean_line(heading.anchor)) for heading in written.headings)
    return tuple((text, anchor) for text, anchor in pairs if text and anchor)
