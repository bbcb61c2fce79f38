"""A heading made the question that it answers, in bokmål or nynorsk, where that reads right; else nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from helseassistent.text.lists import word_list, word_pairs, word_rows
from helseassistent.types import Language

_LONGEST = 80  # characters of a question that is read at a glance
_NUMBERING = re.compile(
    r"^(?:kapittel\s+\w+\.?|kap\.\s*\d+\.?|§\s*[\d-]+\s?\w?\.|[A-Z]-\d+\.|\d+(?:\.\d+)*\.?)\s+", re.IGNORECASE
)
_AND_SO_ON = re.compile(r"\s+(?:m\.?v|m\.m|mm|osv)\.?$")
# What no question can be made around: brackets, references, two headings in one, lists that break off.
_UNFIT = re.compile(
    r"[()\[\]§:;/|*«»\d.!–—\"]|\bjf\b|(?<!\w)-|,(?!.* (?:og|eller)\b)|\bog\b.*\bog\b|\bog krav\b"
    r"|\b(?:loven?|lova) her\b",
    re.IGNORECASE,
)
_VAGUE = word_list("heading_vague")  # too wide to ask about alone, as in «Forbud mot bruk»
_GROUP = re.compile(r"\\(\d)")
_WORD = re.compile(r"[^\W\d_]+")
# The page speaks to the reader; the reader asks the page.
_ASKER: dict[Language, dict[str, str]] = {
    "nb": {"du": "jeg", "deg": "meg", "din": "min", "ditt": "mitt", "dine": "mine", "vi": "dere", "oss": "dere"},
    "nn": {"du": "eg", "deg": "meg", "din": "min", "ditt": "mitt", "dine": "mine", "vi": "de", "oss": "dykk"},
}
# Endings that only bokmål has, once a word has been through the list.
_BOKMAAL_ENDING = re.compile(
    r"(?:else[nr]?|elsene|ene|erne|ere|eren|het|heten|lige?|ede|dde|[^aeiouyæøå]es|er|[^aeiouyæøå]tet|iset|kket|yet)$"
)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], dict[Language, str]], ...]:
    rows = word_rows("heading_questions")
    return tuple((re.compile(pattern), {"nb": bokmaal, "nn": nynorsk}) for pattern, bokmaal, nynorsk in rows)


@cache
def _respellings() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(part), put) for part, put in word_pairs("heading_nynorsk"))


@cache
def _shared_words() -> frozenset[str]:
    return word_list("heading_both")


def question_of(heading: str, *, written: Language, asked: Language, body: str = "") -> str | None:
    """The question in the form `asked` that a heading of a page in the form `written` answers; None if none is sure.

    `body` is the text that the heading stands in; it tells names from words that only begin the heading.
    """
    name = _bare(heading[: 2 * _LONGEST])
    if not _WORD.search(name) or (written, asked) == ("nn", "nb"):
        return None
    if name.endswith("?"):
        question = _to_the_page(name, asked) if written == asked and not _UNFIT.search(name) else None
    else:
        question = _by_rule(_inside(name, body=body), written=written, asked=asked)
    return question if question and len(question) <= _LONGEST else None


def _bare(heading: str) -> str:
    name = _NUMBERING.sub("", " ".join(heading.split()))
    if name.startswith("("):
        name = name.rstrip(".").removeprefix("(").removesuffix(")")
    return _AND_SO_ON.sub("", name).rstrip(". ")


def _inside(name: str, *, body: str) -> str:
    """The heading as it stands inside a sentence: its first letter small, unless it begins with a name."""
    first = re.escape(name.split()[0])
    named = re.search(rf"(?<=[a-zæøå,] ){first}\b", body) or not name[1:2].islower()
    return name if named else name[0].lower() + name[1:]


def _by_rule(name: str, *, written: Language, asked: Language) -> str | None:
    if _UNFIT.search(name):
        return None
    for pattern, questions in _rules():
        if found := pattern.fullmatch(name):
            groups = [_in_form(group or "", written=written, asked=asked) for group in found.groups()]
            told = [group for group in groups if group is not None]
            if len(told) < len(groups) or _VAGUE.intersection(found.groups()):
                return None
            return _to_the_page(_filled(questions[asked], told), asked)
    return None


def _filled(question: str, groups: Sequence[str]) -> str:
    return _GROUP.sub(lambda at: groups[int(at[1]) - 1], question)


def _in_form(words: str, *, written: Language, asked: Language) -> str | None:
    """The words of a heading as `asked` spells them; None where one of them may be of the other form."""
    if written == asked:
        return words
    respelt = _WORD.sub(lambda word: _respelt(word[0]), words)
    return respelt if not any(_only_bokmaal(word) for word in _WORD.findall(respelt)) else None


def _respelt(word: str) -> str:
    for pattern, put in _respellings():
        word = pattern.sub(put, word)
    return word


def _only_bokmaal(word: str) -> bool:
    if word in _shared_words() or not word.islower():
        return False
    return word in word_list("bokmaal") or bool(_BOKMAAL_ENDING.search(word))


def _to_the_page(question: str, language: Language) -> str:
    turned = _WORD.sub(lambda word: _ASKER[language].get(word[0], word[0]), question)
    return turned[0].upper() + turned[1:]
