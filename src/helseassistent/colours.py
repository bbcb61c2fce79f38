"""The colours of every page, for citizens and for staff, in one list."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def colours() -> str:
    """The rules of CSS that name them, light and dark; they go before a page's own."""
    return resources.files("helseassistent").joinpath("colours.css").read_text(encoding="utf-8")
