"""The reports as pages and files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]
from starlette.testclient import TestClient

from fakes import HashingEncoder
from helseassistent.review.reports import Reporter
from helseassistent.review.store import Store, open_store
from helseassistent.review.view import build_review
from helseassistent.types import Abstention
from review.desk import SOURCES, logged, parts, small_log

FORMULA = "=HYPERLINK(1)+1"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / "log.sqlite"))
    declined = Abstention("near_miss", confidence=0.2)
    small_log(opened, [logged(f"case-many-{n}", FORMULA, declined) for n in range(6)])
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> TestClient:
    reporter = Reporter(store, lambda: SOURCES, HashingEncoder(), 90)
    return TestClient(build_review(replace(parts(store), reporter=reporter)))


def test_every_table_is_shown_and_can_be_fetched(client: TestClient) -> None:
    page = client.get("/rapporter").text
    assert page.count("<svg") == 2
    assert "Det sidene ikke svarer på" in page
    assert FORMULA in page
    for name in ("uker", "hull", "eldste-kilder", "tilbakemeldinger", "motsigelser"):
        answered = client.get(f"/rapporter/{name}.csv")
        assert (answered.status_code, answered.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        assert f'filename="{name}.csv"' in answered.headers["content-disposition"]


def test_no_cell_of_a_file_is_a_formula(client: TestClient) -> None:
    assert f"'{FORMULA}" in client.get("/rapporter/hull.csv").content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(client.get("/rapporter/rapporter.xlsx").content))
    assert [cell.value for sheet in book for row in sheet for cell in row if cell.data_type == "f"] == []


@pytest.mark.parametrize("name", ["x.csv", "..%2fuker.csv", "uker", "uker.xlsx"])
def test_a_file_that_is_none_is_told(client: TestClient, name: str) -> None:
    assert client.get(f"/rapporter/{name}").status_code == 404
