"""The read path in order: danger first, then small talk, then the sources, and nothing that is not in them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helseassistent.answer.safety import Safety
from helseassistent.assistant import EVIDENCE, Assistant
from helseassistent.corpus import Corpus
from helseassistent.index.build import build
from helseassistent.index.contextual import words_of
from helseassistent.index.generation import open_generation
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import RankWeights
from helseassistent.settings import Settings
from helseassistent.text.heard import QUESTION_LIMIT
from helseassistent.types import Abstention, Answer, Exchange, Page, Scored, Stage, Urgent
from helseassistent.wiring import Parts, build_parts

BENCH = Path(__file__).parents[2] / "shared" / "bench"
QUESTION = "Kan legevakten ta røntgen av en brukket arm?"


class Unreachable(HybridRetriever):
    """A retriever that must not be asked."""

    def search(self, question: str, *, top_k: int = 10) -> list[Scored]:
        raise AssertionError(question)


@pytest.fixture(scope="module")
def deaf(parts: Parts) -> Assistant:
    """An assistant whose retriever must not be asked."""
    unreachable = Unreachable.__new__(Unreachable)
    unreachable.generation = parts.assistant.retriever.generation
    return replace(parts.assistant, retriever=unreachable)


def check_verbatim(exchange: Exchange, pages: dict[str, Page]) -> None:
    assert len(exchange.evidence) <= EVIDENCE
    if isinstance(exchange.reply, Answer):
        assert exchange.reply.claims
        for citation in (citation for claim in exchange.reply.claims for citation in claim.citations):
            assert citation.quote
            assert pages[citation.file].body[citation.start : citation.end] == citation.quote
            assert citation.link.startswith(pages[citation.file].url)
    if isinstance(exchange.reply, Abstention):
        assert len(exchange.reply.topics) <= 3
        assert {topic.page_url for topic in exchange.reply.topics} <= {page.url for page in pages.values()}


@pytest.mark.parametrize(
    "message", ["Faren min har falt om og puster ikke", "far pustar ikkje", "Jeg vil ikke leve mer"]
)
def test_urgent_messages_never_reach_retrieval(message: str, deaf: Assistant) -> None:
    exchange = deaf.ask([message])
    assert isinstance(exchange.reply, Urgent)
    assert exchange.evidence == ()


@pytest.mark.parametrize(
    ("message", "notice"),
    [
        ("", "empty"),
        (" \u00a0\u200b", "empty"),
        ("Hei!", "greeting"),
        ("Tusen takk", "thanks"),
        ("Hvem er du?", "identity"),
        ("😀", "gibberish"),
        ("legevakt " * 1_200, "too_long"),
    ],
)
def test_small_talk_never_reaches_retrieval(message: str, notice: str, deaf: Assistant) -> None:
    reply = deaf.ask([message]).reply
    assert isinstance(reply, Abstention)
    assert reply.notice == notice


def test_no_message_at_all_is_an_empty_one(deaf: Assistant) -> None:
    reply = deaf.ask([]).reply
    assert isinstance(reply, Abstention)
    assert reply.notice == "empty"


def test_a_message_at_the_limit_is_still_read(parts: Parts) -> None:
    message = f"{QUESTION} {'Det gjelder armen min. ' * 60}"[:QUESTION_LIMIT].strip()
    reply = parts.ask([message]).reply
    assert not (isinstance(reply, Abstention) and reply.notice == "too_long")


def test_a_plain_question_is_answered_from_its_page(parts: Parts) -> None:
    exchange = parts.ask([QUESTION])
    assert isinstance(exchange.reply, Answer)
    assert "brudd" in exchange.reply.claims[0].text
    assert exchange.reply.claims[0].citations[0].file == "bergen-kommune/vare-satsinger.md"
    assert exchange.generation == parts.assistant.retriever.generation.manifest.generation


@pytest.mark.parametrize("question", ["Hva er hovedstaden i Frankrike?", "Hvem vant kampen i går?"])
def test_what_no_page_is_about_is_not_answered(question: str, parts: Parts) -> None:
    assert isinstance(parts.ask([question]).reply, Abstention)


def test_a_follow_up_is_searched_for_with_the_question_before_it(bold: Assistant) -> None:
    alone, after = bold.ask(["Og hvor mange da?"]), bold.ask(["Har Storetveit sykehjem plasser?", "Og hvor mange da?"])
    assert after.question == "Og hvor mange da?"
    assert "Storetveit" in after.evidence[0].passage.text
    assert alone.evidence != after.evidence


def test_the_language_is_that_of_the_question_unless_it_is_asked_for(parts: Parts) -> None:
    assert parts.ask(["Kva er eit helsefellesskap?"]).language == "nn"
    assert parts.ask(["Hva er et helsefellesskap?"]).language == "nb"
    assert parts.ask(["Hva er et helsefellesskap?"], "nn").language == "nn"


def test_the_same_question_gets_the_same_reply_from_many_threads(parts: Parts) -> None:
    questions = [QUESTION, "Hva er et helsefellesskap?", "Hvor mange plasser har Storetveit?"] * 8
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: parts.ask([question]), questions))
    for question, exchange in zip(questions, together, strict=True):
        assert exchange.reply == parts.ask([question]).reply


def test_every_quote_for_the_question_sets_is_verbatim(bold: Assistant) -> None:
    if not BENCH.is_dir():
        pytest.skip("needs ../shared/bench, other people's texts that are not in the repository")
    pages = dict(bold.retriever.generation.pages)
    names = ("sporsmal-kilder.jsonl", "sikkerhet.jsonl", "helserett/sporsmal.jsonl")
    lines = [json.loads(line) for name in names for line in (BENCH / name).read_text(encoding="utf-8").splitlines()]
    answers = 0
    for fields in lines:
        exchange = bold.ask([fields.get("question") or fields["text"]])
        check_verbatim(exchange, pages)
        answers += isinstance(exchange.reply, Answer)
    assert answers > 50


def test_every_quote_from_the_health_law_is_verbatim(bold: Assistant, health_law: Corpus, tmp_path: Path) -> None:
    words = words_of(bold.encoder)  # which passages are found is not the matter here, and this is thirty times as quick
    build(health_law, tmp_path, encoder=words)
    retriever = HybridRetriever(
        open_generation(tmp_path), encoder=bold.encoder, weights=RankWeights.shipped(contextual=False)
    )
    lines = (BENCH / "helserett" / "sporsmal.jsonl").read_text(encoding="utf-8").splitlines()
    answers = 0
    for line in lines:
        exchange = replace(bold, retriever=retriever).ask([json.loads(line)["question"]])
        check_verbatim(exchange, dict(health_law.pages))
        answers += isinstance(exchange.reply, Answer)
    assert answers > 50


def test_when_the_safety_layer_fails_the_numbers_are_shown(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Safety, message: str) -> None:
        raise RuntimeError(message)

    monkeypatch.setattr(Safety, "look", fail)
    for question in ("Han puster ikke", "Når åpner legevakten?"):
        assert parts.ask([question], "nb").reply == parts.assistant.safety.last_resort("nb")
    assert "safety layer failed" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "danger.py" in caplog.text
    assert "puster" not in caplog.text, "a fault may quote the message"


def test_a_service_question_with_an_injury_keeps_its_answer_and_gets_a_note(parts: Parts) -> None:
    exchange = parts.ask(["Jeg vrikket ankelen og den er hoven. Kan legevakten behandle forstuing?"], "nb")
    note = parts.assistant.safety.texts["caution", "nb"]
    assert isinstance(exchange.reply, Answer)
    assert exchange.caution == note
    assert parts.text(exchange).startswith(note.text)
    assert parts.ask(["Når åpner helsestasjonen?"], "nb").caution is None


WORDS = st.sampled_from(
    ["legevakt røntgen", "ikke", "27", "§ 2-1", "kl. 08.30", "(", ")", "«", ":", "-", ",", "når", "hvor", "<b>", "\x00"]
)


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_whatever_is_asked_every_quote_is_verbatim_and_the_text_is_plain(
    parts: Parts, bold: Assistant, question: str
) -> None:
    for assistant in (parts.assistant, bold):
        exchange = assistant.ask([question])
        check_verbatim(exchange, dict(parts.assistant.retriever.generation.pages))
        text = parts.text(exchange)
        assert text.strip()
        assert not set("\x00\x1b") & set(text)


@pytest.mark.parametrize("bodies", [[], ["Legevakten kan ta røntgen av armer."]], ids=["no_page", "one_page"])
def test_a_small_corpus_is_served(bodies: list[str], tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    front = "---\ntitle: Legevakt\nurl: https://example.no/\npublisher: Bergen kommune\nlanguage: nb\n---\n"
    for number, body in enumerate(bodies):
        (tmp_path / "corpus" / f"{number}.md").write_text(front + body, encoding="utf-8")
    parts = build_parts(Settings(corpus=tmp_path / "corpus", index=tmp_path / "index"))
    exchange = parts.ask(["Kan legevakten ta røntgen?"])
    assert len(exchange.evidence) == len(bodies)
    assert bodies or exchange.reply == Abstention("no_evidence")
    assert parts.text(exchange)
    assert isinstance(parts.ask(["Han puster ikke"]).reply, Urgent)


@pytest.mark.parametrize(
    ("turns", "understood"),
    [
        (["Har Storetveit sykehjem en mottaksavdeling?", "og hvor mange plasser er det?"], "Storetveit sykehjem"),
        (["Kva er psykiatrisk legevakt?", "treng eg tilvising dit?"], "Psykiatrisk legevakt"),
    ],
)
def test_an_exchange_says_how_a_follow_up_was_understood(turns: list[str], understood: str, parts: Parts) -> None:
    exchange = parts.ask(turns)
    assert exchange.question == turns[-1]
    assert (exchange.understood or "").startswith(understood)
    assert parts.record(turns)["understood"] == exchange.understood
    assert f"Forstått som: «{exchange.understood}»" in parts.text(exchange)


@pytest.mark.parametrize("turns", [[QUESTION], ["Hei!", QUESTION], ["Tusen takk", "Hva er et helsefellesskap?"]])
def test_a_question_that_stands_alone_was_understood_as_it_is(turns: list[str], parts: Parts) -> None:
    assert parts.ask(turns).understood is None


def test_a_follow_up_without_a_sign_of_its_own_is_answered_in_the_form_of_the_one_before_it(parts: Parts) -> None:
    assert parts.ask(["Kva er psykiatrisk legevakt?", "og om natta?"]).language == "nn"
    assert parts.ask(["Hva er psykiatrisk legevakt?", "Kva prøver kan ein ta der?"]).language == "nn"


def test_after_an_answer_other_sections_of_its_page_are_offered(parts: Parts) -> None:
    exchange = parts.ask([QUESTION])
    assert isinstance(exchange.reply, Answer)
    assert [topic.section for topic in exchange.more] == [
        "Godt mottaksapparat for utskrivningsklare pasienter",
        "Redusere åpne russcener",
    ]
    assert all("#:~:text=" in topic.page_url for topic in exchange.more)


@pytest.mark.parametrize(
    ("message", "notice"),
    [
        ("How much does it cost to see a doctor in Bergen?", "english"),
        ("Gdzie jest szpital dla dziecka?", "foreign"),
        ("أين المستشفى", "foreign"),
    ],
)
def test_an_unanswered_question_in_another_language_is_told_which_one_the_pages_have(
    message: str, notice: str, parts: Parts
) -> None:
    reply = parts.ask([message]).reply
    assert isinstance(reply, Abstention)
    assert reply.notice == notice


def test_danger_comes_before_the_language(parts: Parts) -> None:
    assert isinstance(parts.ask(["my father is not breathing, what should I do"]).reply, Urgent)


def test_the_official_words_that_were_searched_for_are_told(parts: Parts) -> None:
    exchange = parts.ask(["Kan mormor bo på gamlehjem?"])
    assert "sykehjem" in exchange.searched_also
    assert parts.record(["Kan mormor bo på gamlehjem?"])["searched_also"] == list(exchange.searched_also)
    assert parts.ask(["Hva er et helsefellesskap?"]).searched_also == ()


def test_the_stages_of_an_answer_are_told_in_their_order_and_none_of_danger(parts: Parts) -> None:
    heard: list[Stage] = []
    parts.ask([QUESTION], watch=heard.append)
    assert heard == ["searching", "reading", "checking"]
    parts.ask(["Faren min har falt om og puster ikke"], watch=heard.append)
    assert len(heard) == 3


def test_advice_and_another_language_are_met_as_such_in_the_middle_of_a_conversation(parts: Parts) -> None:
    turns = ["Hva er åpningstidene på legevakten i Trondheim?", "Can I get an X-ray at the emergency room in Bergen?"]
    reply = parts.ask([*turns, "Hvor mange Paracet kan jeg gi en toåring?"]).reply
    assert isinstance(reply, Abstention)
    assert reply.notice == "advice"
