"""A question that leans on the one before it, made to stand alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helseassistent.text.words import content_words, tokens

_OPENING = re.compile(
    r"(?:og|å|men|enn|eller|hva med|kva med|ka med|hva om|kva om"
    r"|gjelder (?:det|dette)|gjeld (?:det|dette)|i så fall|hvorfor det|kvifor det)\b"
)
_POINTER = re.compile(r"\b(?:det|dette|den|denne|de|dei|disse|desse|der|dit|han|hun|ho|her)\b")
_FEW = 1  # content words; so few say too little to be searched for alone when something else is pointed at


def stand_alone(turns: Sequence[str]) -> str:
    """The last of `turns` (never empty), with the question before it in front if it cannot be understood alone."""
    last = turns[-1]
    if len(turns) < 2 or not _leans(last):
        return last
    return f"{stand_alone(turns[:-1][-3:])} {last}"


def _leans(question: str) -> bool:
    lowered = " ".join(tokens(question))
    content = len(content_words(question))
    if _OPENING.match(lowered):
        return True
    return (content <= _FEW and bool(_POINTER.search(lowered))) or content == 0
