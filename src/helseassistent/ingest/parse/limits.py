"""Owns the bounds that a parse of one body is held to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one body may cost; a body that needs more is refused with a reason."""

    seconds: float = 10.0  # wall time in the child, after which it is killed
    memory: int = 1 << 30  # bytes of address space of the child
    body_bytes: int = 10 << 20
    characters: int = 2_000_000  # of Markdown that a page may come to
    pages: int = 2_000  # of a PDF
