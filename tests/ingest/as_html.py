"""A stored page as a site would serve it: its Markdown as HTML, with a menu around it."""

from __future__ import annotations

import re
from html import escape

from helseassistent.types import Page

_HEADING = re.compile(r"(#{1,6}) (.*)")


def as_html(page: Page) -> bytes:
    """The page with its headings, lists and paragraphs as elements; line breaks within a paragraph are kept."""
    blocks = "\n".join(_block(block) for block in re.split(r"\n{2,}", page.body.strip("\n")))
    stated = f'<meta property="article:modified_time" content="{page.last_updated}">' if page.last_updated else ""
    return (
        f'<!DOCTYPE html><html lang="{page.language}"><head><meta charset="utf-8"><title>{escape(page.title)}</title>'
        f'{stated}</head><body><header><nav><a href="/">Forsiden</a> <a href="/hjelp">Hjelp</a></nav></header>'
        f"<main>{blocks}</main><footer><p>Kontakt oss på telefon.</p></footer></body></html>"
    ).encode()


def _block(block: str) -> str:
    if heading := _HEADING.fullmatch(block):
        level = len(heading[1])
        return f"<h{level}>{escape(heading[2])}</h{level}>"
    lines = block.split("\n")
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{escape(line[2:])}</li>" for line in lines) + "</ul>"
    return f"<p>{'<br>'.join(map(escape, lines))}</p>"
