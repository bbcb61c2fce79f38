"""What is taken out of a message, and how words are compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helseassistent.text.characters import clean_message, fold


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        pytest.param("s\u200belvmord", "selvmord", id="zero_width"),
        pytest.param("\ufeffhei", "hei", id="byte_order_mark"),
        pytest.param("\u202ehei\u202c", "hei", id="bidi_override"),
        pytest.param("selv\x00mo\x08rd", "selvmord", id="control_characters"),
        pytest.param("hei\x1b[1;31mdu", "heidu", id="colours_of_a_terminal"),
        pytest.param("selv\u3164mo\u034frd", "selvmord", id="fillers_and_joiners"),
        pytest.param("lege\u2800vakt\x85nå\x1fda", "lege vakt nå da", id="blanks_of_all_kinds"),
        pytest.param("lege\r\n\tvakt", "lege vakt", id="one_line"),
        pytest.param("a\u030a", "å", id="composed"),
        pytest.param("\ud800hei", "hei", id="lone_surrogate"),
        pytest.param("\U000e0041hei", "hei", id="tag_block"),
        pytest.param("❤\ufe0f", "❤", id="variation_selector"),
        pytest.param(" \u00a0 ", "", id="blank"),
    ],
)
def test_what_is_invisible_is_taken_out(raw: str, clean: str) -> None:
    assert clean_message(raw) == clean


@given(st.text(st.characters(), max_size=100))
@settings(max_examples=300, deadline=None)
def test_a_clean_message_is_printable_on_one_line_and_stays_as_it_is(text: str) -> None:
    clean = clean_message(text)
    assert clean_message(clean) == clean
    assert not {unicodedata.category(character) for character in clean} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    clean.encode()


def test_folding_meets_case_and_no_break_spaces() -> None:
    assert fold("Våre\u00a0 Satsinger\u00ad") == fold("VÅRE SATSINGER") == "våre satsinger"
