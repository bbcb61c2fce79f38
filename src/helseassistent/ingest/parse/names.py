"""Owns the lists of names in `names.toml`."""

from __future__ import annotations

import tomllib
from importlib import resources

_FILE = resources.files("helseassistent.ingest.parse").joinpath("names.toml")
_NAMES = tomllib.loads(_FILE.read_text(encoding="utf-8"))


def names(part: str, kind: str) -> tuple[str, ...]:
    """The names of a kind in their order; a kind is a list of words or of patterns."""
    found = _NAMES[part][kind]
    return tuple(found.split() if isinstance(found, str) else found)
