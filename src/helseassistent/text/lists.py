"""The word lists that stand in files beside this module, a word or a pair of words a line."""

from __future__ import annotations

from importlib import resources


def word_list(name: str) -> frozenset[str]:
    """The words of `<name>.txt`; a line that begins with # is a remark."""
    return frozenset(ranked_list(name))


def ranked_list(name: str) -> tuple[str, ...]:
    """The words of `<name>.txt` in their order."""
    return tuple(_lines(f"{name}.txt"))


def word_pairs(name: str) -> tuple[tuple[str, str], ...]:
    """The two columns of `<name>.tsv`; a line that begins with # is a remark."""
    rows = (line.split("\t") for line in _lines(f"{name}.tsv"))
    return tuple((first, second) for first, second in rows)


def word_rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The columns of `<name>.tsv`; a line that begins with # is a remark."""
    return tuple(tuple(line.split("\t")) for line in _lines(f"{name}.tsv"))


def _lines(file: str) -> list[str]:
    content = resources.files("helseassistent.text").joinpath(file).read_text(encoding="utf-8")
    return [line for line in content.splitlines() if line and not line.startswith("#")]
