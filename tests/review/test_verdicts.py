"""What reviewers say is kept as versions; nobody's words are overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from helseassistent.review.cases import Conflict, Quote, Verdict
from helseassistent.review.exchanges import write
from helseassistent.review.store import Store
from helseassistent.review.verdicts import all_standing, history, judge
from review.fakes import DAY, entry, verdict


def test_a_verdict_comes_back_with_its_quote(store: Store) -> None:
    write(store, [entry("reply-one")])
    said = replace(
        verdict("reply-one"), judgement="corrected", right=(Quote("by/b.md", 3, 9, "seks b", last_updated=DAY),)
    )
    kept = judge(store, said, seen=0)
    assert isinstance(kept, Verdict)
    assert (kept.version, kept.said) == (1, said)
    assert history(store, "reply-one") == (kept,)


def test_who_saw_an_older_version_is_shown_the_newer_and_nothing_is_kept(store: Store) -> None:
    write(store, [entry("reply-one")])
    first = judge(store, verdict("reply-one", note="først"), seen=0)
    assert judge(store, verdict("reply-one", reviewer="ola", note="sist"), seen=0) == Conflict(first)
    second = judge(store, verdict("reply-one", reviewer="ola", note="sist"), seen=1)
    assert history(store, "reply-one") == (first, second)
    assert all_standing(store) == (second,)


def test_of_many_who_judge_at_once_one_is_kept_and_the_others_are_told(store: Store) -> None:
    write(store, [entry("reply-one")])

    def say(number: int) -> Verdict | Conflict:
        return judge(store, verdict("reply-one", reviewer=f"nr{number}"), seen=0)

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(say, range(6)))
    kept = [result for result in results if isinstance(result, Verdict)]
    assert len(kept) == 1
    assert {result.standing for result in results if isinstance(result, Conflict)} == set(kept)
    assert history(store, "reply-one") == tuple(kept)


def test_verdicts_on_questions_that_nobody_asked_stand_alone(store: Store) -> None:
    one, two = judge(store, verdict(None, note="a"), seen=0), judge(store, verdict(None, note="b"), seen=0)
    assert all_standing(store) == (one, two)
