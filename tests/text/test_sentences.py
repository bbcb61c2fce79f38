"""Where sentences and blocks begin and end."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helseassistent.corpus import Corpus
from helseassistent.text.sentences import blocks, sentence_spans

PIECES = st.lists(
    st.sampled_from(
        [
            "Legen", "ringer", "i dag", "f.eks.", "dr.", "nr. 2", "§ 2-1 a.", "kl. 08.30", "ca. 3,5 mg", "m.m.",
            "slutt.", "Nei!", "Hva?", "«Ja.»", "1.", "a)", "😀", "\u00a0", " ", "\n", "\r\n", "\n\n", "# ",
            "## Tittel\n", "- ", "* ", "| a | b |", "\u2028", "x" * 300, "(se", "under)", "…", "æøå",
        ]
    ),
    max_size=40,
)  # fmt: skip


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ta med f.eks. Pass. Ring oss.", ["Ta med f.eks. Pass.", "Ring oss."], id="for_example"),
        pytest.param("Snakk med dr. Hansen. Han vet.", ["Snakk med dr. Hansen.", "Han vet."], id="doctor"),
        pytest.param("Bruk skjema nr. 2 her. Send det.", ["Bruk skjema nr. 2 her.", "Send det."], id="number"),
        pytest.param(
            "Se § 2-1 a. Retten gjelder alle.", ["Se § 2-1 a. Retten gjelder alle."], id="section_with_letter"
        ),
        pytest.param("Åpent fra kl. 08.30. Velkommen.", ["Åpent fra kl. 08.30.", "Velkommen."], id="clock"),
        pytest.param("Gjelder fra 1. januar 2020. Se der.", ["Gjelder fra 1. januar 2020.", "Se der."], id="date"),
        pytest.param(
            "Det følger av første ledd. Det gjelder.", ["Det følger av første ledd.", "Det gjelder."], id="plain"
        ),
        pytest.param(
            "Barn, eldre m.m. Alle får hjelp.", ["Barn, eldre m.m.", "Alle får hjelp."], id="ending_abbreviation"
        ),
        pytest.param("Barn m.m. som trenger det.", ["Barn m.m. som trenger det."], id="abbreviation_inside"),
        pytest.param("Hun sa «Nei.» Så gikk hun.", ["Hun sa «Nei.»", "Så gikk hun."], id="quotation"),
        pytest.param("Får jeg hjelp? Ja! Alltid.", ["Får jeg hjelp?", "Ja!", "Alltid."], id="question_and_shout"),
        pytest.param("Temperatur 37.5 grader. Greit.", ["Temperatur 37.5 grader.", "Greit."], id="decimal"),
        pytest.param("Overskrift uten punktum", ["Overskrift uten punktum"], id="heading"),
        pytest.param("", [], id="empty"),
        pytest.param(" \n ", [], id="blank"),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_bullets_and_headings_without_full_stop_are_blocks_of_their_own() -> None:
    text = "# Tilbud\n\nVi har:\n- lege\n- sykepleier\n  som kommer hjem\n\n1. Ring oss\n2. Vent\n\nVelkommen."
    found = [(block.kind, block.level, text[block.start : block.end]) for block in blocks(text)]
    assert found == [
        ("heading", 1, "Tilbud"),
        ("prose", 0, "Vi har:"),
        ("item", 0, "lege"),
        ("item", 0, "sykepleier\n  som kommer hjem"),
        ("item", 0, "1. Ring oss"),
        ("item", 0, "2. Vent"),
        ("prose", 0, "Velkommen."),
    ]


@given(PIECES)
@settings(max_examples=300, deadline=None)
def test_sentences_cover_every_word_once_and_are_trimmed(pieces: list[str]) -> None:
    text = "".join(pieces)
    check_spans(text, sentence_spans(text))


@given(PIECES)
@settings(max_examples=300, deadline=None)
def test_blocks_hold_every_word_character_once(pieces: list[str]) -> None:
    text = "".join(pieces)
    check_spans(text, [(block.start, block.end) for block in blocks(text)])


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_at_all_has_sentences_and_blocks(text: str) -> None:
    check_spans(text, sentence_spans(text))
    check_spans(text, [(block.start, block.end) for block in blocks(text)])


def test_sentences_of_real_pages_cover_every_word(shipped: Corpus, health_law: Corpus) -> None:
    for page in (*shipped.pages.values(), *health_law.pages.values()):
        for block in blocks(page.body):
            spans = sentence_spans(page.body, start=block.start, end=block.end)
            assert spans[0][0] == block.start
            assert spans[-1][1] == block.end
            check_spans(page.body[: block.end], spans, start=block.start)


def check_spans(text: str, spans: list[tuple[int, int]], start: int = 0) -> None:
    """No overlap, no white space at an edge, and no word character in between."""
    position = start
    for begin, end in spans:
        assert position <= begin < end
        assert text[begin:end] == text[begin:end].strip()
        assert not re.search(r"\w", text[position:begin])
        position = end
    assert not re.search(r"\w", text[position:])
