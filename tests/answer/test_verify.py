"""A quote is verbatim, or there is no answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helseassistent.answer.verify import Draft, DraftClaim, DraftQuote, find_quote, verify
from helseassistent.types import Abstention, Answer, Page, Passage

BODY = "# Feber\n\nGi ikke  ibuprofen til barn under 3 måneder. Gi 12,5 mg. Vi har 27 plasser.\n"
BODY += "Ring 55 56 87 00 (døgnåpent)."
START = BODY.index("Gi ikke")
PAGE = Page("feber.md", "Feber", "https://example.no/feber", "Bergen kommune", "nb", None, None, BODY)
PASSAGE = Passage("k1", "feber.md", "Feber", (), BODY[START:], START, len(BODY))


def answer(text: str, *quotes: str, passage: str = "k1") -> Answer | Abstention:
    claim = DraftClaim(text, tuple(DraftQuote(passage, quote) for quote in quotes))
    return verify(Draft((claim,), 0.5), passages={"k1": PASSAGE}, pages={"feber.md": PAGE})


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        pytest.param("gi ikke ibuprofen", True, id="white_space_and_case_may_differ"),
        pytest.param("Gi\u00a0ikke\nibuprofen", True, id="no_break_space_and_line_break_too"),
        pytest.param("gi ibuprofen til barn", False, id="a_dropped_ikke_is_not_the_same_quote"),
        pytest.param("barn under 6 måneder", False, id="a_changed_number_is_not_the_same_quote"),
        pytest.param("5 mg", False, id="half_a_number_is_not_the_same_quote"),
        pytest.param("Gi 12", False, id="a_number_cut_at_its_comma_is_not_the_same_quote"),
        pytest.param("Gi 12,5 mg", True, id="a_whole_number_is"),
        pytest.param("plass", False, id="half_a_word_is_not_the_same_quote"),
        pytest.param("(døgnåpent).", True, id="signs_at_the_edges_are_part_of_it"),
        pytest.param(".*", False, id="a_pattern_is_not_a_quote"),
        pytest.param("  ", False, id="an_empty_quote_supports_nothing"),
        pytest.param("Feber", False, id="words_outside_the_passage_do_not_count"),
    ],
)
def test_a_quote_must_match_to_the_letter(quote: str, found: bool) -> None:
    assert (find_quote(quote, PASSAGE) is not None) is found


def test_a_citation_points_at_the_quoted_words_of_the_page() -> None:
    reply = answer("Gi ikke ibuprofen.", "gi ikke ibuprofen")
    assert isinstance(reply, Answer)
    citation = reply.claims[0].citations[0]
    assert citation.quote == "Gi ikke  ibuprofen" == BODY[citation.start : citation.end]
    assert (citation.file, citation.page_url, citation.title) == ("feber.md", PAGE.url, "Feber")
    assert citation.link.startswith("https://example.no/feber#:~:text=")


def test_the_start_says_which_of_two_places_is_meant() -> None:
    second = BODY.index("Gi 12")
    found = find_quote("Gi", PASSAGE, start=second)
    assert found == (second, second + 2)
    assert find_quote("Gi", PASSAGE, start=START) == (START, START + 2)
    assert find_quote("Gi", PASSAGE, start=0) is None


@pytest.mark.parametrize(
    ("text", "quote", "kept"),
    [
        pytest.param("Gi ibuprofen til barn.", "Gi ikke ibuprofen til barn", False, id="negation_lost"),
        pytest.param("Det er ikke 27 plasser.", "27 plasser", False, id="negation_added"),
        pytest.param("Gjev ikkje ibuprofen.", "Gi ikke ibuprofen", True, id="negation_in_the_other_written_form"),
        pytest.param("Det er 28 plasser.", "Vi har 27 plasser", False, id="number_changed"),
        pytest.param("Det er 27 plasser.", "Vi har 27 plasser", True, id="number_kept"),
        pytest.param("Ring 55568700.", "Ring 55 56 87 00", True, id="spaces_inside_a_number"),
        pytest.param("Gi 12.5 mg.", "Gi 12,5 mg", False, id="another_decimal_sign"),
        pytest.param("Det er plasser.", "Vi har 27 plasser", True, id="number_left_out"),
    ],
)
def test_numbers_and_negations_are_compared(text: str, quote: str, kept: bool) -> None:
    assert isinstance(answer(text, quote), Answer) is kept


def test_unsupported_claims_are_dropped_and_the_rest_kept() -> None:
    good = DraftClaim("Ikke gi ibuprofen.", (DraftQuote("k1", "Gi ikke ibuprofen"),))
    bad = DraftClaim("Gi paracetamol.", (DraftQuote("k1", "paracetamol"),))
    reply = verify(Draft((bad, good), 0.7, "modell"), passages={"k1": PASSAGE}, pages={"feber.md": PAGE})
    assert isinstance(reply, Answer)
    assert [claim.text for claim in reply.claims] == ["Ikke gi ibuprofen."]
    assert (reply.confidence, reply.engine) == (0.7, "modell")


def test_one_false_quote_drops_its_claim() -> None:
    assert isinstance(answer("Vi har 27 plasser.", "27 plasser", "paracetamol"), Abstention)


@pytest.mark.parametrize("passage", ["ukjent", ""])
def test_a_quote_from_an_unknown_passage_is_no_support(passage: str) -> None:
    assert answer("Gi 12,5 mg.", "Gi 12,5 mg", passage=passage) == Abstention("unverified", confidence=0.5)


def test_a_claim_without_quotes_is_no_claim() -> None:
    assert answer("Vi har plasser.") == Abstention("unverified", confidence=0.5)


def test_a_passage_that_is_no_longer_on_the_page_is_no_support() -> None:
    moved = Page("feber.md", "Feber", PAGE.url, "Bergen kommune", "nb", None, None, "x" + BODY)
    claim = DraftClaim("Vi har 27 plasser.", (DraftQuote("k1", "27 plasser"),))
    assert isinstance(verify(Draft((claim,), 0.5), passages={"k1": PASSAGE}, pages={"feber.md": moved}), Abstention)


def test_nothing_drafted_means_abstention() -> None:
    assert verify(Draft((), 0.3), passages={}, pages={}) == Abstention("unverified", confidence=0.3)


@given(quote=st.text(max_size=30) | st.builds(lambda a, b: BODY[a : a + b], st.integers(0, 120), st.integers(1, 60)))
@settings(max_examples=150, deadline=None)
def test_whatever_is_quoted_a_citation_is_the_page_to_the_letter(quote: str) -> None:
    reply = answer(quote, quote)
    if isinstance(reply, Answer):
        for citation in reply.claims[0].citations:
            assert BODY[citation.start : citation.end] == citation.quote
            assert citation.quote.casefold().split() == quote.casefold().split()


@pytest.mark.parametrize(
    "quote", ["5 mg", "mg daglig", "Ta 2", "(se", "ikke mer", "2,5 mg", "Ta 2,5 mg daglig, ikke mer (se § 3)."]
)
def test_a_quote_at_its_very_place_is_found_as_by_searching(quote: str) -> None:
    text = "Ta 2,5 mg daglig, ikke mer (se § 3). Ta 5 mg."
    passage = Passage("k", "a.md", "A", (), text, 100, 100 + len(text))
    spaced = f" {quote}  "  # not to the letter, so that it is searched for
    for place in range(100, 100 + len(text)):
        assert find_quote(quote, passage, start=place) == find_quote(spaced, passage, start=place)
