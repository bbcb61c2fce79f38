"""Owns plain text and Markdown, as they lie in a folder; a page with front matter says itself what it is."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from helseassistent.corpus import PageProblem, parse_page
from helseassistent.ingest.found import Document, Refused
from helseassistent.ingest.parse.characters import clean_line, clean_text
from helseassistent.ingest.parse.dates import date_in_lines
from helseassistent.ingest.parse.language import written_in

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_UNDERLINED = re.compile(r"^([^\n#|>-][^\n]{0,120})\n(=|-)\2{2,}[ \t]*$", re.MULTILINE)


def read_plain(source: str, *, url: str, today: date) -> Document | Refused:
    """The document in a text, whose first heading, or whose file, gives it its title."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if source.startswith("---\n"):
        return _with_front_matter(source, url=url, today=today)
    body = _UNDERLINED.sub(lambda found: f"{'#' if found[2] == '=' else '##'} {found[1]}", clean_text(source)).strip(
        "\n"
    )
    if not body.strip():
        return Refused(url, "Fila har ingen tekst.", keep=True)
    heading = _HEADING.search(body)
    title = clean_line(heading.group(1)) if heading else name_in(url) or clean_line(body)[:80]
    updated = date_in_lines(body.split("\n"), today=today)
    return Document(title[:200], f"{body}\n", written_in(body, declared=""), None, updated, None, (), ())


def name_in(url: str) -> str:
    """The name of the file at `url` in words, without its ending; "" where the address has none."""
    name = PurePosixPath(unquote(urlsplit(url).path)).stem
    return clean_line(re.sub(r"[-_+]+", " ", name))


def _with_front_matter(source: str, *, url: str, today: date) -> Document | Refused:
    page = parse_page(source, file=url)
    if isinstance(page, PageProblem):
        return Refused(url, f"Feltet «{page.field}» {page.message}", keep=True)
    updated = page.last_updated if page.last_updated and page.last_updated <= today else None
    body = clean_text(page.body)
    return Document(page.title, body, page.language, page.publisher, updated, page.url, (), ())
