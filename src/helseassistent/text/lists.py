"""The word lists that stand in files beside this module, one word a line."""

from __future__ import annotations

from importlib import resources


def word_list(name: str) -> frozenset[str]:
    """The words of `<name>.txt`; a line that begins with # is a remark."""
    content = resources.files("helseassistent.text").joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(line for line in content.splitlines() if line and not line.startswith("#"))
