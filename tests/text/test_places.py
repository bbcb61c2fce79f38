"""Places that a question names, and those that a page speaks for."""

from __future__ import annotations

import pytest

from helseassistent.text.places import foreign_places, home_of, places_in

BERGEN = frozenset({"bergen"})


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Har Stavanger legevakt?", {"stavanger"}),
        ("Er det Stavangers legevakt?", {"stavanger"}),
        ("LEGEVAKT I OSLO", {"oslo"}),
        ("legevakt i oslo", {"oslo"}),
        ("Fra Oslo til Bergen", {"oslo", "bergen"}),
        ("Legevakt i oslo", set()),  # the text has capitals, so that a small letter is no name
        ("Har dere røntgen?", set()),
        ("", set()),
    ],
)
def test_places_are_found_by_their_names(text: str, places: set[str]) -> None:
    assert places_in(text) == places


def test_a_page_speaks_for_the_places_of_its_header_and_body() -> None:
    assert home_of(header="Legevakt https://www.bergen.kommune.no/legevakt", body="Fana og Oslo") >= {"bergen", "oslo"}


def test_a_page_without_a_place_in_its_header_speaks_for_the_few_of_its_body() -> None:
    assert home_of(header="Legevakt", body="I Bergen og Stavanger") == {"bergen", "stavanger"}
    assert home_of(header="Legevakt", body="Oslo, Bergen, Stavanger og Trondheim") == frozenset()


def test_every_place_but_home_is_foreign() -> None:
    assert foreign_places("Er Oslo bedre enn Bergen?", home=BERGEN) == {"oslo"}
    assert foreign_places("Er Oslo bedre enn Bergen?", home=frozenset()) == frozenset()


@pytest.mark.parametrize("part", ["Åsane", "Fana", "Laksevåg", "Arna"])
def test_a_part_of_the_town_is_not_foreign_to_it(part: str) -> None:
    assert foreign_places(f"Har {part} legevakt?", home=BERGEN) == frozenset()
