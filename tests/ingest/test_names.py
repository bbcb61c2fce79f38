"""A file name that people can read, the same for the same address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helseassistent.ingest.names import page_file, slug


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("https://a.no/", "bergen-kommune/forside.md"),
        ("https://a.no", "bergen-kommune/forside.md"),
        ("https://a.no/tjenester/legevakt/", "bergen-kommune/tjenester-legevakt.md"),
        ("https://a.no/Hjem/S%C3%98KNAD-p%C3%A5-pleie.aspx", "bergen-kommune/hjem-soknad-pa-pleie.md"),
        ("https://a.no/skjema.pdf", "bergen-kommune/skjema.md"),
        ("https://a.no/sak?id=10533&vis=alt", "bergen-kommune/sak-id-10533-vis-alt.md"),
    ],
)
def test_the_name_says_where_the_page_is(url: str, file: str) -> None:
    assert page_file(url, publisher="Bergen kommune", taken=()) == file


def test_a_name_that_is_taken_or_means_something_else_is_marked_with_the_address() -> None:
    taken = {"by/hjelp.md"}
    names = {page_file(url, publisher="By", taken=taken) for url in ("https://a.no/hjelp", "https://b.no/hjelp")}
    assert len(names) == 2
    assert not names & taken
    assert page_file("https://a.no/README.html", publisher="By", taken=()).startswith("by/readme-")


@given(st.text())
def test_a_slug_is_plain_and_short(text: str) -> None:
    made = slug(text)
    assert len(made) <= 80
    assert made == slug(made)
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not made.startswith("-")


def test_a_long_name_is_cut_at_a_word() -> None:
    assert slug("helse og omsorg " * 10) == "-".join(["helse-og-omsorg"] * 5)
    assert slug("a" * 300) == "a" * 80
