"""Owns which parser reads a body; runs in the child process only."""

from __future__ import annotations

from datetime import date

from helseassistent.ingest.found import Document, Fetched, Refused
from helseassistent.ingest.parse.charset import decode
from helseassistent.ingest.parse.html import read_html
from helseassistent.ingest.parse.limits import Limits
from helseassistent.ingest.parse.sniff import kind_of


def read_body(fetched: Fetched, *, limits: Limits, today: date) -> Document | Refused:
    """The document in `fetched`, or why it gives none."""
    kind = kind_of(fetched.body, content_type=fetched.content_type)
    # Most children read HTML only, and start in a third of the time without the other readers.
    if kind == "pdf":
        from helseassistent.ingest.parse.pdf import read_pdf

        found = read_pdf(fetched.body, url=fetched.url, pages=limits.pages, today=today)
    elif kind == "docx":
        from helseassistent.ingest.parse.docx import read_docx

        found = read_docx(fetched.body, url=fetched.url, today=today)
    elif kind == "html":
        text = decode(fetched.body, content_type=fetched.content_type)
        found = read_html(text, url=fetched.url, today=today)
    elif kind in ("text", "markdown"):
        from helseassistent.ingest.parse.plain import read_plain

        text = decode(fetched.body, content_type=fetched.content_type)
        found = read_plain(text, url=fetched.url, today=today)
    else:
        return Refused(fetched.url, kind, keep=True)
    if isinstance(found, Document) and len(found.body) > limits.characters:
        return Refused(fetched.url, f"Teksten er på mer enn {limits.characters} tegn.", keep=True)
    return found
