"""The page of approved answers: what stands first, which forms change something, and who may send them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from helseassistent.review.approvals import NewApproval, all_approved, approve, approved_with, flag
from helseassistent.review.cases import Approved, Change
from helseassistent.review.sources import of_page
from helseassistent.review.store import Store, open_store
from helseassistent.review.view import build_review
from review.desk import BODY, PAGES, QUOTE, parts, reviewer
from review.fakes import DAY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / "log.sqlite"))
    start = BODY.index(QUOTE)
    rests = (of_page(PAGES["by/a.md"], start, start + len(QUOTE)),)
    with opened.writing() as connection:
        for name in ("en", "to"):
            approve(connection, NewApproval(name, f"Spørsmål {name}?", "nb", rests, "ola", DAY, "g1"))
    (seen,) = (kept for kept in all_approved(opened) if kept.id == "to")
    flag(opened, seen, changes=(Change("by/a.md", QUOTE, "Røntgen er stengt."),))
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> TestClient:
    return TestClient(build_review(parts(store)), follow_redirects=False)


def kept(store: Store, id: str) -> Approved:
    found = approved_with(store, id)
    assert found
    return found


def test_what_has_changed_stands_first_with_both_wordings(client: TestClient) -> None:
    page = client.get("/godkjente").text
    assert page.index("Spørsmål to?") < page.index("Spørsmål en?")
    assert f"<dt>Før</dt><dd>{QUOTE}</dd>" in page
    assert "<dt>Nå</dt><dd>Røntgen er stengt.</dd>" in page


def test_an_answer_whose_words_stand_is_approved_again(client: TestClient, store: Store) -> None:
    done = client.post("/godkjente/to", data={"csrf": "token", "seen": "2", "do": "approve"})
    assert (done.status_code, done.headers["location"]) == (303, "/godkjente?gjort=approve")
    assert (kept(store, "to").state, kept(store, "to").reviewer) == ("standing", "kari")
    assert "godkjent igjen" in client.get(done.headers["location"]).text


def test_an_answer_is_withdrawn(client: TestClient, store: Store) -> None:
    client.post("/godkjente/en", data={"csrf": "token", "seen": "1", "do": "withdraw"})
    assert kept(store, "en").state == "withdrawn"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"seen": "1", "do": "approve"}, 409),  # somebody has flagged it since
        ({"seen": "2", "do": ""}, 422),
        ({"seen": "2", "do": "slett"}, 422),
        ({}, 409),
    ],
)
def test_what_cannot_be_done_changes_nothing_and_is_told(
    client: TestClient, store: Store, fields: dict[str, str], status: int
) -> None:
    answered = client.post("/godkjente/to", data=fields)
    assert answered.status_code == status
    assert 'role="alert"' in answered.text
    assert (kept(store, "to").state, kept(store, "to").version) == ("flagged", 2)


def test_words_that_are_gone_are_not_approved_again(store: Store) -> None:
    edited = {**PAGES, "by/a.md": replace(PAGES["by/a.md"], body="Røntgen er stengt.")}
    sources = replace(parts(store).sources(), pages=edited)
    client = TestClient(build_review(parts(store, sources=sources)), follow_redirects=False)
    answered = client.post("/godkjente/to", data={"seen": "2", "do": "approve"})
    assert answered.status_code == 422
    assert kept(store, "to").state == "flagged"


def test_a_reader_changes_nothing(store: Store) -> None:
    client = TestClient(build_review(parts(store, user=reviewer("leif", "leser"))), follow_redirects=False)
    assert client.post("/godkjente/en", data={"seen": "1", "do": "withdraw"}).status_code == 403
    assert "Trekk tilbake" not in client.get("/godkjente").text
    assert client.post("/godkjente/finnes-ikke", data={}).status_code == 403
