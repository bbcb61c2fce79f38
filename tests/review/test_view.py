"""The page for staff as a program sees it: what it shows, what it keeps, what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from helseassistent.review.cases import Verdict
from helseassistent.review.exchanges import write
from helseassistent.review.judging import place
from helseassistent.review.store import Store, open_store
from helseassistent.review.verdicts import history, judge
from helseassistent.review.view import build_review
from helseassistent.types import Abstention
from review.desk import BODY, CRLF, PAGES, answer, logged, parts, quote, reviewer, small_log
from review.fakes import verdict


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(str(tmp_path_factory.mktemp("log") / "log.sqlite"))
    small_log(opened)
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> TestClient:
    return TestClient(build_review(parts(store)), follow_redirects=False)


def sent(**fields: str) -> dict[str, str]:
    return {"csrf": "token", "seen": "0", "importance": "normal", "judgement": "approved", **fields}


def words_at(words: str, file: str = "by/a.md") -> str:
    start = PAGES[file].body.index(words)
    return place(PAGES[file], start, start + len(words))


def test_the_queue_leads_to_its_cases(client: TestClient) -> None:
    page = client.get("/").text
    assert re.findall(r'href="/sak/([\w-]+)"', page)[0] == "case-down-1"
    assert "5 saker" in page
    assert "Tommel ned" in page


def test_a_case_shows_the_whole_page_with_the_quoted_words_marked_and_why_it_was_answered(client: TestClient) -> None:
    page = client.get("/sak/case-near-1").text
    source = page[page.index('id="ra-page"') : page.index("ra-others")]
    shown = re.sub(r"<[^>]+>", "", source[source.index(">") + 1 :])
    assert shown.startswith(BODY)
    assert re.findall(r"<mark>(.*?)</mark>", source) == ["Røntgenavdelingen tar imot brudd."]
    assert "Sikkerheten" in page or "sikkerheten var 0,55, ikke under terskelen 0,50" in page
    assert "oppdatert 1. april 2025" in page
    assert "0,91" in page


def test_a_case_that_was_not_answered_says_why(client: TestClient) -> None:
    assert "det beste sitatet var ikke sikkert nok" in client.get("/sak/case-none-1").text
    assert "meldingen var en hilsen" in client.get("/sak/case-hello-1").text


def test_a_case_that_a_model_answered_below_the_threshold_says_so(client: TestClient, store: Store) -> None:
    write(store, [logged("case-model-1", "Når tar de røntgen?", answer(quote(), confidence=0.4))])
    assert "Språkmodellen fant svaret i kilden, og ordene holdt. Sikkerheten var 0,40, under terskelen 0,50." in (
        client.get("/sak/case-model-1").text
    )


def test_a_case_whose_page_lacks_what_is_asked_for_speaks_of_no_certainty(client: TestClient, store: Store) -> None:
    write(store, [logged("case-price-1", "Hva koster røntgen?", Abstention("near_miss", confidence=0.97))])
    assert "mangler det som det spørres etter." in client.get("/sak/case-price-1").text
    queue = client.get("/?q=koster+r%C3%B8ntgen").text
    assert "Ikke svar: siden mangler det som det spørres etter" in queue
    assert "0,97" not in queue


def test_approving_keeps_the_answers_own_quotes_and_leads_to_the_next_case(client: TestClient, store: Store) -> None:
    done = client.post("/sak/case-down-1", data=sent(note="Stemmer."))
    assert (done.status_code, done.headers["location"]) == (303, "/sak/case-near-1?lagret=approved")
    (kept,) = history(store, "case-down-1")
    assert (kept.said.reviewer, kept.said.judgement, kept.said.note) == ("kari", "approved", "Stemmer.")
    assert [quote.quote for quote in kept.said.right] == ["Det er seks rom."]
    assert "Lagret: Godkjent" in client.get(done.headers["location"]).text


def test_the_filter_stays_while_one_works_through_it(client: TestClient) -> None:
    page = client.get("/?q=r%C3%B8ntgen").text
    (first, *_) = re.findall(r'class="ra-question" href="([^"]+)"', page)
    assert first == "/sak/case-near-1?q=r%C3%B8ntgen"
    done = client.post(first, data=sent())
    assert done.headers["location"] == "/sak/case-sure-1?q=r%C3%B8ntgen&lagret=approved"
    done = client.post(done.headers["location"], data=sent())
    assert done.headers["location"] == "/?q=r%C3%B8ntgen&lagret=approved"
    assert "ikke flere saker" in client.get(done.headers["location"]).text


def test_correcting_keeps_the_words_that_were_picked_in_the_source(client: TestClient, store: Store) -> None:
    right = words_at("🩸 Svaret kommer samme dag.")
    client.post("/sak/case-near-1", data=sent(judgement="corrected", right=right, importance="high", category="Prøver"))
    (kept,) = history(store, "case-near-1")
    (quote,) = kept.said.right
    assert (quote.quote, quote.file, BODY[quote.start : quote.end]) == (
        "🩸 Svaret kommer samme dag.",
        "by/a.md",
        quote.quote,
    )
    assert (kept.said.importance, kept.said.category, kept.said.generation) == ("high", "Prøver", "g1")


def test_words_may_be_pasted_in_place_of_picked(client: TestClient, store: Store) -> None:
    fields = sent(judgement="should_answer", words=" Det er seks rom. ", words_file="by/b.md")
    assert client.post("/sak/case-none-1", data=fields).status_code == 303
    assert [quote.quote for quote in history(store, "case-none-1")[0].said.right] == ["Det er seks rom."]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"judgement": ""}, "Velg en vurdering først"),
        ({"judgement": "<b>"}, "Velg en vurdering først"),
        ({"judgement": "corrected"}, "trenger det riktige sitatet"),
        ({"judgement": "corrected", "words": "Det står ikke der", "words_file": "by/a.md"}, "står ikke på siden"),
        ({"judgement": "corrected", "words": "x", "words_file": "../../etc/passwd"}, "står ikke på siden"),
        ({"judgement": "corrected", "right": "0000000000000000:0-4:by/a.md"}, "Kilden er oppdatert"),
        ({"judgement": "corrected", "right": "tull"}, "Kilden er oppdatert"),
        ({"right": place(PAGES["by/a.md"], 2, 12)}, "gjelder sitatet i svaret"),
        ({"judgement": "corrected", "right": place(PAGES["by/a.md"], 20, 130)}, "går over en overskrift"),
        ({"judgement": "corrected", "right": place(PAGES["by/a.md"], 12, 14)}, "Sitatet er tomt"),
        ({"judgement": "corrected", "right": place(PAGES["by/a.md"], 9000, 9999)}, "Sitatet er tomt"),
    ],
)
def test_what_cannot_be_kept_is_told_and_the_note_is_still_there(
    client: TestClient, store: Store, fields: dict[str, str], told: str
) -> None:
    answered = client.post("/sak/case-near-1", data=sent(note="Mitt notat", **fields))
    assert answered.status_code == 422
    assert told in answered.text
    assert ">Mitt notat</textarea>" in answered.text
    assert history(store, "case-near-1") == ()


def test_an_answer_whose_words_no_longer_stand_is_not_approved_and_both_wordings_are_shown(store: Store) -> None:
    old = "Røntgenavdelingen tar imot alle brudd."
    reply = parts(store).sources().pages["by/a.md"]
    record = logged("case-gone-1", "Tar de brudd?", generation="g0")
    record.reply["claims"][0]["citations"][0]["quote"] = old
    from helseassistent.review.exchanges import write

    write(store, [record])
    client = TestClient(build_review(parts(store)), follow_redirects=False)
    page = client.get("/sak/case-gone-1").text
    assert "disse ordene står der ikke lenger" in page
    assert f"<dd>{old}</dd>" in page
    assert "<dd>Røntgenavdelingen tar imot brudd.</dd>" in page
    assert client.post("/sak/case-gone-1", data=sent()).status_code == 422
    assert "Kilden er endret" in client.get("/").text
    assert reply.body == BODY


def test_two_reviewers_never_overwrite_each_other(client: TestClient, store: Store) -> None:
    assert isinstance(judge(store, verdict("case-near-1", reviewer="ola", note="Olas notat"), seen=0), Verdict)
    mine = sent(judgement="wrong_source", note="Mitt notat", right=words_at("Ta med legitimasjon"))
    answered = client.post("/sak/case-near-1", data=mine)
    assert answered.status_code == 409
    assert "ola vurderte saken mens du så på den" in answered.text
    assert "Olas notat" in answered.text
    assert answered.text.count("Mitt notat") == 2  # beside the other one, and in the form
    assert 'name="seen" value="1"' in answered.text
    assert "Ta med legitimasjon" in answered.text
    assert len(history(store, "case-near-1")) == 1
    assert client.post("/sak/case-near-1", data=mine | {"seen": "1"}).status_code == 303
    assert [v.said.note for v in history(store, "case-near-1")] == ["Olas notat", "Mitt notat"]


def test_a_reader_sees_the_case_but_cannot_judge_it(store: Store) -> None:
    client = TestClient(build_review(parts(store, user=reviewer("leif", "leser"))), follow_redirects=False)
    page = client.get("/sak/case-near-1").text
    assert '<form method="post"' not in page
    assert "<mark>" in page
    assert client.post("/sak/case-near-1", data=sent()).status_code == 403
    assert history(store, "case-near-1") == ()


def test_another_page_of_the_sources_can_be_found_and_shown(client: TestClient) -> None:
    page = client.get("/sak/case-near-1?sok=linjer").text
    assert "fil=by/c.md" in page
    page = client.get("/sak/case-near-1?fil=by/c.md").text
    assert "Første linje&#13;\nher går setningen videre." in page
    assert "javascript:" not in page
    assert CRLF in PAGES["by/c.md"].body


@pytest.mark.parametrize("path", ["/sak/unknown-case", "/sak/..%2f..%2fetc", "/nothing", "/assets/x.css", "/sak/"])
def test_what_is_not_there_is_told_in_one_sentence(client: TestClient, path: str) -> None:
    answered = client.get(path)
    assert answered.status_code == 404
    assert "finnes ikke" in answered.text


def test_a_form_too_large_keeps_nothing(client: TestClient, store: Store) -> None:
    assert client.post("/sak/case-near-1", data=sent(note="a" * 70_000)).status_code == 422
    assert history(store, "case-near-1") == ()


def test_words_picked_in_the_middle_of_words_are_kept_whole(client: TestClient, store: Store) -> None:
    start = BODY.index("blodprosent") + 3
    cut = place(PAGES["by/a.md"], start, BODY.index("blodsukker") + 4)
    client.post("/sak/case-near-1", data=sent(judgement="corrected", right=cut))
    assert [quote.quote for quote in history(store, "case-near-1")[0].said.right] == ["blodprosent og blodsukker"]


def test_every_response_forbids_what_is_not_ours(client: TestClient) -> None:
    for path in ("/", "/sak/case-near-1", "/assets/review.js", "/nothing"):
        headers = client.get(path).headers
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
