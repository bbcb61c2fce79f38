"""Owns what a page is written in: bokmål, nynorsk or something else."""

from __future__ import annotations

import re

from helseassistent.ingest.found import Written
from helseassistent.text.languages import foreign_language
from helseassistent.text.words import FUNCTION_WORDS, language_of, tokens

_STRETCH = 400  # characters that are judged together; foreign_language reads 60 words
_MOST_STRETCHES = 60
_LEAST_SHARE = 0.08  # of Norwegian function words; prose has 0.4, a list of names and places 0.1
_LEAST_TOKENS = 25
# Letters that Norwegian does not have, nor the names in it often: sámi, Polish, Turkish, German and their neighbours.
_FOREIGN = re.compile("[đŋŧšžčćłżźśąęőűğışțăßñ]")
_MOST_FOREIGN = 0.01  # of the letters
_CLOSE = ("sv", "da", "en", "de", "se", "fi", "pl", "uk", "ru", "ar", "so", "lt", "es", "fr")


def written_in(body: str, *, declared: str) -> Written:
    """The language of a Markdown text; `declared` is what its page says it is, often copied from a template."""
    stretches = [
        body[start : start + _STRETCH] for start in range(0, min(len(body), _STRETCH * _MOST_STRETCHES), _STRETCH)
    ]
    verdicts = [foreign_language(stretch) is not None for stretch in stretches]
    foreign = sum(verdicts) / max(1, len(verdicts))
    found = tokens(body)[:2_000]
    norwegian = sum(token in FUNCTION_WORDS for token in found) / max(1, len(found))
    letters = body[:20_000].lower()
    odd = len(_FOREIGN.findall(letters)) / max(1, sum(map(str.isalpha, letters)))
    says = declared.lower().split("-")[0]
    if foreign > 0.5 or odd > _MOST_FOREIGN or (len(found) >= _LEAST_TOKENS and norwegian < _LEAST_SHARE):
        return "other"
    if says in _CLOSE and (foreign > 0.2 or says in ("sv", "da")):
        return "other"
    return language_of(body)
