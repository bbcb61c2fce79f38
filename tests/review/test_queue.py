"""The queue puts the case that needs a person most on top, and finds what is looked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helseassistent.review.cases import Verdict
from helseassistent.review.exchanges import write
from helseassistent.review.filters import query_of, wanted_from
from helseassistent.review.ledger import Ledger
from helseassistent.review.queue import PAGE, QueuePage, Wanted, find
from helseassistent.review.retention import forget, forget_exchange
from helseassistent.review.sources import Sources
from helseassistent.review.store import Store
from helseassistent.review.verdicts import judge
from review.desk import PAGES, SOURCES, TODAY, answer, logged, quote, small_log, thumb_down
from review.fakes import later, verdict

NARROWED: list[tuple[Wanted, set[str]]] = [
    (Wanted(words="røntgen"), {"case-near-1", "case-sure-1"}),
    (Wanted(words="RØNTGEN åpent?"), {"case-near-1"}),
    (Wanted(words="100%_"), set()),
    (Wanted(words="'; DROP TABLE exchanges --"), set()),
    (Wanted(kind="abstention"), {"case-none-1", "case-hello-1"}),
    (Wanted(said="down"), {"case-down-1"}),
    (Wanted(said="up"), set()),
    (Wanted(ground="near_threshold"), {"case-near-1"}),
    (Wanted(ground="unanswered"), {"case-none-1"}),
    (Wanted(ground="frequent"), set()),
    (Wanted(ground="old_source"), {"case-down-1"}),
    (Wanted(language="nn"), set()),
    (Wanted(judgement="approved", state="all"), set()),
]


def queue(store: Store, wanted: Wanted | None = None, *, sources: Sources = SOURCES) -> QueuePage:
    return find(store, Ledger(store, lambda: sources).now(), wanted or Wanted(), today=TODAY)


def ids(store: Store, wanted: Wanted | None = None) -> list[str]:
    found = queue(store, wanted)
    assert found.total == len(found.cases)
    return [waiting.exchange.id for waiting in found.cases]


def test_a_thumb_down_comes_before_a_doubtful_answer_before_none_before_a_sure_one(store: Store) -> None:
    small_log(store)
    assert ids(store) == ["case-down-1", "case-near-1", "case-none-1", "case-hello-1", "case-sure-1"]


def test_each_case_says_why_it_is_there(store: Store) -> None:
    small_log(store)
    edited = replace(PAGES["by/a.md"], body="Røntgenavdelingen er stengt.")
    found = queue(store, sources=Sources("g2", {**PAGES, "by/a.md": edited}))
    grounds = {waiting.exchange.id: waiting.grounds for waiting in found.cases}
    assert grounds == {
        "case-down-1": ("thumbs_down", "old_source"),
        "case-near-1": ("changed_source", "near_threshold", "low_confidence"),
        "case-none-1": ("unanswered",),
        "case-hello-1": (),
        "case-sure-1": ("changed_source",),
    }


def test_those_who_ask_alike_are_one_case_and_the_one_with_a_thumb_down_stands_for_them(store: Store) -> None:
    asked = [logged(f"same-case-{n}", "Når er det åpent?" if n % 2 else "når er det ÅPENT") for n in range(4)]
    write(store, [*asked, thumb_down("same-case-1")])
    (waiting,) = queue(store).cases
    assert (waiting.exchange.id, waiting.times, waiting.grounds) == ("same-case-1", 4, ("thumbs_down", "frequent"))


def test_a_judged_case_leaves_the_queue_and_comes_back_when_somebody_is_unhappy_after_that(store: Store) -> None:
    small_log(store)
    assert isinstance(judge(store, verdict("case-sure-1"), seen=0), Verdict)
    assert "case-sure-1" not in ids(store)
    assert ids(store, Wanted(state="judged")) == ["case-sure-1"]
    write(store, [logged("case-sure-2", "Kan legevakten ta røntgen?"), thumb_down("case-sure-2")])
    assert "case-sure-2" in ids(store)


def test_search_and_filters_narrow_it(store: Store) -> None:
    small_log(store)
    for wanted, expected in NARROWED:
        assert set(ids(store, wanted)) == expected, wanted


def test_a_long_queue_comes_in_pages_without_losing_or_repeating_a_case(store: Store) -> None:
    write(store, [logged(f"long-case-{n:03}", f"Spørsmål nummer {n}", answer(quote())) for n in range(60)])
    pages = [queue(store, Wanted(page=number)) for number in (1, 2, 3, 4)]
    assert [len(page.cases) for page in pages] == [PAGE, PAGE, 10, 0]
    assert len({waiting.exchange.id for page in pages for waiting in page.cases}) == 60


def test_the_address_keeps_what_was_wanted() -> None:
    wanted = Wanted("røntgen & brudd", "all", "answer", "down", "frequent", "dangerous", "nn", page=3)
    query = query_of(wanted)
    pairs = dict(pair.split("=") for pair in query.split("&"))
    assert set(pairs) == {"q", "tilstand", "type", "tommel", "grunn", "vurdering", "sprak", "side"}
    assert wanted_from({**{"q": "røntgen & brudd"}, **{k: v for k, v in pairs.items() if k != "q"}}) == wanted
    assert query_of(replace(Wanted(), page=1)) == ""


@pytest.mark.parametrize("side", ["0", "-1", "²", "1e9", "99999", "x"])
def test_an_address_that_means_nothing_narrows_nothing(side: str) -> None:
    assert wanted_from({"side": side, "type": "<script>", "tilstand": "", "grunn": "x"}) == Wanted()


def test_what_is_said_judged_changed_or_deleted_meanwhile_is_seen_at_the_next_look(store: Store) -> None:
    small_log(store)
    sources = [SOURCES]
    ledger = Ledger(store, lambda: sources[0])

    def look() -> dict[str, tuple[str, ...]]:
        cases = find(store, ledger.now(), Wanted(), today=TODAY).cases
        return {waiting.exchange.id: waiting.grounds for waiting in cases}

    assert look()["case-sure-1"] == ()
    write(store, [thumb_down("case-sure-1"), logged("case-late-1", "Er det åpent i påsken?")])
    assert look()["case-sure-1"] == ("thumbs_down",)
    assert "case-late-1" in look()
    sources[0] = Sources("g2", {})
    assert look()["case-late-1"] == ("changed_source",)
    judge(store, verdict("case-late-1"), seen=0)
    assert "case-late-1" not in look()
    forget_exchange(store, "case-down-1")
    assert set(look()) == {"case-sure-1", "case-near-1", "case-none-1", "case-hello-1"}
    forget(store, today=later(100), keep_days=90, confirmed=True)
    assert look() == {}
