"""What one reply gives against its key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluate.assistant import PAGES, QUESTIONS, Assistant, empty_reply
from helseassistent.evaluate.questions import Question, Relevant
from helseassistent.evaluate.scoring import covered, gold_spans, has_fact, numbers, score_reply
from helseassistent.reply import ReplyRecord

OPEN, PRICE = QUESTIONS[0], QUESTIONS[1]


def reply_to(question: Question) -> ReplyRecord:
    return Assistant()(question)


def test_a_right_answer_is_right_on_every_measure() -> None:
    score = score_reply(PRICE, reply_to(PRICE), pages=PAGES)
    assert score.outcome == "right"
    assert score.rank == 1
    perfect = ("right", "fact_recall", "quote_overlap", "verbatim", "citation_recall", "citation_precision", "recall@1")
    assert {name: score.measures[name] for name in perfect} == dict.fromkeys(perfect, 1.0)
    assert score.measures["wrong_numbers"] == score.measures["unsupported_numbers"] == 0


def test_an_answer_from_the_wrong_place_is_wrong_and_its_numbers_are_counted() -> None:
    score = score_reply(OPEN, reply_to(PRICE), pages=PAGES)
    assert score.outcome == "wrong"
    assert score.measures["wrong"] == score.measures["risk"] == 1.0
    assert score.measures["wrong_numbers"] == 1.0  # 250
    assert score.measures["page_recall@1"] == 1.0  # the page was right all the same


def test_declining_a_question_with_a_key_is_not_right_and_not_a_wrong_answer() -> None:
    score = score_reply(OPEN, empty_reply(OPEN.question), pages=PAGES)
    assert score.outcome == "declined"
    assert (score.measures["right"], score.measures["wrong"], score.measures["fact_recall"]) == (0.0, 0.0, 0.0)
    assert score.measures["recall@10"] == score.measures["mrr@10"] == score.measures["ndcg@10"] == 0.0
    assert "verbatim" not in score.measures
    assert "risk" not in score.measures


@pytest.mark.parametrize("question", QUESTIONS[6:], ids=lambda q: q.kind)
def test_a_question_without_a_key_is_right_only_when_declined(question: Question) -> None:
    assert score_reply(question, empty_reply(question.question), pages=PAGES).outcome == "right"
    score = score_reply(question, reply_to(OPEN), pages=PAGES)
    assert score.outcome == "wrong"
    assert score.measures["declined"] == 0.0
    assert "recall@1" not in score.measures


def test_a_quote_changed_by_one_letter_is_not_verbatim_and_earns_nothing() -> None:
    reply = reply_to(OPEN)
    reply["claims"][0]["citations"][0]["quote"] = "Legevakten er apen hele døgnet."
    score = score_reply(OPEN, reply, pages=PAGES)
    assert score.measures["verbatim"] == score.measures["citation_recall"] == score.measures["quote_overlap"] == 0.0
    assert score.outcome == "wrong"


def test_a_verbatim_quote_at_the_wrong_place_is_not_verbatim() -> None:
    reply = reply_to(OPEN)
    reply["claims"][0]["citations"][0]["start"] += 1
    assert score_reply(OPEN, reply, pages=PAGES).measures["verbatim"] == 0.0


def test_a_claim_that_says_more_than_its_quote_is_not_carried() -> None:
    reply = reply_to(OPEN)
    reply["claims"][0]["text"] += " Det koster 99 kroner."
    measures = score_reply(OPEN, reply, pages=PAGES).measures
    assert (measures["citation_recall"], measures["unsupported_numbers"], measures["verbatim"]) == (0.0, 1.0, 1.0)


def test_a_second_citation_that_nothing_needs_lowers_precision_only() -> None:
    reply = reply_to(OPEN)
    reply["claims"][0]["citations"] += reply_to(PRICE)["claims"][0]["citations"]
    measures = score_reply(OPEN, reply, pages=PAGES).measures
    assert (measures["citation_recall"], measures["citation_precision"]) == (1.0, 0.5)


def test_any_of_the_relevant_quotes_will_do() -> None:
    both = replace(OPEN, relevant=(Relevant("hjelp.md", "Du kan låne rullestol i 3 måneder."), *OPEN.relevant))
    assert score_reply(both, reply_to(OPEN), pages=PAGES).outcome == "right"


def test_a_quote_counts_wherever_it_stands_on_the_page() -> None:
    twice = {"a.md": replace(PAGES["hjelp.md"], file="a.md", body="Ring oss. Kom innom. Ring oss.")}
    question = replace(OPEN, relevant=(Relevant("a.md", "Ring oss."),))
    assert gold_spans(question, twice) == (("a.md", 0, 9), ("a.md", 21, 30))


def test_coverage_counts_every_character_once() -> None:
    assert covered(("a", 0, 10), [("a", 0, 5), ("a", 3, 6), ("b", 0, 10)]) == 0.6


@pytest.mark.parametrize(
    ("fact", "text", "found"),
    [
        pytest.param("10 virkedager", "innen 10\u00a0Virkedager.", True, id="no_break_space_and_case"),
        pytest.param("5 mg", "gi 15 mg", False, id="part_of_a_longer_number"),
        pytest.param("5 mg", "gi 2,5 mg", False, id="part_of_a_decimal"),
        pytest.param("3", "ring 3.", True, id="full_stop_after_a_number"),
        pytest.param("kan vel", "du kan velge", True, id="part_of_a_word_as_the_key_says"),
    ],
)
def test_facts_are_found_after_folding_but_never_inside_another_number(fact: str, text: str, found: bool) -> None:
    assert has_fact(fact, text) is found


def test_numbers_keep_decimals_and_join_thousands() -> None:
    assert numbers("129\u00a0105 personer, 2,5 mg, kl. 08:30 og § 2-4") == {"129105", "2,5", "08:30", "2", "4"}
