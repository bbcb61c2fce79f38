"""Questions in nynorsk and misspelt, made from questions as they were written."""

from __future__ import annotations

import random

from helseassistent.train.data import Pair
from helseassistent.train.spelling import in_nynorsk, misspelt, nynorsk_words

PAIRS = [
    Pair("Jeg vet ikke hvor sykehuset ligger.", "Eg veit ikkje kor sjukehuset ligg."),
    Pair("Jeg finner ikke legen.", "Eg finn ikkje legen."),
    Pair("Hvor er legen?", "Kor er legen?"),
    Pair("Ikke nå.", "Ikkje no."),
    Pair("Sykehuset er stengt.", "Sjukehuset er stengt."),
    Pair("Hvor er jeg?", "Kor er eg?"),
]


def test_words_that_differ_are_learned_from_aligned_sentences() -> None:
    words = nynorsk_words(PAIRS * 3)
    assert {"jeg": "eg", "ikke": "ikkje", "hvor": "kor", "sykehuset": "sjukehuset"}.items() <= words.items()
    assert "legen" not in words
    assert in_nynorsk("Jeg fant ikke sykehuset, gjorde du?", words=words) == "eg fant ikkje sjukehuset, gjorde du?"


def test_misspelling_keeps_the_number_of_words_and_the_short_ones() -> None:
    text = "hvor lang tid tar det å få time hos fastlegen på sykehuset i helseforetaket"
    changed = misspelt(text, generator=random.Random(1))
    assert changed != text
    assert changed == misspelt(text, generator=random.Random(1))
    assert len(changed.split()) == len(text.split())
    assert [word for word in changed.split() if len(word) < 4] == [word for word in text.split() if len(word) < 4]
