"""Pages as staff see them: whole, cut at sentences, marked where they were quoted, and picked from without a slip."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helseassistent.errors import ReviewError
from helseassistent.review.cases import Quote
from helseassistent.review.sources import Sources, looked_up, picked, pieces, renewed, titled, written
from review.desk import BODY, CRLF, PAGES, QUOTE, SOURCES

TEXT = st.text(alphabet="ab .\n\r#-æ🩸\u2028\t!?1§", max_size=80)


@settings(max_examples=200, deadline=None)
@given(body=TEXT, start=st.integers(0, 80), length=st.integers(0, 40))
def test_the_pieces_of_a_page_are_the_page_and_the_marks_are_the_quote(body: str, start: int, length: int) -> None:
    start, end = min(start, len(body)), min(start + length, len(body))
    found = pieces(body, marked=[(start, end)])
    assert "".join(text for piece in found for text, _ in piece.parts) == body
    assert [piece.start for piece in found] == [0, *(piece.end for piece in found[:-1])][: len(found)]
    assert "".join(text for piece in found for text, marked in piece.parts if marked) == body[start:end]


def test_a_quote_is_found_where_it_stands_now_and_what_is_said_instead_is_shown() -> None:
    start = BODY.index(QUOTE)
    quote = Quote("by/a.md", start, start + len(QUOTE), QUOTE)
    assert looked_up(quote, SOURCES).start == start
    moved = replace(PAGES["by/a.md"], body=f"Nytt avsnitt.\n\n{BODY}")
    assert looked_up(quote, Sources("g2", {"by/a.md": moved})).start == start + 15
    edited = replace(PAGES["by/a.md"], body=BODY.replace("tar imot brudd", "tar bare imot brudd"))
    found = looked_up(quote, Sources("g2", {"by/a.md": edited}))
    assert (found.start, found.now) == (None, "Røntgenavdelingen tar bare imot brudd.")
    assert looked_up(quote, Sources("g2", {})) == replace(found, now="")


def test_a_quote_that_has_moved_is_renewed_to_where_it_stands() -> None:
    quote = Quote("by/a.md", 0, len(QUOTE), QUOTE)
    new = renewed(quote, SOURCES)
    assert (BODY[new.start : new.end], new.title, len(new.page_digest)) == (QUOTE, "Legevakten", 64)
    gone = replace(quote, quote="Dette står der ikke.")
    assert renewed(gone, SOURCES) == gone


def test_what_is_picked_is_whole_words_of_the_page() -> None:
    start = BODY.index("blodprosent")
    assert picked(SOURCES, file="by/a.md", start=start + 2, end=start + 14).quote == "blodprosent og"
    assert picked(SOURCES, file="by/c.md", start=0, end=len(CRLF)).quote == CRLF.strip()
    for file, first, last in (("by/a.md", 5, 5), ("by/a.md", 9_000, 9_999), ("by/x.md", 0, 5), ("by/a.md", -5, -1)):
        with pytest.raises(ReviewError):
            picked(SOURCES, file=file, start=first, end=last)


def test_what_is_pasted_must_stand_on_the_page() -> None:
    assert written(SOURCES, file="by/b.md", words="  seks rom\n").quote == "seks rom"
    for words in ("sju rom", "", "SEKS ROM"):
        with pytest.raises(ReviewError):
            written(SOURCES, file="by/b.md", words=words)


def test_pages_are_found_by_title_address_and_publisher() -> None:
    assert [page.file for page in titled(SOURCES, "SYKE")] == ["by/b.md"]
    assert [page.file for page in titled(SOURCES, "by.example")] == ["by/a.md", "by/b.md"]
    assert titled(SOURCES, " ") == ()
