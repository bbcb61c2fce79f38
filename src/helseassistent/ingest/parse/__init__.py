"""Owns what a body becomes: a document in Markdown with what the page states about itself, or a refusal."""

from __future__ import annotations

from helseassistent.ingest.parse.limits import Limits
from helseassistent.ingest.parse.worker import parse_document

__all__ = ["Limits", "parse_document"]
