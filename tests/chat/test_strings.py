"""The words themselves: the same in number in both languages, and no telephone number among them."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import resources

import pytest

from helseassistent.chat.strings import Strings, fill, strings
from helseassistent.types import Language

ENGLISH = re.compile(r"\b(the|and|your|copy|clear|submit|loading|error|undo|retry)\b", re.IGNORECASE)
NOT_NYNORSK = re.compile(r"\b(ikke|jeg|hva|hvordan|noen|sier|kilde|kilden|tjenesten|hvor|mer)\b", re.IGNORECASE)
NOT_BOKMAAL = re.compile(r"\b(ikkje|eg|kva|korleis|nokon|seier|kjelde|tenesta|kor|meir|frå)\b", re.IGNORECASE)


def all_texts(language: Language) -> list[str]:
    found: list[str] = []
    for field in fields(Strings):
        if field.name == "phrases":  # as many as the numbers file needs
            continue
        value = getattr(strings(language), field.name)
        items = value.values() if isinstance(value, dict) else [value]
        for item in items:
            found.extend(item if isinstance(item, tuple) else [item])
    return found


def test_both_languages_say_as_much() -> None:
    assert len(all_texts("nb")) == len(all_texts("nn"))


def test_names_to_fill_in_are_the_same_in_both_languages() -> None:
    names = [[sorted(re.findall(r"\{\w+\}", text)) for text in all_texts(language)] for language in ("nb", "nn")]
    assert names[0] == names[1]


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_no_telephone_number_is_written_among_the_words(language: Language) -> None:
    bare = [re.sub(r"\{\w+\}|64 kB|UTF-8", "", text) for text in all_texts(language)]
    assert not [text for text in bare if re.search(r"\d{2}", text)]


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_no_english_but_to_who_writes_it(language: Language) -> None:
    meant = strings(language).notices["english"]
    assert not [text for text in all_texts(language) if ENGLISH.search(text) and text not in meant]
    assert all(ENGLISH.search(text) for text in meant)


def test_the_two_written_forms_are_kept_apart() -> None:
    assert not [text for text in all_texts("nn") if NOT_NYNORSK.search(text)]
    assert not [text for text in all_texts("nb") if NOT_BOKMAAL.search(text)]


def test_filled_in_values_are_not_searched_for_names() -> None:
    assert fill("{a} og {b}", {"a": "{b}", "b": "to"}) == "{b} og to"


def test_the_words_are_shipped_with_the_package() -> None:
    assert resources.files("helseassistent.chat").joinpath("strings.toml").is_file()
