"""Row C11: which addresses look like endlessly many."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from helseassistent.ingest.addresses import Address, parse_address
from helseassistent.ingest.traps import Traps


def caught(paths: Iterable[str], *, most_asked: int = 1_000) -> int:
    traps = Traps(most_asked=most_asked)
    addresses = [parse_address(f"https://a.no{path}") for path in paths]
    return sum(traps.catches(address) for address in addresses if isinstance(address, Address))


@pytest.mark.parametrize(
    "form",
    [
        "/artikkel.aspx?MId1={n}&AId=7",
        "/?p={n}",
        "/artikler/{n}",
        "/2024/03/12/artikkel-{n}",
        "/aktuelt/2024/{n}-tittel",
        "/lov/1/1/1/{n}",
        "/vedlegg/2019{n:05}.pdf",
    ],
)
def test_many_pages_told_apart_by_a_number_are_no_trap(form: str) -> None:
    """Old municipal sites have every article at one path."""
    assert caught(form.format(n=number) for number in range(900)) == 0


@pytest.mark.parametrize(
    "form", ["/kalender/{y}/{m:02}", "/kalender/{y}-{m:02}-01/uke", "/k?dato={y}-{m:02}-01", "/k/01.{m:02}.{y}"]
)
def test_a_calendar_is_let_through_for_a_hundred_dates(form: str) -> None:
    paths = [form.format(y=year, m=month) for year in range(2020, 2040) for month in range(1, 13)]
    assert caught(paths) == len(paths) - 100


def test_a_query_may_ask_for_half_as_many_pages_as_the_source_allows() -> None:
    assert caught((f"/sok?tekst={number}" for number in range(500)), most_asked=300) == 200


@pytest.mark.parametrize("path", ["/a/b/a/b/a", "/om/om/om", "/sok?a=1&b=2&c=3&d=4&e=5&f=6&g=7"])
def test_paths_that_repeat_and_queries_that_ask_for_everything_are_traps(path: str) -> None:
    assert caught([path]) == 1


@pytest.mark.parametrize("path", ["/a/b/a", "/om/om", "/sok?a=1&b=2", "/"])
def test_ordinary_paths_are_no_traps(path: str) -> None:
    assert caught([path] * 500) == 0
