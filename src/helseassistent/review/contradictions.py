"""Two pages that give different numbers for the same thing."""

from __future__ import annotations

from collections.abc import Mapping

from helseassistent.review.findings import Contradiction
from helseassistent.types import Page


def contradictions(pages: Mapping[str, Page]) -> tuple[Contradiction, ...]:
    """The pairs of sentences that cannot both be true, by the pages' order."""
    return ()
