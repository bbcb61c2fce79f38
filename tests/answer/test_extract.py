"""What is quoted: whole sentences that answer, a list with its lead-in, and never too much."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answer.evidence import found
from fakes import HashingEncoder
from helseassistent.answer.extract import MOST_SENTENCES, MOST_WORDS, SURE, Choice, choose, draft, quoted
from helseassistent.answer.reading import WordVectors, read_question
from helseassistent.assistant import Assistant
from helseassistent.text.sentences import blocks, sentence_spans
from helseassistent.types import Answer, Scored

QUESTIONS = [
    ("Hvor mange plasser har Storetveit sykehjem?", "27 plasser"),
    ("Hvor mange prosent av sykehjemsplassene er korttidsplasser?", "19 prosent"),
    ("Når ble øvre del av Nygårdsparken stengt?", "sommeren 2014"),
    ("Hvem driver Bergen legevakt?", "Tilbudet drives av Bergen kommune."),
    ("Hvilke pasientgrupper skal helsefellesskapene prioritere?", "fire pasientgrupper"),
    ("Kor mange kommunar er med i helsefellesskapet?", "18 kommunene"),
]


def reply_to(question: str, assistant: Assistant) -> Answer:
    reply = assistant.ask([question]).reply
    assert isinstance(reply, Answer)
    return reply


@pytest.mark.parametrize(("question", "words"), QUESTIONS)
def test_the_quote_holds_what_was_asked_for(question: str, words: str, bold: Assistant) -> None:
    quotes = [citation.quote for claim in reply_to(question, bold).claims for citation in claim.citations]
    assert any(words in quote for quote in quotes)


@pytest.mark.parametrize("question", [question for question, _ in QUESTIONS])
def test_quotes_are_whole_sentences_and_short(question: str, bold: Assistant) -> None:
    for claim in reply_to(question, bold).claims:
        for citation in claim.citations:
            body = bold.retriever.generation.pages[citation.file].body
            spans = [span for block in blocks(body) for span in sentence_spans(body, start=block.start, end=block.end)]
            assert citation.start in {start for start, _ in spans}
            assert citation.end in {end for _, end in spans}
            assert len(citation.quote.split()) <= 160


def choices(*probabilities: float) -> tuple[Choice, ...]:
    return tuple(Choice(0, sentence, share) for sentence, share in enumerate(probabilities))


def quotes(evidence: Sequence[Scored], *chosen: Choice) -> list[list[str]]:
    """The quoted words of each claim, each checked to be what the passage has at that place."""
    made = draft(chosen, evidence=evidence, confidence=0.5)
    passages = {scored.passage.id: scored.passage for scored in evidence}
    bounds = {scored.passage.id: scored.sentences for scored in evidence}
    for claim in made.claims:
        assert claim.text == " ".join(" ".join(quote.quote.split()) for quote in claim.quotes)
        for quote in claim.quotes:
            passage = passages[quote.passage_id]
            assert quote.start is not None
            assert passage.start <= quote.start
            assert quote.start + len(quote.quote) <= passage.end
            assert passage.text[quote.start - passage.start :].startswith(quote.quote)
            assert quote.start in {sentence.start for sentence in bounds[quote.passage_id]}
            assert quote.start + len(quote.quote) in {sentence.end for sentence in bounds[quote.passage_id]}
    return [[quote.quote for quote in claim.quotes] for claim in made.claims]


def test_probabilities_sum_to_one_and_follow_the_scores_of_the_passages() -> None:
    encoder = HashingEncoder()
    evidence = [found("Legen har parkering her.", file=f"{i}.md", score=float(-i)) for i in range(6)]
    reading = read_question("Har legen parkering?", encoder=encoder)
    chosen = choose(reading, evidence=[found(""), *evidence], vectors=WordVectors(encoder))
    assert [choice.passage for choice in chosen] == [
        1,
        2,
        3,
        4,
        5,
    ]  # the first PASSAGES, one of them without a sentence
    assert sum(choice.probability for choice in chosen) == pytest.approx(1)
    # The sentences are the same, so that only the passages tell them apart: a softmax over 0 to -4.
    expected = [0.63641, 0.23412, 0.08613, 0.03168, 0.01166]
    assert [choice.probability for choice in chosen] == pytest.approx(expected, abs=1e-5)


def test_no_sentences_give_no_choice() -> None:
    encoder = HashingEncoder()
    reading = read_question("Har legen parkering?", encoder=encoder)
    assert choose(reading, evidence=[], vectors=WordVectors(encoder)) == ()
    assert choose(reading, evidence=[found("")], vectors=WordVectors(encoder)) == ()


@pytest.mark.parametrize(
    ("shares", "count"),
    [
        ((0.99, 0.01), 1),
        ((SURE, 1 - SURE), 1),
        ((SURE / 2, SURE / 2, 1 - SURE), 2),
        ((0.01,) * 20, MOST_SENTENCES),
        ((0.1,), 1),
        ((), 0),
    ],
)
def test_as_few_are_quoted_as_are_surely_enough(shares: tuple[float, ...], count: int) -> None:
    assert quoted(choices(*shares)) == choices(*shares)[:count]


def test_a_sentence_is_quoted_alone_and_in_the_offsets_of_the_page() -> None:
    evidence = [found("Legen er inne. Røntgen tas i dag. Kafeen er åpen.", start=200)]
    assert quotes(evidence, Choice(0, 1, 0.9)) == [["Røntgen tas i dag."]]


def test_sentences_that_follow_in_one_paragraph_are_one_quote_and_in_two_paragraphs_two_claims() -> None:
    one = found("Legen er inne i dag. Røntgen tas i dag.")
    two = found("Legen er inne i dag.\n\nRøntgen tas i dag.")
    chosen = (Choice(0, 1, 0.5), Choice(0, 0, 0.4))
    assert quotes([one], *chosen) == [["Legen er inne i dag. Røntgen tas i dag."]]
    assert quotes([two], *chosen) == [["Røntgen tas i dag."], ["Legen er inne i dag."]]


def test_a_sentence_that_points_back_brings_the_one_before_it() -> None:
    evidence = [found("Kommunen har et eget senter. Dette er åpent hele døgnet.")]
    assert quotes(evidence, Choice(0, 1, 0.9)) == [["Kommunen har et eget senter. Dette er åpent hele døgnet."]]
    assert quotes(evidence, Choice(0, 0, 0.9)) == [["Kommunen har et eget senter."]]


def test_a_sentence_before_it_that_is_too_long_is_left_out() -> None:
    long = "Kommunen har " + "veldig " * MOST_WORDS + "mye."
    evidence = [found(f"{long} Dette er åpent hele døgnet.")]
    assert quotes(evidence, Choice(0, 1, 0.9)) == [["Dette er åpent hele døgnet."]]


LIST = "Du må ha med deg:\n\n- gyldig legitimasjon\n- henvisning fra lege\n\nTimen varer i en halv time til sammen."


def test_an_item_of_a_list_brings_what_opens_the_list() -> None:
    assert quotes([found(LIST)], Choice(0, 1, 0.9)) == [["Du må ha med deg:\n\n- gyldig legitimasjon"]]


def test_what_opens_a_list_brings_the_list() -> None:
    (claim,) = quotes([found(LIST)], Choice(0, 0, 0.9))
    assert claim[0].startswith("Du må ha med deg:\n\n- gyldig legitimasjon\n- henvisning fra lege")


def test_an_item_far_down_a_list_keeps_its_opening_as_a_quote_of_its_own() -> None:
    items = "".join(f"- papir nummer {number} med stempel og dato\n" for number in range(20))
    (claim,) = quotes([found(f"Du må ha med deg:\n\n{items}")], Choice(0, 20, 0.9))
    assert claim[0] == "Du må ha med deg:"
    assert claim[1].endswith("papir nummer 19 med stempel og dato")


def test_claims_come_in_the_order_of_their_probability() -> None:
    evidence = [found("Legen er inne i dag.", file="a.md"), found("Røntgen tas i dag.", file="b.md")]
    assert quotes(evidence, Choice(1, 0, 0.4), Choice(0, 0, 0.3)) == [["Røntgen tas i dag."], ["Legen er inne i dag."]]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whatever_is_chosen_is_quoted_verbatim_and_once(data: st.DataObject) -> None:
    lines = ["Legen er inne i dag.", "Dette gjelder alle.", "Ta med:", "- et kort", "- Et brev.", "\n", "Her og nå!"]
    texts = data.draw(st.lists(st.lists(st.sampled_from(lines), min_size=1, max_size=9), min_size=1, max_size=3))
    mark = data.draw(st.sampled_from([" ", "\n", "\n\n"]))
    evidence = [found(mark.join(text).strip(), file=f"{i}.md", start=7 * i) for i, text in enumerate(texts)]
    places = [(p, s) for p, scored in enumerate(evidence) for s in range(len(scored.sentences))]
    if not places:
        return
    picked = data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
    chosen = [Choice(p, s, 0.03 - 0.001 * i) for i, (p, s) in enumerate(picked)]
    claims = quotes(evidence, *chosen)
    assert 1 <= len(claims) <= MOST_SENTENCES
    for choice in chosen:
        words = evidence[choice.passage].sentences[choice.sentence].text
        assert any(words in quote for claim in claims for quote in claim)


def test_a_paragraph_after_a_list_is_no_part_of_it() -> None:
    text = "Ta med:\n\n- resept\n- legitimasjon\n\nKafeen er åpen hele dagen."
    evidence = [found(text)]
    assert quotes(evidence, Choice(0, 3, 0.9)) == [["Kafeen er åpen hele dagen."]]
    assert quotes(evidence, Choice(0, 2, 0.9)) == [["Ta med:\n\n- resept\n- legitimasjon"]]


def test_what_a_page_says_a_thing_is_comes_first_when_that_is_asked() -> None:
    encoder = HashingEncoder()
    evidence = [
        found("Her gjelder noe annet. Kurs holdes ofte.", file="kurs.md", title="Mestring"),
        found("Alle kan lære å leve med sykdom. Mestring er viktig.", file="mestring.md", title="Mestring", score=-1.0),
    ]
    for question, place in (("Hva er mestring?", 0), ("Hvor holdes kurs?", 0)):
        reading = read_question(question, encoder=encoder)
        best = choose(reading, evidence=evidence, vectors=WordVectors(encoder))[0]
        assert best.passage == place
    reading = read_question("Hva er mestring?", encoder=encoder)
    assert choose(reading, evidence=evidence[1:], vectors=WordVectors(encoder))[0].sentence == 0
