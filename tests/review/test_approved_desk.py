"""What staff may do with an approved answer whose source has changed: see both wordings, and choose once more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from helseassistent.review.approvals import all_approved, withdraw
from helseassistent.review.cases import Approved, Judgement, NewVerdict, Verdict
from helseassistent.review.invalidation import invalidate
from helseassistent.review.settle import settle
from helseassistent.review.sources import Sources
from helseassistent.review.store import Store, open_store
from helseassistent.review.verdicts import judge
from helseassistent.review.view import build_review
from helseassistent.types import Page
from review.desk import BODY, PAGES, QUOTE, TODAY, parts, reviewer, small_log
from review.fakes import DAY

NEW = "Røntgenavdelingen tar imot brudd bare på dagtid."


def edited(old: str, new: str) -> Sources:
    page: Page = PAGES["by/a.md"]
    return Sources("g2", {**PAGES, "by/a.md": replace(page, body=BODY.replace(old, new))})


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(str(tmp_path_factory.mktemp("log") / "log.sqlite"))
    small_log(opened)
    judgement: Judgement = "approved"
    kept = judge(opened, NewVerdict("case-sure-1", "Kan legevakten ta røntgen?", "kari", judgement, DAY), seen=0)
    assert isinstance(kept, Verdict)
    settle(opened, kept, pages=PAGES, generation="g1")
    yield opened
    opened.close()


def flagged(store: Store, sources: Sources) -> tuple[TestClient, Approved]:
    invalidate(store, pages=sources.pages)
    (answer,) = all_approved(store, state="flagged")
    return TestClient(build_review(parts(store, sources=sources)), follow_redirects=False), answer


def form(page: str, answer: Approved, wish: str) -> Mapping[str, str]:
    """The fields of the button that does what is wished."""
    (fields,) = [part for part in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'value="{wish}"' in part]
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', fields)
    assert f"/godkjente/{answer.id}" in fields
    return {**dict(hidden), "do": wish}


def test_both_wordings_are_shown_and_the_new_words_can_be_approved(store: Store) -> None:
    client, answer = flagged(store, edited(QUOTE, NEW))
    page = client.get("/godkjente").text
    assert QUOTE in page
    assert NEW in page
    done = client.post(f"/godkjente/{answer.id}", data=form(page, answer, "renew"))
    assert done.status_code == 303
    (again,) = all_approved(store, state="standing")
    assert [quote.quote for quote in again.quotes] == [NEW]
    assert (again.reviewer, again.day, again.generation) == ("kari", TODAY, "g2")
    assert "godkjent med de nye ordene" in client.get(done.headers["location"]).text


def test_other_words_than_the_reviewer_saw_are_not_approved(store: Store) -> None:
    client, answer = flagged(store, edited(QUOTE, NEW))
    seen = form(client.get("/godkjente").text, answer, "renew")
    later = TestClient(build_review(parts(store, sources=edited(QUOTE, NEW.replace("dagtid", "natten")))))
    refused = later.post(f"/godkjente/{answer.id}", data=seen)
    assert refused.status_code == 422
    assert "endret mens du så" in refused.text
    assert all_approved(store, state="standing") == ()


def test_words_that_stand_in_a_changed_passage_are_approved_as_they_are(store: Store) -> None:
    client, answer = flagged(store, edited("fra kl. 9 til 15", "fra kl. 9 til 12"))
    page = client.get("/godkjente").text
    assert "til 15" in page
    assert "til 12" in page
    assert 'value="renew"' not in page
    assert client.post(f"/godkjente/{answer.id}", data=form(page, answer, "approve")).status_code == 303
    (again,) = all_approved(store, state="standing")
    assert "til 12" in again.quotes[0].passage


def test_a_page_that_has_gone_leaves_only_withdrawal(store: Store) -> None:
    client, answer = flagged(store, Sources("g2", {}))
    page = client.get("/godkjente").text
    refused = client.post(f"/godkjente/{answer.id}", data=form(page, answer, "approve"))
    assert (refused.status_code, "Ordene står ikke slik" in refused.text) == (422, True)
    assert client.post(f"/godkjente/{answer.id}", data=form(page, answer, "withdraw")).status_code == 303
    assert [found.state for found in all_approved(store)] == ["withdrawn"]


def test_what_somebody_else_has_changed_is_not_overwritten_and_a_reader_changes_nothing(store: Store) -> None:
    client, answer = flagged(store, edited(QUOTE, NEW))
    seen = form(client.get("/godkjente").text, answer, "renew")
    reader = TestClient(build_review(parts(store, user=reviewer("leif", "leser"), sources=edited(QUOTE, NEW))))
    assert reader.post(f"/godkjente/{answer.id}", data=seen).status_code == 403
    withdraw(store, answer, reviewer="ola", day=DAY)
    late = client.post(f"/godkjente/{answer.id}", data=seen)
    assert (late.status_code, "Noen andre endret" in late.text) == (409, True)
    assert [found.state for found in all_approved(store)] == ["withdrawn"]
